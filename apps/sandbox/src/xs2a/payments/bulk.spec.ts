import { Tpp, CREDITOR_IBAN, code, href, type Json, type Reply, type TestCustomer } from '../../../test/tpp.js';

const PATH = '/v1/bulk-payments/sepa-credit-transfers';

describe('bulk payments', () => {
  let tpp: Tpp;
  let anna: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    await tpp.control('POST', '/clock', { run: false });
    anna = await tpp.customer('anna.embedded');
  });

  const item = (amount: string, more: Json = {}): Json => ({
    endToEndIdentification: `E2E-${amount}`,
    instructedAmount: { currency: 'EUR', amount },
    creditorAccount: { iban: CREDITOR_IBAN },
    creditorName: 'Nordwind Books',
    ...more,
  });
  const initiate = async (payments: Json[], more: Json = {}): Promise<Reply> =>
    tpp.call(
      'POST',
      PATH,
      { debtorAccount: { iban: anna.accounts[0]?.iban }, payments, ...more },
      { 'psu-id': anna.username },
    );
  const pay = async (payments: Json[], more: Json = {}): Promise<string> =>
    tpp.authorise(anna, tpp.created(await initiate(payments, more)));
  const status = async (path: string) => (await tpp.call('GET', `${path}/status`)).json;
  const balance = async () => Number((await tpp.customer('anna.embedded')).accounts[0]?.booked);
  const postings = async () => ((await tpp.control('GET', '/ledger')) as { postings: Json[] }).postings;
  const booked = async (): Promise<Json[]> => {
    const consent = { 'consent-id': await tpp.validConsent(anna), 'psu-ip-address': '192.0.2.1' };
    const { accounts } = (await tpp.call('GET', '/v1/accounts', undefined, consent)).json as { accounts: Json[] };
    const url = `${href(accounts[0] ?? {}, 'transactions')}?bookingStatus=booked&dateFrom=2000-01-01`;
    return ((await tpp.call('GET', url, undefined, consent)).json['transactions'] as { booked: Json[] }).booked;
  };

  it('move the money of every item once, in bookings of their own', async () => {
    const before = await balance();
    const path = await pay([item('10.00'), item('2.50')]);
    expect(await status(path)).toEqual({ transactionStatus: 'ACTC', fundsAvailable: true });
    await tpp.advance(1);
    expect(await status(path)).toEqual({ transactionStatus: 'ACSP' });
    await tpp.advance(1000);
    expect(await status(path)).toEqual({ transactionStatus: 'ACSC' });
    expect(await balance()).toBeCloseTo(before - 12.5, 2);
    expect((await postings()).map(({ amount }) => amount)).toEqual(['10.00', '2.50']);
    const [first, second] = await booked();
    expect([first?.['transactionAmount'], second?.['transactionAmount']]).toEqual([
      { currency: 'EUR', amount: '-2.50' },
      { currency: 'EUR', amount: '-10.00' },
    ]);
  });

  it('are one booking with its parts when batch booking is preferred', async () => {
    const before = await balance();
    await pay([item('10.00'), item('2.50')], { batchBookingPreferred: true });
    await tpp.advance(10);
    expect(await balance()).toBeCloseTo(before - 12.5, 2);
    const [batch] = await booked();
    expect(batch).toMatchObject({
      batchIndicator: true,
      batchNumberOfTransactions: 2,
      transactionAmount: { amount: '-12.50' },
      entryDetails: [{ endToEndId: 'E2E-10.00' }, { endToEndId: 'E2E-2.50' }],
    });
  });

  // Control: with `accepted` in settle() replaced by all transfers of the execution, the rejected item is posted too.
  it('with some items rejected are PART: the others move, and each item says what became of it', async () => {
    const before = await balance();
    const path = await pay([item('10.00'), item('66.61'), item('99999.00')]);
    await tpp.advance(10);
    expect(await status(path)).toEqual({
      transactionStatus: 'PART',
      psuMessage: '2 of 3 payments were rejected',
      tppMessages: [
        { category: 'ERROR', code: 'PAYMENT_FAILED', path: 'payments[1]', text: 'AC04 Closed account number' },
        { category: 'ERROR', code: 'PAYMENT_FAILED', path: 'payments[2]', text: 'AM04 Insufficient funds' },
      ],
    });
    expect(await balance()).toBeCloseTo(before - 10, 2);
    const { payments } = (await tpp.call('GET', path)).json as { payments: Json[] };
    expect(payments.map(({ transactionStatus }) => transactionStatus)).toEqual(['ACSC', 'RJCT', 'RJCT']);
  });

  it('are RJCT when every item is rejected', async () => {
    const path = await pay([item('66.61'), item('66.62')]);
    await tpp.advance(10);
    expect(await status(path)).toMatchObject({
      transactionStatus: 'RJCT',
      tppMessages: [{ code: 'PAYMENT_FAILED' }, { path: 'payments[0]' }, { path: 'payments[1]' }],
    });
    expect(await postings()).toEqual([]);
  });

  it('wait for their date or their time', async () => {
    const { now } = await tpp.control('GET', '/clock');
    const later = new Date(Date.parse(String(now)) + 3 * 3_600_000).toISOString();
    const path = await pay([item('1.00')], { requestedExecutionTime: later });
    await tpp.advance(2 * 3600);
    expect(await status(path)).toMatchObject({ transactionStatus: 'ACTC' });
    await tpp.advance(3610);
    expect(await status(path)).toEqual({ transactionStatus: 'ACSC' });
  });

  it.each([
    ['no items', [], {}, 'payments'],
    ['a bad IBAN', [{ creditorAccount: { iban: 'DE00' } }], {}, 'payments[0].creditorAccount.iban'],
    ['an amount zero', [{ instructedAmount: { currency: 'EUR', amount: '0' } }], {}, 'payments[0].instructedAmount'],
    ['a date at an item', [{ requestedExecutionDate: '2099-01-01' }], {}, 'payments[0].requestedExecutionDate'],
    ['batchBookingPreferred no boolean', [{}], { batchBookingPreferred: 'yes' }, 'batchBookingPreferred'],
    ['a time past', [{}], { requestedExecutionTime: '2020-01-01T00:00:00Z' }, 'requestedExecutionTime'],
    [
      'date and time',
      [{}],
      { requestedExecutionTime: '2099-01-01T00:00:00Z', requestedExecutionDate: '2099-01-01' },
      'T',
    ],
  ])('with %s are refused by the field', async (_name, changes, more, field) => {
    const answer = await initiate(
      changes.map((change) => item('1.00', change as Json)),
      more,
    );
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(field)]);
  });

  it('that are no list of objects are refused', async () => {
    for (const payments of [undefined, {}, 'x', [null], [[]], ['x']]) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await tpp.call('POST', PATH, { debtorAccount: { iban: anna.accounts[0]?.iban }, payments });
      expect([answer.status, code(answer)]).toEqual([400, 'FORMAT_ERROR']);
    }
  });
});
