import type { Account, Balance, Consent, Page, Transaction } from './answers.js';
import { attended, expectStatus } from './api.js';
import { MockBank } from './mockbank.js';
import { askConsent, consentRequest, pay, paymentOrder } from './orders.js';
import { authorise, mockBankPsu, type Psu } from './psu.js';
import { startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

type Members = Readonly<Record<string, unknown>>;
interface Unreadable {
  readonly unreadable?: readonly { readonly why: string; readonly raw: unknown }[];
}
type Reading = Page<Transaction> & Unreadable;
interface Changes {
  readonly added: readonly Transaction[];
  readonly modified: readonly Transaction[];
  readonly removed: readonly string[];
  readonly nextCursor: string;
}

const optionalServices = [
  'cardAccounts',
  'confirmationOfFundsConsents',
  'ownerName',
  'standingOrders',
  'transactionDetails',
  'trustedBeneficiaries',
];
const everything = ['accounts', 'balances', 'transactions', 'standingOrders', 'beneficiaries', 'party'];

let connections = 0;
/** A customer of a bank, and what they share over a connection of its own. Another bank has other books. */
async function share(
  username: string,
  profile: Members = {},
  settings: Members = {},
  { access = everything, bankName = `data-${connections}` } = {},
) {
  connections += 1;
  const bank = new MockBank(world.stack.sandboxUrl, bankName);
  await bank.profile({ preset: 'mockbank', acspAfterSeconds: 0, acscAfterSeconds: 0, ...profile });
  const connection = await world.connect(
    'xs2a',
    bank.settings({
      scaPreference: 'embedded',
      optionalServices,
      institution: { name: `Bank ${connections}`, country: 'DE' },
      ...settings,
    }),
  );
  const psu = await mockBankPsu(bank, username);
  const { id } = await askConsent(world.app, consentRequest(world, connection, psu, { access }));
  const consent = await world.app.read<Consent>(`/v1/consents/${id}`);
  await authorise(world.app, psu, consent.authorisationId);
  const { data: accounts } = await world.app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended);
  const account = accounts.find(({ identifiers }) => identifiers.some(({ value }) => value === psu.iban));
  return { bank, connection, psu, consentId: id, accounts, path: `/v1/accounts/${account?.id}` };
}

const transactions = (path: string): Promise<Reading> =>
  world.app.read<Reading>(`${path}/transactions?from=2000-01-01&limit=500`, attended);

/** What happened, in no form in particular. */
const facts = ({ data }: Reading): readonly string[] =>
  data
    .filter(({ status }) => status === 'booked')
    .map(({ bookedOn, direction, amount }) => `${bookedOn} ${direction} ${amount.amount} ${amount.currency}`)
    .toSorted();

/** The money that moved or will, booked or not: to an MT942 everything is pending. */
const amounts = ({ data }: Reading): readonly string[] =>
  data.map(({ direction, amount }) => `${direction} ${amount.amount} ${amount.currency}`).toSorted();

describe('the same account', () => {
  const same = { bankName: 'same' };
  /** As the bank's own JSON says it. */
  let whole: Reading;
  let told: readonly string[];
  beforeAll(async () => {
    whole = await transactions((await share('anna.embedded', {}, {}, same)).path);
    told = facts(whole);
    expect(told.length).toBeGreaterThan(10);
  });

  const bookedOnly: Members = { camt: '053', mt: '940' };
  it.each<readonly [string, Members, Members]>([
    ['as camt.053', bookedOnly, { reportFormats: ['camt'] }],
    ['as camt.052', { camt: '052' }, { reportFormats: ['camt'] }],
    ['as camt.054', { camt: '054' }, { reportFormats: ['camt'] }],
    ['as MT940', bookedOnly, { reportFormats: ['mt94x'] }],
    ['behind a download link', { download: true }, {}],
    ['behind a download link, as camt', { download: true }, { reportFormats: ['camt'] }],
    ['with unsigned amounts', { amounts: 'unsigned' }, { amountSigns: 'unsigned' }],
    ['with amounts as numbers', { amountStyle: 'numbers' }, {}],
    ['with amounts without decimals', { amountStyle: 'short' }, {}],
    ['without ids', { transactionIds: 'missing' }, {}],
    ['with one id for all', { transactionIds: 'repeated' }, {}],
    ['without links', { accountLinks: 'none' }, {}],
    ['with text links', { hrefs: 'texts' }, {}],
  ])('is the same %s', async (_, profile, settings) => {
    const { path } = await share('anna.embedded', profile, settings, same);
    const first = await transactions(path);
    expect(first.unreadable).toBeUndefined();
    expect(facts(first)).toEqual(told);
    // Read again, nothing is there twice, and everything keeps its id.
    const second = await transactions(path);
    expect(second.data.map(({ id }) => id)).toEqual(first.data.map(({ id }) => id));
  });

  it.each<readonly [string, Members, Members]>([
    ['JSON', {}, {}],
    ['a report behind a download link', { download: true }, {}],
    ['camt.053', bookedOnly, { reportFormats: ['camt'] }],
    ['camt.052', { camt: '052' }, { reportFormats: ['camt'] }],
    ['camt.054', { camt: '054' }, { reportFormats: ['camt'] }],
    ['camt behind a download link', { ...bookedOnly, download: true }, { reportFormats: ['camt'] }],
    ['MT940', bookedOnly, { reportFormats: ['mt94x'] }],
    ['MT942', { mt: '942' }, { reportFormats: ['mt94x'] }],
  ])(
    'loses one row where one cannot be read, and says so with the words of the bank (%s)',
    async (_, profile, more) => {
      const { path } = await share('anna.embedded', { ...profile, badRow: true }, more, same);
      const read = await transactions(path);
      expect(read.unreadable).toEqual([{ why: expect.any(String), raw: expect.anything() }]);
      expect(JSON.stringify(read.unreadable?.[0]?.raw)).toContain('12,3O');
      if (read.data.some(({ status }) => status === 'booked')) expect(facts(read)).toEqual(told);
      else expect(amounts(read)).toEqual(amounts(whole));
    },
  );
});

type Shared = Awaited<ReturnType<typeof share>>;

// Negative control, carried out once against a changed build: a reader of rows that throws at the first bad one. All of these, and the
// transactions in every form above, are red.
describe('a list of which one row cannot be read has all others, and that one with the words of the bank', () => {
  const accounts = ({ consentId }: Shared) => `/v1/accounts?consentId=${consentId}`;
  const card = (shared: Shared) => `/v1/accounts/${shared.accounts.find(({ type }) => type === 'CARD')?.id}`;
  const badAccount = { resourceId: 'BAD-1', name: 'Unreadable Ltd', currency: 978 };
  const badBalance = { balanceType: 'interimBooked', balanceAmount: { currency: 'EUR', amount: '12,3O' } };
  const badPayee = { trustedBeneficiaryId: 'BAD-1', creditorName: 'Unreadable Ltd', creditorAccount: null };
  const badOrder = { transactionId: 'BAD-1', transactionAmount: badBalance.balanceAmount };

  it.each<readonly [string, string, (shared: Shared) => string, readonly Members[]]>([
    ['accounts', 'anna.embedded', accounts, [badAccount, badAccount]],
    ['card accounts', 'olga.card', accounts, [badAccount, badAccount]],
    ['balances', 'anna.embedded', ({ path }) => `${path}/balances`, [badBalance]],
    ['balances of a card', 'olga.card', (shared) => `${card(shared)}/balances`, [badBalance]],
    ['standing orders', 'anna.embedded', ({ path }) => `${path}/standing-orders`, [badOrder]],
    ['trusted beneficiaries', 'anna.embedded', ({ path }) => `${path}/beneficiaries`, [badPayee]],
  ])('%s', async (list, username, pathOf, bad) => {
    const bankName = `bad-${list.replaceAll(' ', '-')}`;
    const rows = async (badRow: boolean) => {
      const shared = await share(username, { badRow }, {}, { bankName });
      const { data, unreadable } = await world.app.read<Page<Members> & Unreadable>(pathOf(shared), attended);
      // Ours is what differs from one connection to the other.
      return {
        data: data.map(({ identifiers, name, type, amount }) => ({ identifiers, name, type, amount })),
        unreadable,
      };
    };
    const good = await rows(false);
    expect([good.data.length > 0, good.unreadable]).toEqual([true, undefined]);
    const read = await rows(true);
    expect(read.data).toEqual(good.data);
    expect(read.unreadable).toMatchObject(bad.map((raw) => ({ why: expect.any(String), raw })));
  });
});

describe('accounts whose transactions come in one form only', () => {
  it.each([
    ['mona.camt', '<'],
    ['nils.mt940', ':61:'],
  ])('%s', async (username, start) => {
    const { path } = await share(username, {}, { reportFormats: ['json', 'camt', 'mt94x'] });
    const { data, unreadable } = await transactions(path);
    expect(unreadable).toBeUndefined();
    expect(data.length).toBeGreaterThanOrEqual(40);
    expect(data.filter(({ status }) => status === 'booked').length).toBeGreaterThanOrEqual(40);
    expect(data.some(({ remittance }) => (remittance?.unstructured?.length ?? 0) > 0)).toBe(true);
    const raw = await world.app.read<Page<{ raw: unknown }>>(`${path}/transactions?expand=raw&limit=1`);
    expect(String(raw.data[0]?.raw).startsWith(start)).toBe(true);
  });
});

describe('balances', () => {
  it('are of every type that the bank has, in every currency', async () => {
    const { path } = await share('anna.embedded', { balances: 'all' });
    const { data } = await world.app.read<Page<Balance>>(`${path}/balances`, attended);
    expect(new Set(data.map(({ type }) => type)).size).toBe(8);
    expect(new Set(data.map(({ amount }) => amount.currency)).size).toBe(2);
  });
});

describe('a card account', () => {
  it('has balances and transactions with the right directions', async () => {
    const { accounts } = await share('olga.card');
    const cards = accounts.filter(({ type }) => type === 'CARD');
    expect(cards.length).toBeGreaterThan(0);
    for (const { id, identifiers } of cards) {
      expect(identifiers[0]?.scheme).toBe('maskedPan');
      const { data: balances } = await world.app.read<Page<Balance>>(`/v1/accounts/${id}/balances`, attended);
      const of = (type: string) => balances.find((balance) => balance.type === type);
      expect(of('interimBooked')?.creditDebit).toBe('debit');
      expect(of('interimAvailable')?.creditDebit).toBe('credit');
      const { data, unreadable } = await transactions(`/v1/accounts/${id}`);
      const minor = ({ amount, direction }: Transaction): bigint =>
        BigInt(amount.amount.replace('.', '')) * (direction === 'debit' ? -1n : 1n);
      expect(unreadable).toBeUndefined();
      // What was spent is what the card owes.
      const owed = data.filter(({ status }) => status === 'booked').reduce((sum, row) => sum + minor(row), 0n);
      expect(-owed).toBe(BigInt((of('interimBooked')?.amount.amount ?? '').replace('.', '')));
    }
  });

  it('loses one row where one cannot be read, and says so', async () => {
    const { accounts } = await share('olga.card', { badRow: true });
    for (const { id } of accounts.filter(({ type }) => type === 'CARD')) {
      const { data, unreadable } = await transactions(`/v1/accounts/${id}`);
      expect([data.filter(({ status }) => status === 'booked').length, unreadable?.length]).toEqual([12, 1]);
      expect(JSON.stringify(unreadable?.[0]?.raw)).toContain('12,3O');
    }
  });
});

describe('what else a bank knows', () => {
  it('standing orders, trusted beneficiaries, the owner, details of one transaction', async () => {
    const { path } = await share('anna.embedded');
    const { app } = world;
    const orders = await app.read<Page<Members>>(`${path}/standing-orders`, attended);
    expect(orders.data).toMatchObject([
      {
        amount: { amount: '940.00', currency: 'EUR' },
        frequency: 'monthly',
        startDate: '2021-03-01',
        dayOfExecution: 1,
      },
    ]);
    const beneficiaries = await app.read<Page<Members>>(`${path}/beneficiaries`, attended);
    expect(beneficiaries.data.length).toBeGreaterThan(0);
    expect(beneficiaries.data[0]).toMatchObject({ name: expect.any(String), account: { scheme: 'iban' } });
    expect(await app.read(`${path}/party`, attended)).toEqual({ data: { name: 'Anna Keller' } });
    const { data } = await transactions(path);
    const booked = data.find(({ status }) => status === 'booked');
    const one = await app.read<Transaction>(`${path}/transactions/${booked?.id}`, attended);
    expect(one).toMatchObject({ id: booked?.id, amount: booked?.amount, direction: booked?.direction });
  });

  it('only what was granted', async () => {
    const { path } = await share('anna.embedded', {}, {}, { access: ['accounts', 'balances'] });
    for (const kind of ['standing-orders', 'beneficiaries', 'party', 'transactions']) {
      const { status, body } = await world.app.get<{ code: string }>(`${path}/${kind}`, attended);
      expect([kind, status, body.code]).toEqual([kind, 403, 'access_not_granted']);
    }
  });
});

describe('a sync', () => {
  it.each(['entryReferenceFrom', 'deltaList'])('goes on where it was, by %s', async (deltaAccess) => {
    const { bank, connection, psu, path } = await share('anna.embedded', {}, { deltaAccess });
    const accountId = path.split('/').at(-1);
    const sync = async (cursor = ''): Promise<Changes & { readonly calls: number }> => {
      const calls = async () => (await bank.ledger()).calls['transactions.list'] ?? 0;
      const before = await calls();
      const query = cursor === '' ? '' : `&cursor=${cursor}`;
      const url = `/v1/transactions/sync?accountId=${accountId}&limit=500${query}`;
      const changes = expectStatus(await world.app.get<Changes>(url, attended), 200, url);
      return { ...changes, calls: (await calls()) - before };
    };
    const first = await sync();
    expect(first.calls).toBe(1);
    const quiet = await sync(first.nextCursor);
    expect([quiet.added, quiet.modified, quiet.removed, quiet.calls]).toEqual([[], [], [], 2]);
    await paid({ connection, psu });
    const news = await sync(quiet.nextCursor);
    expect(news.added.map(({ amount, direction }) => `${direction} ${amount.amount}`)).toEqual(['debit 12.34']);
    const all = facts(await transactions(path));
    expect(all).toHaveLength(facts({ data: first.added, page: { nextCursor: null, hasMore: false } }).length + 1);
  });

  async function paid({ connection, psu }: { connection: { id: string; institutionId: string }; psu: Psu }) {
    const { authorisationId } = await pay(world.app, paymentOrder(world, connection, psu, '12.34'));
    await authorise(world.app, psu, authorisationId ?? '');
  }
});

describe('a consent to confirmations of funds', () => {
  it('is asked for, authorised, used, and ended', async () => {
    const { app } = world;
    const { connection, psu } = await share('anna.embedded', { fundsConsent: 'required' });
    const request = consentRequest(world, connection, psu, {
      access: ['fundsConfirmation'],
      accounts: [{ iban: psu.iban }],
    });
    const { id, authorisationId } = await askConsent(app, request);
    await authorise(app, psu, authorisationId);
    expect(await app.read<Consent>(`/v1/consents/${id}`)).toMatchObject({
      status: 'authorised',
      access: ['fundsConfirmation'],
    });
    const ask = async (amount: string) => {
      const body = { consentId: id, account: { iban: psu.iban }, amount: { amount, currency: 'EUR' } };
      return app.post<{ fundsAvailable?: boolean }>('/v1/funds-confirmations', body, attended);
    };
    expect((await ask('1.00')).body.fundsAvailable).toBe(true);
    expect((await ask('9999999.00')).body.fundsAvailable).toBe(false);
    expect((await app.delete<Consent>(`/v1/consents/${id}`)).body.status).toBe('revoked');
    expect((await ask('1.00')).status).toBe(403);
  });
});
