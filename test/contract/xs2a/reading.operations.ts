import type { Account, Balance, Consent, Page, Transaction } from '../../e2e/answers.js';
import { attended, expectStatus } from '../../e2e/api.js';
import type { Psu } from '../../e2e/psu.js';
import { authorised, consented, holds, type Operation, same, signers } from './operation.js';
import type { Place } from './place.js';

type Members = Readonly<Record<string, unknown>>;

const everything = ['accounts', 'balances', 'transactions', 'standingOrders', 'beneficiaries', 'party'];

interface Reading extends Page<Transaction> {
  readonly unreadable?: readonly unknown[];
}

const [camt, mt] = [{ reportFormats: ['camt'] }, { reportFormats: ['mt94x'] }];
/** Forms of transactions: the bank's profile, the connection's settings, and how the bank's own words of a booked row begin. */
const reports: readonly (readonly [name: string, profile: Members, settings: Members, start: string])[] = [
  ['as camt', {}, camt, '"<'],
  ['as camt.052', { camt: '052' }, camt, '"<'],
  ['as camt.053', { camt: '053' }, camt, '"<'],
  ['as camt.054', { camt: '054' }, camt, '"<'],
  ['as MT940', { mt: '940' }, mt, '":61:'],
  ['as MT942', { mt: '942' }, mt, '":61:'],
  ['behind a download link', { download: true }, {}, '{'],
  ['as camt behind a download link', { download: true }, camt, '"<'],
];
const plain = { camt: 'auto', mt: 'auto', download: false };

/** What can be read of a PSU's accounts, and the consents to it. */
export const readings: readonly Operation[] = [
  {
    name: 'consent to all accounts; accounts, balances, transactions; end of the consent',
    run: async (place) => {
      const psu = await place.psu();
      const { sca, id, status } = await place.consent(psu);
      same(
        'consent',
        [status, sca.steps, sca.authorisation.approach],
        ['authorised', place.way.steps, place.way.approach],
      );
      const account = await opened(place, id, ofPsu(psu));
      await rows<Balance>(place, `${account}/balances`);
      await rows<Transaction>(place, `${account}/transactions`);
      same('after DELETE', (await place.remove<Consent>(`/v1/consents/${id}`)).status, 'revoked');
    },
  },
  {
    name: 'consent to named accounts',
    run: async (place) => {
      const psu = await place.psu();
      const { id } = await consented(place, psu, { accounts: [{ iban: psu.iban }], recurring: false });
      const { data } = await place.app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended);
      same('accounts', data.map(ofPsu(psu)), [true]);
    },
  },
  {
    name: 'consent whose accounts the PSU chooses at the bank',
    unfit: {
      embedded: 'there is no page of the bank to choose on',
      'OAuth before': 'its SCA is embedded',
    },
    run: async (place) => {
      const psu = await place.psu();
      const { id } = await consented(place, psu, {}, { accessShape: 'bankOffered' });
      const { data } = await place.app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended);
      same('the account that was ticked', data.map(ofPsu(psu)), [true]);
      await rows<Balance>(place, `/v1/accounts/${data[0]?.id}/balances`);
    },
  },
  ...reports.map(([name, profile, settings, start]): Operation => ({
    name: `transactions ${name}`,
    run: (place) => report(place, profile, settings, start),
  })),
  ...['entryReferenceFrom', 'deltaList'].map((deltaAccess): Operation => ({
    name: `transactions since the last read (${deltaAccess})`,
    run: async (place) => {
      const psu = await place.psu();
      const settings = { deltaAccess };
      const { id } = await consented(place, psu, {}, settings);
      const accountId = (await opened(place, id, ofPsu(psu))).split('/').at(-1);
      const sync = async (cursor: string) => {
        const path = `/v1/transactions/sync?accountId=${accountId}&limit=500${cursor}`;
        return expectStatus(
          await place.app.get<{ added: readonly Transaction[]; nextCursor: string }>(path, attended),
          200,
          path,
        );
      };
      const first = await sync('');
      const order = await place.order(psu, '3.21', {}, settings);
      await authorised(place, psu, '/v1/payments', order, 'ACSC');
      const news = await sync(`&cursor=${first.nextCursor}`);
      same(
        'news',
        news.added.map(({ amount, direction }) => [amount.amount, direction]),
        [['3.21', 'debit']],
      );
    },
  })),
  {
    name: 'standing orders, trusted beneficiaries, owner, details of one transaction',
    run: async (place) => {
      const psu = await place.psu();
      const { id } = await consented(place, psu, { access: everything });
      const account = await opened(place, id, ofPsu(psu));
      await rows<Members>(place, `${account}/standing-orders`);
      await rows<Members>(place, `${account}/beneficiaries`);
      const { data: owner } = await place.app.read<{ data: { name: string } }>(`${account}/party`, attended);
      holds('the name of the owner', owner.name);
      const [row] = await rows<Transaction>(place, `${account}/transactions?status=booked`);
      const one = await place.app.read<Transaction>(`${account}/transactions/${row?.id}`, attended);
      same('details', [one.id, one.amount, one.direction], [row?.id, row?.amount, row?.direction]);
    },
  },
  {
    name: 'card accounts with balances and transactions',
    run: async (place) => {
      const { id } = await consented(place, await place.psu('olga.card'));
      const card = await opened(place, id, ({ type }) => type === 'CARD');
      const shown = await rows<Balance>(place, `${card}/balances`);
      same('what is owed', shown.find(({ type }) => type === 'interimBooked')?.creditDebit, 'debit');
      const spent = await rows<Transaction>(place, `${card}/transactions`);
      const refunds = spent.filter(({ direction }) => direction === 'credit');
      same(
        'money back',
        refunds.map(({ amount }) => amount.amount),
        ['4.95'],
      );
    },
  },
  {
    name: 'confirmation of funds without a consent to it',
    run: async (place) => {
      const psu = await place.psu();
      const { id } = await consented(place, psu);
      const accountId = (await opened(place, id, ofPsu(psu))).split('/').at(-1);
      for (const [amount, fundsAvailable] of [
        ['1.00', true],
        ['9999999.00', false],
      ] as const) {
        const question = { accountId, amount: { amount, currency: 'EUR' } };
        const reply = await place.app.post<Members>('/v1/funds-confirmations', question, attended);
        same('funds', [reply.status, reply.body], [200, { fundsAvailable }]);
      }
    },
  },
  {
    name: 'consent to confirmations of funds, and one',
    run: async (place) => {
      const psu = await place.psu();
      const { id } = await consented(place, psu, { access: ['fundsConfirmation'], accounts: [{ iban: psu.iban }] });
      const question = { consentId: id, account: { iban: psu.iban }, amount: { amount: '1.00', currency: 'EUR' } };
      const reply = await place.app.post<Members>('/v1/funds-confirmations', question, attended);
      same('funds', [reply.status, reply.body], [200, { fundsAvailable: true }]);
      same('after DELETE', (await place.remove<Consent>(`/v1/consents/${id}`)).status, 'revoked');
    },
  },
  {
    name: 'consent that two have to give',
    run: async (place) => {
      const [first, second] = await signers(place);
      const { id, status, subStatus } = await place.consent(first);
      same('after the first', [status, subStatus], ['awaitingAuthorisation', 'partiallyAuthorised']);
      await place.sign(second, `/v1/consents/${id}`);
      const after = await place.app.read<Consent>(`/v1/consents/${id}`, attended);
      same('after the second', after.status, 'authorised');
      await rows<Balance>(place, `${await opened(place, id, ofPsu(first))}/balances`);
    },
  },
];

/** An account of the PSU, of those that a consent opened. */
async function opened({ app }: Place, consentId: string, fits: (account: Account) => boolean): Promise<string> {
  const { data } = await app.read<Page<Account>>(`/v1/accounts?consentId=${consentId}`, attended);
  const account = data.find(fits);
  return `/v1/accounts/${holds('an account', account).id}`;
}

const ofPsu =
  (psu: Psu) =>
  ({ identifiers }: Account): boolean =>
    identifiers.some(({ value }) => value === psu.iban);

/** A read that has to bring something, each row readable. */
async function rows<Row>({ app }: Place, path: string): Promise<readonly Row[]> {
  const { data, unreadable } = await app.read<Page<Row> & Pick<Reading, 'unreadable'>>(path, attended);
  same(`${path}: unreadable rows`, unreadable, undefined);
  holds(`${path}: rows`, data[0]);
  return data;
}

async function report(place: Place, profile: Members, settings: Members, start: string): Promise<void> {
  const psu = await place.psu();
  const { id } = await consented(place, psu, {}, settings);
  const path = `${await opened(place, id, ofPsu(psu))}/transactions`;
  await place.bank.profile(profile);
  try {
    await rows<Transaction>(place, path);
    const [row] = await rows<{ raw: unknown }>(place, `${path}?expand=raw&limit=1&status=booked`);
    same('form', JSON.stringify(row?.raw).slice(0, start.length), start);
  } finally {
    await place.bank.profile(plain);
  }
}
