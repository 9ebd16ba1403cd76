import { TellTpp, said, tokensOf, type Json } from '../../test/tell-tpp.js';

let tpp: TellTpp;
let token: string;
let refresh: string;
let accounts: Json[];
const userIp = '203.0.113.7';

beforeEach(async () => {
  tpp = await TellTpp.start();
  await tpp.control('POST', '/clock', { set: '2099-01-01T12:00:00Z' });
  ({ access: token, refresh } = await tpp.tokens());
  accounts = (await tpp.call('GET', '/accounts', { token, userIp })).json['Accounts'] as Json[];
});
afterEach(() => tpp.app.close());

const path = (resource: string, index = 0) => `/accounts/${String(accounts[index]?.['AccountId'])}${resource}`;
const read = async (resource: string, index = 0) =>
  (await tpp.call('GET', path(resource, index), { token, userIp })).json;

describe('account resources', () => {
  it('show personal, business, overdrawn and empty accounts', async () => {
    expect(accounts.map(({ AccountType, SchemeName }) => [AccountType, SchemeName])).toEqual([
      ['Personal', 'SortCodeAccountNumber'],
      ['Business', 'SortCodeAccountNumber'],
      ['Personal', 'SortCodeAccountNumber'],
      ['Personal', 'SortCodeAccountNumber'],
      ['Personal', 'CustomCode'],
    ]);
    expect(accounts[0]?.['Identification']).toMatch(/^0\d{13}$/);
    expect(await read('')).toEqual({ Accounts: [accounts[0]] });
    expect(await read('/balance')).toEqual({ Amount: '1820.45', Currency: 'GBP', CreditDebit: 'Credit' });
    expect(await read('/balance', 2)).toEqual({ Amount: '42.17', Currency: 'GBP', CreditDebit: 'Debit' });
    expect(await read('/transactions', 3)).toEqual({ Transactions: [] });
  });

  it('show pending, booked and card rows with unsigned amounts', async () => {
    const rows = (await read('/transactions'))['Transactions'] as Json[];
    expect(new Set(rows.map(({ Status }) => Status))).toEqual(new Set(['Pending', 'Booked']));
    expect(rows.every(({ Amount }) => /^\d+\.\d{2}$/.test(String(Amount)))).toBe(true);
    expect(rows[0]).toMatchObject({ Status: 'Pending', SubCode: 'Card', MerchantCategoryCode: '5411' });
    expect(rows[0]?.['BookingDateTime']).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/);
  });

  it('show product, beneficiaries, standing orders, direct debits and scheduled payments', async () => {
    expect(await read('/product')).toMatchObject({ ProductName: 'Current account' });
    const lists = {
      '/beneficiaries': 'Beneficiaries',
      '/standing-orders': 'StandingOrders',
      '/direct-debits': 'DirectDebits',
      '/scheduled-payments': 'ScheduledPayments',
    };
    for (const [resource, name] of Object.entries(lists)) {
      // oxlint-disable-next-line no-await-in-loop -- a few reads
      expect((await read(resource))[name]).not.toHaveLength(0);
    }
  });

  it('hide what is outside of the consent, as what does not exist', async () => {
    const other = (await tpp.customer('ava.personal')).accounts[0]?.id;
    const outside = await tpp.call('GET', `/accounts/${other}/balance`, { token });
    const unknown = await tpp.call('GET', '/accounts/00000000/balance', { token });
    expect([said(outside), outside.json]).toEqual([[404, 'not_found'], unknown.json]);
  });

  it('need the permission, and the right kind of token', async () => {
    await tpp.control('PUT', '/profile', { permissions: 'example' });
    const { access } = await tpp.tokens();
    expect(said(await tpp.call('GET', path('/transactions'), { token: access }))).toEqual([403, 'insufficient_scope']);
    const { access: payment } = await tpp.tokens('pisp');
    expect(said(await tpp.call('GET', '/accounts', { token: payment }))).toEqual([403, 'insufficient_scope']);
    expect(said(await tpp.call('GET', '/accounts'))).toEqual([401, 'invalid_token']);
  });

  it('can be written in camel case and with ISO times', async () => {
    await tpp.control('PUT', '/profile', { names: 'camel', times: 'iso' });
    const [row] = (await read('/transactions'))['transactions'] as Json[];
    expect(row).toMatchObject({ status: 'Pending', bookingDateTime: expect.stringMatching(/T.*Z$/) });
  });
});

describe('calls without the user', () => {
  it('are four per endpoint, account and day; with the user they are free', async () => {
    const balance = async (index: number, ip?: string) =>
      (await tpp.call('GET', path('/balance', index), { token, ...(ip === undefined ? {} : { userIp: ip }) })).status;
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- the fifth is the one
      statuses.push(await balance(0));
    }
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
    expect([await balance(0, userIp), await balance(1)]).toEqual([200, 200]);
    expect((await tpp.call('GET', path('/product'), { token })).status).toBe(200);
    await tpp.control('POST', '/clock', { set: '2099-01-02T00:00:00Z' });
    const { access } = tokensOf(await tpp.refresh(refresh));
    expect((await tpp.call('GET', path('/balance'), { token: access })).status).toBe(200);
  });

  it('have no x-user-ip at all: an empty or wrong one is refused', async () => {
    expect(said(await tpp.call('GET', '/accounts', { token, userIp: '' }))).toEqual([400, 'invalid_request']);
    expect(said(await tpp.call('GET', '/accounts', { token, userIp: 'localhost' }))).toEqual([400, 'invalid_request']);
    expect((await tpp.call('GET', '/accounts', { token, userIp: '2001:db8::7' })).status).toBe(200);
  });

  it('count when the answer was lost, not when they never arrived', async () => {
    const fail = async (when: string) => {
      await tpp.control('POST', '/faults', { kind: 'error', httpStatus: 503, when, count: 4 });
      for (let count = 0; count < 4; count += 1) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect((await tpp.call('GET', path('/balance'), { token })).status).toBe(503);
      }
      return said(await tpp.call('GET', path('/balance'), { token }))[0];
    };
    expect(await fail('before')).toBe(200);
    expect(await fail('after')).toBe(429);
  });
});
