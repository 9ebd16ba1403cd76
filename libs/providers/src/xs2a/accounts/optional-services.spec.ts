import { context, heldConsent, sample, startXs2a, type TestXs2a } from '../../../../../test/xs2a.js';
import { capabilitiesOf, type HeldAccount } from '../../port/index.js';
import { optionalServices } from '../settings.js';

const consent = heldConsent();
const account: HeldAccount = {
  id: 'acc_1',
  reference: 'r-1',
  identifiers: [{ scheme: 'iban', value: 'DE89370400440532013000' }],
  currency: 'EUR',
  continuation: null,
};

let xs2a: TestXs2a;
beforeEach(async () => {
  xs2a = await startXs2a({ optionalServices });
});
afterEach(() => xs2a.stop());

it('are capabilities where the connection has them, and only there', () => {
  const optional = ['transactions.details', 'beneficiaries', 'standingOrders', 'party', 'fundsConfirmation.consent'];
  expect(capabilitiesOf(xs2a.provider)).toEqual(expect.arrayContaining(optional));
  const bare = new Set<string>(capabilitiesOf(xs2a.with({ optionalServices: [] }).provider));
  expect(optional.filter((capability) => bare.has(capability))).toEqual([]);
});

describe('the details of a transaction', () => {
  const read = (raw: unknown) =>
    xs2a.accounts.readTransaction?.(consent, account, { reference: 't/1', raw }, context) ?? Promise.reject();

  it("are asked for along the row's own link", async () => {
    xs2a.bank.on('GET /v1/accounts/r-1/transactions/long-1', sample('transaction-details'));
    const raw = { _links: { transactionDetails: { href: '/v1/accounts/r-1/transactions/long-1?full=true' } } };
    expect(await read(raw)).toMatchObject({
      reference: 't-1',
      status: 'booked',
      direction: 'debit',
      remittance: { unstructured: ['Ticket for March, zone A'] },
      bankCode: 'SEPA-DD',
      raw: { mandateId: 'MD-1' },
    });
    expect(xs2a.bank.seen.at(-1)?.path).toBe('/v1/accounts/r-1/transactions/long-1?full=true');
  });

  it.each([
    ['no link', {}],
    ['a link to elsewhere', { _links: { transactionDetails: { href: 'http://169.254.169.254/x' } } }],
    ['no JSON', 'a line of an MT940'],
  ])("are asked for by the framework's path where the row has %s", async (_, raw) => {
    xs2a.bank.on('GET /v1/accounts/r-1/transactions/t%2F1', sample('transaction-details'));
    expect((await read(raw)).endToEndId).toBeUndefined();
    expect(xs2a.bank.seen.at(-1)?.path).toBe('/v1/accounts/r-1/transactions/t%2F1');
  });

  it.each([
    ['by the name of the schema', (tree: object) => ({ transactionDetails: tree })],
    ['bare', (tree: object) => tree],
  ])('may come %s', async (_, wrapped) => {
    const tree = { transactionId: 't-1', transactionAmount: { currency: 'EUR', amount: -1 } };
    xs2a.bank.on('GET /v1/accounts/r-1/transactions/t%2F1', { json: wrapped(tree) });
    expect(await read({})).toMatchObject({ reference: 't-1', status: 'pending', amount: { minor: 100n } });
  });

  it('are malformed where they do not read', async () => {
    xs2a.bank.on('GET /v1/accounts/r-1/transactions/t%2F1', {
      json: { transactionsDetails: { transactionId: 't-1' } },
    });
    await expect(read({})).rejects.toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('transactionAmount'),
    });
  });
});

describe('standing orders', () => {
  const read = () => xs2a.accounts.readStandingOrders?.(consent, account, context) ?? Promise.reject();
  const path = '/v1/accounts/r-1/transactions';

  it('are transactions for information, to the last page, in our words where we have one', async () => {
    xs2a.bank.on(`GET ${path}`, sample('standing-orders'), { json: { transactions: { information: [] } } });
    const { rows, unreadable } = await read();
    expect(rows).toEqual([
      {
        reference: 'so-1',
        amount: { amount: '950.00', currency: 'EUR' },
        creditor: { name: 'Landlord', account: { scheme: 'iban', value: 'DE27200905004143770877' } },
        remittance: { unstructured: ['Rent'] },
        frequency: 'monthly',
        startDate: '2025-01-01',
        endDate: '2027-12-31',
        executionRule: 'preceding',
        dayOfExecution: 1,
        monthsOfExecution: [1, 7],
        limitAmount: { amount: '1000.00', currency: 'EUR' },
      },
      {
        amount: { amount: '10.00', currency: 'EUR' },
        creditor: {},
        remittance: { unstructured: [] },
        frequency: 'Fortnightly',
        startDate: '2025-01-01',
      },
    ]);
    expect(unreadable).toMatchObject([{ raw: { transactionId: 'so-3' } }]);
    expect(xs2a.bank.seen.map((seen) => seen.path)).toEqual([
      `${path}?bookingStatus=information`,
      `${path}?bookingStatus=information&page=1`,
    ]);
  });

  it('end where the pages go round', async () => {
    xs2a.bank.on(`GET ${path}`, sample('standing-orders'));
    expect((await read()).rows).toHaveLength(4);
    expect(xs2a.warnings.join()).toContain('no end');
  });

  it('are never taken for none because of an answer without a list', async () => {
    xs2a.bank.on(`GET ${path}`, { json: {} });
    await expect(read()).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('trusted beneficiaries', () => {
  it('are those that are good for the account', async () => {
    xs2a.bank.on('GET /v1/trusted-beneficiaries', sample('trusted-beneficiaries'));
    const { rows, unreadable } = (await xs2a.accounts.readBeneficiaries?.(consent, account, context)) ?? {};
    expect(rows).toEqual([
      {
        reference: '0f8fad5b-d9cb-469f-a165-70867728950e',
        name: 'Landlord',
        alias: 'Rent',
        account: { scheme: 'iban', value: 'DE27200905004143770877' },
        bic: 'MOCKDEFFXXX',
      },
      { reference: 'b-2', name: 'Only from this account', account: { scheme: 'bban', value: '12345678' } },
    ]);
    expect(unreadable).toMatchObject([{ raw: { trustedBeneficiaryId: 'b-4' } }]);
  });
});

describe('the owner of an account', () => {
  it.each([
    ['wrapped', { account: { resourceId: 'r-1', currency: 'EUR', ownerName: 'Anna Keller' } }, 'Anna Keller'],
    ['bare', { resourceId: 'r-1', currency: 'EUR', ownerName: 'Anna Keller' }, 'Anna Keller'],
    ['silent', { account: { resourceId: 'r-1', currency: 'EUR' } }, null],
  ])('is read from its details: %s', async (_, json, name) => {
    xs2a.bank.on('GET /v1/accounts/r-1', { json });
    await expect(xs2a.accounts.readParty?.(consent, account, context)).resolves.toEqual({ name });
  });
});
