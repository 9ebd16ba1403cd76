import { Tpp, order, href, type Json, type TestCustomer } from '../../../test/tpp.js';

const SEPA = '/v1/payments/sepa-credit-transfers';
const CROSS_BORDER = '/v1/payments/cross-border-credit-transfers';

describe('costs and messages of payments', () => {
  let tpp: Tpp;
  let anna: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    await tpp.control('POST', '/clock', { run: false });
    anna = await tpp.customer('anna.embedded');
  });

  const initiate = async (path: string, amount: string, currency = 'EUR'): Promise<Json> =>
    tpp.created(await tpp.call('POST', path, order(anna, amount, currency), { 'psu-id': anna.username }));
  const balance = async () => Number((await tpp.customer('anna.embedded')).accounts[0]?.booked);

  it('shows no costs for SEPA, unless the bank takes them', async () => {
    expect(await initiate(SEPA, '1.00')).not.toHaveProperty('transactionFees');
    await tpp.control('PUT', '/profile', { fees: 'all' });
    expect(await initiate(SEPA, '1.00')).toMatchObject({
      transactionFees: { currency: 'EUR', amount: '0.20' },
      estimatedTotalAmount: { currency: 'EUR', amount: '1.20' },
      estimatedInterbankSettlementAmount: { currency: 'EUR', amount: '1.00' },
    });
  });

  // Control: with `debit` in booking.ts replaced by `amount`, 108.00 leaves the account and this fails.
  it('exchanges, tells it before the SCA and books exactly what it told', async () => {
    const before = await balance();
    const payment = await initiate(CROSS_BORDER, '108.00', 'USD');
    const costs = {
      transactionFees: { currency: 'EUR', amount: '2.60' },
      estimatedTotalAmount: { currency: 'EUR', amount: '103.10' },
      estimatedInterbankSettlementAmount: { currency: 'USD', amount: '108.00' },
    };
    const fee = { currency: 'EUR', amount: '0.50' };
    expect(payment).toMatchObject({ ...costs, currencyConversionFee: fee });
    const start = await tpp.start(anna, payment);
    expect(start).toMatchObject({ ...costs, currencyConversionFees: fee });
    await tpp.finish(anna, start);
    await tpp.advance(10);
    expect(await balance()).toBeCloseTo(before - 103.1, 2);
    const consent = { 'consent-id': await tpp.validConsent(anna), 'psu-ip-address': '192.0.2.1' };
    const { accounts } = (await tpp.call('GET', '/v1/accounts', undefined, consent)).json as { accounts: Json[] };
    const url = `${href(accounts[0] ?? {}, 'transactions')}?bookingStatus=booked&dateFrom=2000-01-01`;
    const { booked } = (await tpp.call('GET', url, undefined, consent)).json['transactions'] as { booked: Json[] };
    expect(booked[0]).toMatchObject({ transactionAmount: { amount: '-3.10' }, bankTransactionCode: 'PMNT-ICDT-CHRG' });
    expect(booked[1]).toMatchObject({
      transactionAmount: { currency: 'EUR', amount: '-100.00' },
      currencyExchange: [{ sourceCurrency: 'EUR', targetCurrency: 'USD', exchangeRate: '1.08' }],
    });
  });

  it('refuses a currency that it does not exchange', async () => {
    const answer = await tpp.call('POST', CROSS_BORDER, order(anna, '1', 'XAF'), { 'psu-id': anna.username });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('PARAMETER_NOT_SUPPORTED')]);
  });

  it.each([
    ['77.01', 'WARNING'],
    ['77.02', 'BENEFICIARY_WHITELISTING_REQUIRED'],
  ])('warns of %s with %s and goes on', async (amount, warning) => {
    const payment = await initiate(SEPA, amount);
    expect(payment).toMatchObject({
      transactionStatus: 'RCVD',
      psuMessage: expect.any(String),
      tppMessages: [{ category: 'WARNING', code: warning }],
    });
    await tpp.authorise(anna, payment);
    await tpp.advance(10);
    expect((await tpp.call('GET', href(payment, 'status'))).json['transactionStatus']).toBe('ACSC');
  });

  it('warns in the status while there is not enough money', async () => {
    const payment = await initiate(SEPA, '99999.00');
    expect((await tpp.call('GET', href(payment, 'status'))).json).toEqual({
      transactionStatus: 'RCVD',
      fundsAvailable: false,
      tppMessages: [expect.objectContaining({ category: 'WARNING', code: 'FUNDS_NOT_AVAILABLE' })],
    });
  });
});
