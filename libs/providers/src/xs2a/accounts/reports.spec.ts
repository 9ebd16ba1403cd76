import type { TransactionSnapshot } from '@tributary/domain';
import fc from 'fast-check';
import { context, heldConsent, sample, startXs2a, type TestXs2a } from '../../../../../test/xs2a.js';
import { type Reply, wireSample } from '../../../../../test/upstream.js';
import { type HeldAccount, ProviderError, type TransactionQuery } from '../../port/index.js';
import type { Xs2aSettings } from '../settings.js';

const path = '/v1/accounts/r-1/transactions';
const consent = heldConsent();
const query: TransactionQuery = { status: 'both', from: '2026-02-01' };

let xs2a: TestXs2a;
beforeEach(async () => {
  xs2a = await startXs2a();
  xs2a.bank.on('GET /v1/accounts', sample('accounts'));
});
afterEach(() => xs2a.stop());

async function read(replies: readonly Reply[], settings: Partial<Xs2aSettings> = {}, asked = query) {
  const bank = xs2a.with(settings);
  const { rows } = await bank.accounts.listAccounts(consent, context);
  const [first] = rows;
  if (!first) throw new Error('no account');
  const account: HeldAccount = { id: 'acc_1', ...first };
  xs2a.bank.on(`GET ${path}`, ...replies);
  const page = await bank.accounts.readTransactions(consent, account, asked, context);
  return { ...page, warnings: bank.warnings, seen: xs2a.bank.seen.at(-1) };
}

const file = (name: string, type: string): Reply => ({
  text: wireSample('xs2a', name),
  headers: { 'content-type': type },
});
const json = (transactions: object, more: object = {}): Reply => ({ json: { transactions, ...more } });
const row = (change: object): object => ({ transactionAmount: { currency: 'EUR', amount: '-1' }, ...change });

describe('a report on an account', () => {
  it.each([
    ['camt.053', 'camt.053.xml', 'application/xml;charset=UTF-8', 4],
    ['camt.052', 'camt.052.xml', 'text/xml', 2],
    ['camt with a media type of its own', 'camt.053.xml', 'application/vnd.camt+xml', 4],
    ['camt without a media type', 'camt.053.xml', 'application/octet-stream', 4],
    ['MT940', 'mt940.txt', 'text/plain;charset=ISO-8859-1', 4],
    ['MT942', 'mt942.txt', 'text/plain', 2],
    ['MT940 without a media type', 'mt940.txt', 'application/octet-stream', 4],
    ['JSON that passes for text', 'transactions-1.json', 'text/plain', 3],
  ])('can be %s: the answer decides', async (_, name, type, count) => {
    expect((await read([file(name, type)])).rows).toHaveLength(count);
  });

  it('is asked for in the formats of the connection, the best first', async () => {
    const { seen } = await read([file('camt.053.xml', 'application/xml')], {
      reportFormats: ['camt', 'json', 'mt94x'],
    });
    expect(seen?.headers.accept).toBe('application/xml, application/json;q=0.8, text/plain;q=0.7');
    expect((await read([sample('transactions-2')])).seen?.headers.accept).toBe('application/json');
  });

  it('can be fetched by a link in any format', async () => {
    xs2a.bank.on('GET /v1/downloads/7', file('camt.053.xml', 'application/xml'));
    const { rows, next } = await read([{ json: { _links: { download: { href: '/v1/downloads/7' } } } }]);
    expect(rows).toHaveLength(4);
    expect(next).toBeNull();
  });

  it('tells of bad entries with their own words, and of what people should look at', async () => {
    const { unreadable, warnings } = await read([file('camt.052.xml', 'application/xml')]);
    expect(unreadable).toHaveLength(5);
    expect(unreadable[0]).toMatchObject({ why: expect.stringContaining('Sts'), raw: expect.stringContaining('MAYB') });
    expect(warnings).toContain('readTransactions: report: 1 entries for information only were left out');
  });

  it.each([
    [
      'half a camt document',
      { text: wireSample('xs2a', 'camt.053.xml').slice(0, -50), headers: { 'content-type': 'application/xml' } },
    ],
    ['another XML document', { text: '<Document/>', headers: { 'content-type': 'application/xml' } }],
    ['a text that is no statement', { text: 'Service closed', headers: { 'content-type': 'text/plain' } }],
    ['an archive', { text: 'PK', headers: { 'content-type': 'application/zip' } }],
  ])('is never taken for empty because of %s', async (_, reply) => {
    await expect(read([reply])).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('that the bank does not have in our formats is said to be unsupported', async () => {
    const reply = { status: 406, json: { tppMessages: [{ category: 'ERROR', code: 'REQUESTED_FORMATS_INVALID' }] } };
    await expect(read([reply])).rejects.toMatchObject({ kind: 'unsupported' });
  });
});

describe('a list in JSON', () => {
  it.each([
    ['two empty lists', { booked: [], pending: [] }],
    ['lists that are null', { booked: null, pending: null }],
    ['no lists', {}],
  ])('may have %s', async (_, transactions) => {
    expect(await read([json(transactions)])).toMatchObject({ rows: [], unreadable: [] });
  });

  // The source text counts: 150.020 is no double, and 0.1 + 0.2 is no amount.
  it('has exact amounts, however they are written', async () => {
    const amounts = ['150.02', '"150.020"', '-46.97', '110', '"3000"', '9007199254740993', '"1.5"'];
    const booked = amounts.map((amount) => `{"transactionAmount":{"currency":"EUR","amount":${amount}}}`).join();
    const text = `{"transactions":{"booked":[${booked}]}}`;
    const { rows } = await read([{ text, headers: { 'content-type': 'application/json' } }]);
    expect(rows.map(({ amount, direction }) => `${direction} ${amount.minor}`)).toEqual([
      'credit 15002',
      'credit 15002',
      'debit 4697',
      'credit 11000',
      'credit 300000',
      'credit 900719925474099300',
      'credit 150',
    ]);
  });

  it.each([
    ['an exponent', '1e3', 'not a decimal amount'],
    ['a comma', '"1,00"', 'not a decimal amount'],
    ['a third decimal', '"1.005"', 'EUR has 2 decimals'],
    ['a plus', '"+1"', 'not a decimal amount'],
  ])('reports an amount with %s rather than guess', async (_, amount, why) => {
    const text = `{"transactions":{"booked":[{"transactionAmount":{"currency":"EUR","amount":${amount}}}]}}`;
    const { rows, unreadable } = await read([{ text, headers: { 'content-type': 'application/json' } }]);
    expect(rows).toEqual([]);
    expect(unreadable[0]?.why).toContain(why);
  });

  it('may have rows without ids and dates', async () => {
    const { rows } = await read([json({ booked: [row({ entryReference: 'e-1' }), row({})], pending: [row({})] })]);
    expect(rows.map(({ reference, status, bookedOn }) => [reference, status, bookedOn])).toEqual([
      ['e-1', 'booked', undefined],
      [undefined, 'booked', undefined],
      [undefined, 'pending', undefined],
    ]);
  });

  it('names the side that is not the account', async () => {
    const own = { iban: 'DE89370400440532013000' };
    const returned = row({
      transactionAmount: { currency: 'EUR', amount: '20' },
      debtorName: 'Anna Keller',
      debtorAccount: own,
      creditorName: 'Gym',
    });
    const { rows } = await read([json({ booked: [returned] })], { amountSigns: 'signed' });
    expect(rows).toMatchObject([{ direction: 'credit', counterparty: { name: 'Gym' } }]);
  });

  it("shows the bank's own code where it has no other", async () => {
    const { rows } = await read([json({ booked: [row({ proprietaryBankTransactionCode: 'NTRF+166' })] })]);
    expect(rows[0]?.bankCode).toBe('NTRF+166');
  });
});

describe('changes since an earlier read', () => {
  const entries = [
    row({ entryReference: 'e-3', bookingDate: '2026-02-28' }),
    row({ entryReference: 'e-2', bookingDate: '2026-02-28' }),
    row({ entryReference: 'e-1', bookingDate: '2026-02-27' }),
    row({ bookingDate: '2026-03-01' }),
  ];
  const since: TransactionQuery = { status: 'booked', since: 'e-3' };

  it('go on at the newest booked entry that has a reference', async () => {
    const { mark } = await read([json({ booked: entries })], { deltaAccess: 'entryReferenceFrom' });
    expect(mark).toEqual({ day: '2026-02-28', token: 'e-3' });
    expect((await read([json({ booked: [] })], { deltaAccess: 'entryReferenceFrom' })).mark).toBeUndefined();
    expect((await read([json({ booked: entries })])).mark).toBeUndefined();
  });

  it('are asked for in the way of the bank, without days', async () => {
    const reply = json({ booked: [] });
    const byEntry = await read([reply], { deltaAccess: 'entryReferenceFrom' }, since);
    expect(byEntry.seen?.path).toBe(`${path}?withDetails=true&bookingStatus=booked&entryReferenceFrom=e-3`);
    const byList = await read([reply], { deltaAccess: 'deltaList' }, since);
    expect(byList.seen?.path).toBe(`${path}?withDetails=true&bookingStatus=booked&deltaList=true`);
    expect(byList.mark).toEqual({ day: '', token: 'deltaList' });
  });

  it('are unsupported where the connection does not say that the bank can', async () => {
    await expect(read([json({ booked: [] })], {}, since)).rejects.toMatchObject({ kind: 'unsupported' });
  });
});

describe('junk', () => {
  const members = ['transactionAmount', 'amount', 'currency', 'bookingDate', 'transactionId', 'debtorAccount', 'iban'];
  const value = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.dictionary(fc.constantFrom(...members), tie('value'))),
  })).value;
  const types = fc.constantFrom('application/json', 'application/xml', 'text/plain', 'application/octet-stream', '');

  it('is rows, unreadable rows, or a malformed answer: never anything else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          value.map((rows) => JSON.stringify({ transactions: { booked: [rows] } })),
        ),
        types,
        async (text, type) => {
          try {
            const { rows, unreadable } = await read([{ text, headers: { 'content-type': type } }]);
            for (const each of rows) expect(typeof each.amount.minor).toBe('bigint' satisfies string);
            expect(rows.length + unreadable.length).toBeLessThanOrEqual(1);
          } catch (error) {
            if (!(error instanceof ProviderError) || error.kind !== 'malformed') throw error;
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  const known: TransactionSnapshot['status'][] = ['booked', 'pending'];
  it('keeps to the two statuses', async () => {
    const { rows } = await read([json({ booked: [row({})], pending: [row({})], information: [row({})] })]);
    expect(rows.map(({ status }) => status)).toEqual(known);
  });
});
