import type { AccountWithContinuation, HeldAccount, TransactionQuery } from '../../port/index.js';
import { directionOf } from './direction.js';
import { consentOrder, context, heldConsent, sample, startXs2a, type TestXs2a } from '../../../../../test/xs2a.js';
import type { WireTransaction } from './wire.js';

let xs2a: TestXs2a;
beforeEach(async () => {
  xs2a = await startXs2a();
  xs2a.bank.on('GET /v1/accounts', sample('accounts'));
});
afterEach(() => xs2a.stop());

const consent = heldConsent();

async function accountAt(index: number): Promise<HeldAccount> {
  const { rows } = await xs2a.accounts.listAccounts(consent, context);
  const found: AccountWithContinuation | undefined = rows[index];
  if (!found) throw new Error('no such account');
  return { id: 'acc_1', ...found };
}

describe('accounts', () => {
  it('are read with what they have, and bad rows reported beside them', async () => {
    const { rows, unreadable } = await xs2a.accounts.listAccounts(consent, context);
    expect(rows).toMatchObject([
      {
        reference: 'r-1',
        identifiers: [{ scheme: 'iban', value: 'DE89370400440532013000' }],
        currency: 'EUR',
        name: 'Household',
        product: 'Giro',
        type: 'CACC',
        usage: 'private',
        ownerName: 'Anna Keller',
        status: 'enabled',
        access: ['accounts', 'balances', 'transactions', 'standingOrders'],
      },
      { reference: 'r-2', currency: 'XXX', status: 'enabled', access: ['accounts', 'balances'] },
      { reference: 'r-3', identifiers: [{ scheme: 'bban', value: '12345678' }], status: 'valid', access: undefined },
    ]);
    expect(unreadable).toEqual([
      { why: 'currency is not a text', raw: { resourceId: 'r-4', iban: 'DE02500105170137075030' } },
      { why: 'the answer is not an object', raw: 'nonsense' },
    ]);
  });

  it('are read for a consent, attended as long as the PSU is there', async () => {
    const attended = { ...context, psu: { ipAddress: '192.0.2.7' } };
    await xs2a.accounts.listAccounts(consent, attended);
    await xs2a.accounts.listAccounts(consent, context);
    const [first, second] = xs2a.bank.seen;
    expect(first?.headers).toMatchObject({ 'consent-id': 'con-7', 'psu-ip-address': '192.0.2.7' });
    expect(second?.headers).toMatchObject({ 'consent-id': 'con-7' });
    expect(second?.headers).not.toHaveProperty('psu-ip-address');
    // The framework has no PSU-ID on reads.
    expect(first?.headers).not.toHaveProperty('psu-id');
  });

  it('are not asked for without a consent', async () => {
    const unnamed = heldConsent(undefined, { reference: null });
    await expect(xs2a.accounts.listAccounts(unnamed, context)).rejects.toMatchObject({ kind: 'not-found' });
    expect(xs2a.bank.seen).toHaveLength(0);
  });
});

describe('balances', () => {
  it('keep every digit, and rows that would lose one are reported', async () => {
    xs2a.bank.on('GET /v1/accounts/r-1/balances', sample('balances'));
    const { rows, unreadable } = await xs2a.accounts.readBalances(consent, await accountAt(0), context);
    expect(rows.map(({ type, amount, creditDebit, asOf }) => ({ type, ...amount, creditDebit, asOf }))).toEqual([
      { type: 'interimBooked', minor: 1250n, currency: 'EUR', creditDebit: 'debit', asOf: '2026-03-01' },
      { type: 'interimAvailable', minor: 48750n, currency: 'EUR', creditDebit: 'credit', asOf: '2026-03-01T09:00:00Z' },
      { type: 'expected', minor: 99999999999999125n, currency: 'BHD', creditDebit: 'credit', asOf: undefined },
    ]);
    expect(unreadable.map(({ why }) => why)).toEqual(['EUR has 2 decimals']);
  });

  it("are tried at the framework's path where a bank sends no links", async () => {
    xs2a.bank.on('GET /v1/accounts/r-3/balances', { json: { balances: [] } });
    await expect(xs2a.accounts.readBalances(consent, await accountAt(2), context)).resolves.toEqual({
      rows: [],
      unreadable: [],
    });
  });

  it('come with the list where the consent opens nothing else', async () => {
    const listed = {
      resourceId: 'r-1',
      currency: 'EUR',
      balances: [{ balanceType: 'expected', balanceAmount: { currency: 'EUR', amount: '1' } }],
    };
    xs2a.bank.on('POST /v1/consents', sample('consent-created', 201));
    const order = consentOrder({ access: ['accounts', 'balances'], recurring: false });
    const listOnly = heldConsent(await xs2a.accounts.createConsent(order, context));
    const account = await accountAt(0);
    xs2a.bank.on('GET /v1/accounts', { json: { accounts: [listed] } });
    const { rows } = await xs2a.accounts.readBalances(listOnly, account, context);
    expect(rows).toMatchObject([{ type: 'expected', amount: { minor: 100n } }]);
    expect(xs2a.bank.seen.at(-1)?.path).toBe('/v1/accounts?withBalance=true');
  });
});

describe('transactions', () => {
  const query: TransactionQuery = { status: 'both', from: '2026-01-01', to: '2026-03-01' };
  const path = '/v1/accounts/r-1/transactions';

  it('are read page by page along the links, with queries kept', async () => {
    xs2a.bank.on(`GET ${path}`, sample('transactions-1'), sample('transactions-2'));
    const account = await accountAt(0);
    const first = await xs2a.accounts.readTransactions(consent, account, query, context);
    expect(first.rows).toMatchObject([
      {
        reference: 't-1',
        status: 'booked',
        bookedOn: '2026-03-01',
        valueOn: '2026-03-02',
        amount: { minor: 7864n, currency: 'EUR' },
        direction: 'debit',
        counterparty: { name: 'Transport', account: { scheme: 'iban', value: 'DE27200905004143770877' } },
        remittance: { unstructured: ['Ticket'] },
        endToEndId: 'E-1',
        bankCode: 'PMNT-RDDT-ESDD',
        balanceAfter: { minor: 10000n, currency: 'EUR' },
      },
      {
        reference: 't-2',
        amount: { minor: 285000n },
        direction: 'credit',
        counterparty: { name: 'Employer' },
        remittance: { unstructured: ['Salary', 'March'], structured: 'RF18539007547034' },
      },
      {
        status: 'pending',
        reference: undefined,
        direction: 'debit',
        remittance: { unstructured: [], structured: 'RF18539007547034' },
      },
    ]);
    expect(first.unreadable).toMatchObject([
      { why: 'transactionAmount is not an object', raw: { transactionId: 't-3' } },
    ]);
    expect(first.next).toBe(`${xs2a.bank.origin}${path}?bookingStatus=both&page=1`);
    expect(xs2a.bank.seen.at(-1)?.path).toBe(
      `${path}?withDetails=true&bookingStatus=both&dateFrom=2026-01-01&dateTo=2026-03-01`,
    );

    const cursor = first.next ?? '';
    const second = await xs2a.accounts.readTransactions(consent, account, { ...query, cursor }, context);
    // That page links to itself: the list ends instead of going round.
    expect(second).toEqual({ rows: [], unreadable: [], next: null });
    expect(xs2a.warnings.join()).toContain('same page again');
  });

  it('start 90 days back where nobody says from when', async () => {
    xs2a.bank.on(`GET ${path}`, sample('transactions-2'));
    await xs2a.accounts.readTransactions(consent, await accountAt(0), { status: 'booked' }, context);
    expect(xs2a.bank.seen.at(-1)?.path).toBe(`${path}?withDetails=true&bookingStatus=booked&dateFrom=2025-12-02`);
  });

  it('are fetched where the bank only links to them', async () => {
    xs2a.bank.on(`GET ${path}`, { json: { account: {}, _links: { download: { href: '/v1/downloads/7?key=k' } } } });
    xs2a.bank.on('GET /v1/downloads/7', sample('transactions-1'));
    const page = await xs2a.accounts.readTransactions(consent, await accountAt(0), query, context);
    expect(page.rows).toHaveLength(3);
    expect(xs2a.bank.seen.at(-1)?.path).toBe('/v1/downloads/7?key=k');
  });

  it.each([
    ['no list at all', { json: { account: {} } }],
    ['a page', { text: '<html></html>' }],
    ['a link to elsewhere', { json: { _links: { download: { href: 'http://169.254.169.254/x' } } } }],
  ])('are never taken for empty because of %s', async (_, reply) => {
    xs2a.bank.on(`GET ${path}`, reply);
    const page = xs2a.accounts.readTransactions(consent, await accountAt(0), query, context);
    await expect(page).rejects.toMatchObject({ kind: 'malformed' });
  });

  it.each(['http://169.254.169.254/x', 'nonsense', '//evil.example/x', 'file:///etc/passwd'])(
    'refuse the cursor %s',
    async (cursor) => {
      const account = await accountAt(0);
      const before = xs2a.bank.seen.length;
      const page = xs2a.accounts.readTransactions(consent, account, { ...query, cursor }, context);
      await expect(page).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining('cursor') });
      expect(xs2a.bank.seen.length).toBe(before);
    },
  );

  it('say when the limit of a day is reached, and until when', async () => {
    xs2a.bank.on(`GET ${path}`, sample('error-problem', 429));
    const page = xs2a.accounts.readTransactions(consent, await accountAt(0), query, context);
    await expect(page).rejects.toMatchObject({
      kind: 'rate-limited',
      facts: { retryAfter: new Date('2026-03-03T00:00:00Z'), upstream: { httpStatus: 429, code: 'ACCESS_EXCEEDED' } },
    });
  });
});

describe('the direction of a row', () => {
  const own = { identifiers: [{ scheme: 'iban', value: 'DE1' }], ownerName: 'Anna Keller' } as const;
  const debtorIsOwn = { debtorAccount: { iban: 'DE1' }, creditorAccount: { iban: 'DE2' } };
  const creditorIsOwn = { debtorAccount: { iban: 'DE2' }, creditorAccount: { iban: 'DE1' } };
  const strangers = { debtorAccount: { iban: 'DE2' }, creditorAccount: { iban: 'DE3' } };

  it.each([
    ['a minus, whatever the parties say', creditorIsOwn, true, undefined, 'debit'],
    ['a minus with unsigned amounts', creditorIsOwn, true, 'unsigned', 'debit'],
    ['signed and no minus', debtorIsOwn, false, 'signed', 'credit'],
    ['unsigned, own account pays', debtorIsOwn, false, 'unsigned', 'debit'],
    ['unsigned, own account gets', creditorIsOwn, false, 'unsigned', 'credit'],
    ['unsigned, only a debtor', { debtorName: 'X' }, false, 'unsigned', 'credit'],
    ['unsigned, only a creditor', { creditorName: 'X' }, false, 'unsigned', 'debit'],
    ['unsigned, the owner pays by name', { ...strangers, debtorName: ' anna keller' }, false, 'unsigned', 'debit'],
    ['unsigned, the owner gets by name', { ...strangers, creditorName: 'ANNA KELLER' }, false, 'unsigned', 'credit'],
    ['unsigned, nothing tells', strangers, false, 'unsigned', 'parties do not tell'],
    ['not known yet, no contradiction', creditorIsOwn, false, undefined, 'credit'],
    ['not known yet, nothing tells', {}, false, undefined, 'credit'],
    ['not known yet, and the parties contradict', debtorIsOwn, false, undefined, 'direction conflict'],
  ] as const)('with %s', (_, parties, negative, amountSigns, expected) => {
    const row = { ...emptyRow, ...parties } as WireTransaction;
    const found = (): string => {
      try {
        return directionOf(row, negative, own, amountSigns);
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    };
    expect(found()).toContain(expected);
  });
});

const emptyRow = { transactionAmount: { amount: '1', currency: 'EUR' } };
