import type { AnyOrder, PaymentOrder } from '@tributary/domain';
import type { HeldPayment, PaymentInitiation } from '../../port/index.js';
import { ProviderError } from '../../port/index.js';
import type { Reply } from '../../../../../test/upstream.js';
import {
  callback,
  context,
  heldBulk,
  heldPayment,
  sample,
  sentPayment,
  startXs2a,
  type TestXs2a,
} from '../../../../../test/xs2a.js';
import { readPain001 } from '../pain/pain001-copy.js';
import { parseXml } from '../../kit/xml.js';

// Recurring, bulk and XML payments: what goes out, and what is read of what comes back.

const json = 'sepa-credit-transfers';
const xml = 'pain.001-sepa-credit-transfers';
/** Made on 2 March 2026, 22:59:30 UTC: their ids tell. */
const id = 'pay_01KJRCEC7G0000000000000000';
let xs2a: TestXs2a;
beforeEach(async () => {
  xs2a = await startXs2a();
});
afterEach(() => xs2a.stop());

const created: Reply = { status: 201, json: { transactionStatus: 'RCVD', paymentId: 'pmt-9' } };
const recurring = (): HeldPayment =>
  heldPayment({
    id,
    order: {
      ...heldPayment().order,
      recurrence: {
        frequency: 'monthlyVariable',
        startDate: '2026-04-01',
        endDate: '2027-04-01',
        executionRule: 'following',
        dayOfExecution: 31,
        monthsOfExecution: [1, 7],
      },
    },
  });
const bulks = (part = xs2a) => {
  const { bulkPayments } = part.provider;
  if (!bulkPayments) throw new Error('no bulk payments');
  return bulkPayments;
};
const bodyOf = (index = 0): unknown => JSON.parse(xs2a.bank.seen[index]?.body ?? '');

describe('a recurring payment', () => {
  it('says when it pays', async () => {
    xs2a.bank.on(`POST /v1/periodic-payments/${json}`, created);
    await xs2a.payments.initiate(recurring(), callback, context);
    expect(bodyOf()).toMatchObject({
      instructedAmount: { currency: 'EUR', amount: '12.50' },
      frequency: 'MonthlyVariable',
      startDate: '2026-04-01',
      endDate: '2027-04-01',
      executionRule: 'following',
      dayOfExecution: '31',
      monthsOfExecution: ['1', '7'],
    });
    expect(bodyOf()).not.toHaveProperty('requestedExecutionDate');
  });

  it('is followed below its own service', async () => {
    xs2a.bank.on(`POST /v1/periodic-payments/${json}`, created);
    xs2a.bank.on(`GET /v1/periodic-payments/${json}/pmt-9/status`, { json: { transactionStatus: 'ACTC' } });
    const payment = sentPayment(recurring(), await xs2a.payments.initiate(recurring(), callback, context));
    await expect(xs2a.payments.fetch(payment, context)).resolves.toMatchObject({ status: 'ACTC' });
  });

  it('in XML goes out in two parts, the same ones every time', async () => {
    xs2a = xs2a.with({ paymentProducts: [xml] });
    xs2a.bank.on(`POST /v1/periodic-payments/${xml}`, created);
    await xs2a.payments.initiate(recurring(), callback, context);
    await xs2a.payments.initiate(recurring(), callback, context);
    const [first, again] = xs2a.bank.seen;
    const type = first?.headers['content-type'] ?? '';
    expect(type).toMatch(/^multipart\/form-data; boundary=[A-Z0-9]{30}$/);
    expect([again?.headers['content-type'], again?.body]).toEqual([type, first?.body]);
    const form = await new Response(first?.body, { headers: { 'content-type': type } }).formData();
    expect([...form.keys()]).toEqual(['xml_sct', 'json_standingorderType']);
    const part = (name: string): string => form.getAll(name).find((value) => typeof value === 'string') ?? '';
    expect(readPain001(part('xml_sct')).amounts).toEqual([{ minor: 1250n, currency: 'EUR' }]);
    expect(JSON.parse(part('json_standingorderType'))).toEqual({
      startDate: '2026-04-01',
      endDate: '2027-04-01',
      executionRule: 'following',
      frequency: 'MonthlyVariable',
      dayOfExecution: '31',
      monthsOfExecution: ['1', '7'],
    });
  });

  it.each<[string, Partial<NonNullable<PaymentOrder['recurrence']>>, Partial<PaymentOrder>]>([
    ['recurrence.endDate', { endDate: '2026-03-31' }, {}],
    ['recurrence.monthsOfExecution', { monthsOfExecution: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }, {}],
    ['executionDate', {}, { executionDate: '2026-04-01' }],
  ])('that the bank cannot carry is refused: %s', (field, rhythm, change) => {
    const { order } = recurring();
    const recurrence = order.recurrence && { ...order.recurrence, ...rhythm };
    refused(xs2a.payments, recurring(), { ...order, ...change, recurrence }, field);
  });
});

describe('a bulk', () => {
  it('goes out as one order with its items', async () => {
    xs2a.bank.on(`POST /v1/bulk-payments/${json}`, created);
    const { order } = heldBulk();
    const payment = heldBulk({ order: { ...order, batchBooking: false, executionDate: '2026-03-09' } });
    await bulks().initiate(payment, callback, context);
    const item = (endToEndIdentification: string, amount: string) => ({
      endToEndIdentification,
      instructedAmount: { currency: 'EUR', amount },
      creditorAccount: { iban: 'DE89370400440532013000' },
      creditorName: 'Shop',
      remittanceInformationUnstructured: 'Order 1',
    });
    expect(bodyOf()).toEqual({
      batchBookingPreferred: false,
      debtorAccount: { iban: 'DE45999433193536310578' },
      requestedExecutionDate: '2026-03-09',
      payments: [item('I-1', '10.00'), item('I-2', '20.00')],
    });
  });

  it('is compared by its sum, and its items are asked for where the bank tells about them', async () => {
    const path = `/v1/bulk-payments/${json}`;
    xs2a.bank.on(`POST ${path}`, created);
    const word = (transactionStatus: string): Reply => ({ json: { transactionStatus } });
    xs2a.bank.on(`GET ${path}/pmt-9/status`, word('ACTC'), word('ACSP'), word('PART'));
    const item = (endToEndIdentification: string, amount: string, transactionStatus: string, text = '') => ({
      endToEndIdentification,
      instructedAmount: { currency: 'EUR', amount },
      transactionStatus,
      tppMessages: text === '' ? undefined : [{ category: 'ERROR', code: 'PAYMENT_FAILED', text }],
    });
    const payments = [item('I-1', '10', 'ACSC'), item('I-2', '15.00', 'RJCT', 'AC04 closed'), item('', '5', 'ACSC')];
    const bare = payments.map((one) => ({ ...one, transactionStatus: undefined }));
    xs2a.bank.on(`GET ${path}/pmt-9`, { json: { payments: bare } }, { json: { payments } });
    const payment = sentPayment(heldBulk(), await bulks().initiate(heldBulk(), callback, context));
    const first = await bulks().fetch(payment, context);
    expect(first).toMatchObject({ status: 'ACTC', amount: { minor: 3000n, currency: 'EUR' }, items: [] });
    const second = await bulks().fetch(sentPayment(payment, first), context);
    expect(second).toMatchObject({ status: 'ACSP', amount: undefined });
    expect(xs2a.bank.seen.filter((seen) => seen.path === `${path}/pmt-9`)).toHaveLength(1);
    await expect(bulks().fetch(sentPayment(payment, second), context)).resolves.toMatchObject({
      status: 'PART',
      items: [
        { endToEndId: 'I-1', status: 'ACSC', reason: undefined },
        { endToEndId: 'I-2', status: 'RJCT', reason: 'AC04', upstreamStatus: 'RJCT' },
      ],
    });
  });

  it.each(['payments[1]', 'payments/1', '$.payments.1.creditorAccount'])(
    'says why an item was rejected where a message beside the bulk names it: %s',
    async (at) => {
      const path = `/v1/bulk-payments/${json}`;
      xs2a.bank.on(`POST ${path}`, created);
      xs2a.bank.on(`GET ${path}/pmt-9/status`, { json: { transactionStatus: 'PART' } });
      const amount = { currency: 'EUR', amount: '15.00' };
      const payments = ['RJCT', 'RJCT'].map((transactionStatus, index) => ({
        endToEndIdentification: `I-${index + 1}`,
        instructedAmount: amount,
        transactionStatus,
      }));
      const message = { category: 'ERROR', code: 'PAYMENT_FAILED', path: at, text: 'AC04 closed' };
      xs2a.bank.on(`GET ${path}/pmt-9`, { json: { payments, tppMessages: [message] } });
      const payment = sentPayment(heldBulk(), await bulks().initiate(heldBulk(), callback, context));
      const { items } = await bulks().fetch(payment, context);
      expect(items?.map(({ reason }) => reason)).toEqual([undefined, 'AC04']);
    },
  );

  it.each<[string, Reply]>([
    [
      'several currencies',
      {
        json: {
          payments: [
            { instructedAmount: { currency: 'EUR', amount: '1' } },
            { instructedAmount: { currency: 'SEK', amount: '1' } },
          ],
        },
      },
    ],
    ['an unreadable amount', { json: { payments: [{ instructedAmount: { currency: 'EUR', amount: '1,0' } }] } }],
    ['XML that is none', { text: '<Document>', headers: { 'content-type': 'application/xml' } }],
    [
      'a multipart message without the message',
      { text: 'x', headers: { 'content-type': 'multipart/form-data; boundary=y' } },
    ],
  ])('is followed all the same when the copy has %s', async (_, copy) => {
    const path = `/v1/bulk-payments/${json}`;
    xs2a.bank.on(`POST ${path}`, created);
    xs2a.bank.on(`GET ${path}/pmt-9/status`, { json: { transactionStatus: 'ACSP' } });
    xs2a.bank.on(`GET ${path}/pmt-9`, copy);
    const payment = sentPayment(heldBulk(), await bulks().initiate(heldBulk(), callback, context));
    await expect(bulks().fetch(payment, context)).resolves.toMatchObject({ status: 'ACSP', amount: undefined });
    expect(xs2a.warnings.join()).toContain('could not be compared');
  });

  it('names the item that cannot be carried', () => {
    const { order } = heldBulk();
    const [first, second] = order.items;
    if (!first || !second) throw new Error('two items');
    const items = [first, { ...second, amount: { minor: 0n, currency: 'EUR' } }];
    refused(bulks(), heldBulk(), { ...order, items }, 'items.1.amount');
  });
});

describe('a product in XML', () => {
  const path = `/v1/payments/${xml}`;
  const payment = heldPayment({ id });
  const report = (status: string): Reply => ({
    text: `<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts>${status}</OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>`,
    headers: { 'content-type': 'application/xml;charset=UTF-8' },
  });
  beforeEach(() => {
    xs2a = xs2a.with({ paymentProducts: [xml], institution: { name: 'MockBank', country: 'DE', bic: 'MOCKDEFFXXX' } });
    xs2a.bank.on(`POST ${path}`, created);
  });

  it('goes out as pain.001, the same message every time', async () => {
    await xs2a.payments.initiate(payment, callback, context);
    await xs2a.payments.initiate(payment, callback, context);
    const [first, again] = xs2a.bank.seen;
    expect(first?.headers['content-type']).toBe('application/xml');
    // A recovery sends the very same again: id and body.
    expect(again?.body).toBe(first?.body);
    expect(again?.headers['x-request-id']).toBe(first?.headers['x-request-id']);
    const message = parseXml(first?.body ?? '').at('CstmrCdtTrfInitn');
    expect(message?.at('GrpHdr', 'CreDtTm')?.text).toBe('2026-03-02T22:59:30.160Z');
    expect(message?.at('PmtInf', 'ReqdExctnDt')?.text).toBe('2026-03-02');
    expect(message?.at('PmtInf', 'DbtrAgt', 'FinInstnId', 'BIC')?.text).toBe('MOCKDEFFXXX');
  });

  it('is to be executed on the day that it is at the bank', async () => {
    xs2a = xs2a.with({ timeZone: 'Europe/Helsinki' });
    await xs2a.payments.initiate(payment, callback, context);
    expect(xs2a.bank.seen[0]?.body).toContain('<ReqdExctnDt>2026-03-03</ReqdExctnDt>');
  });

  // Negative control: a decoder that infers a status from an answer that it cannot read makes every row another kind.
  it.each<[string, Reply]>([
    ['in XML', { status: 201, text: '<Document><x/></Document>', headers: { 'content-type': 'application/xml' } }],
    ['cut short', { status: 201, text: '{"transactionStatus":"RC', headers: { 'content-type': 'application/json' } }],
    ['empty', { status: 201, text: '' }],
  ])('is in doubt after an accepting answer %s', async (_, reply) => {
    xs2a.bank.on(`POST ${path}`, reply);
    await expect(xs2a.payments.initiate(payment, callback, context)).rejects.toMatchObject({ kind: 'outcome-unknown' });
    expect(xs2a.bank.seen).toHaveLength(1);
  });

  it.each<[string, Reply, object]>([
    ['pain.002', report('<GrpSts>ACSC</GrpSts>'), { status: 'ACSC' }],
    [
      'a rejection in pain.002',
      report('<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>AM04</Cd></Rsn><AddtlInf>Too poor</AddtlInf></StsRsnInf>'),
      { status: 'RJCT', reason: 'AM04', psuMessage: 'Too poor' },
    ],
    ['a word that nobody knows', report('<GrpSts>ACTV</GrpSts>'), { status: null, upstreamStatus: 'ACTV' }],
    ['JSON, which some banks send', { json: { transactionStatus: 'ACSP' } }, { status: 'ACSP' }],
  ])('is followed by %s', async (_, reply, expected) => {
    xs2a.bank.on(`GET ${path}/pmt-9/status`, reply);
    const sent = sentPayment(payment, await xs2a.payments.initiate(payment, callback, context));
    const message = xs2a.bank.seen[0]?.body ?? '';
    xs2a.bank.on(`GET ${path}/pmt-9`, { text: message, headers: { 'content-type': 'application/xml' } });
    await expect(xs2a.payments.fetch(sent, context)).resolves.toMatchObject({
      ...expected,
      amount: { minor: 1250n, currency: 'EUR' },
      creditorAccount: 'DE89370400440532013000',
    });
    const asked = xs2a.bank.seen.find((seen) => seen.path.endsWith('/status'));
    expect(asked?.headers.accept).toBe('application/xml, application/json');
  });

  it('infers nothing from a report that does not decode', async () => {
    xs2a.bank.on(`GET ${path}/pmt-9/status`, report(''));
    const sent = sentPayment(payment, await xs2a.payments.initiate(payment, callback, context));
    await expect(xs2a.payments.fetch(sent, context)).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('reads the copy of a recurring payment from its multipart message', async () => {
    const below = `/v1/periodic-payments/${xml}`;
    xs2a.bank.on(`POST ${below}`, created);
    xs2a.bank.on(`GET ${below}/pmt-9/status`, report('<GrpSts>ACTC</GrpSts>'));
    const sent = sentPayment(recurring(), await xs2a.payments.initiate(recurring(), callback, context));
    const { body = '', headers } = xs2a.bank.seen[0] ?? { headers: {} };
    const type = headers['content-type'] ?? '';
    xs2a.bank.on(`GET ${below}/pmt-9`, { text: body, headers: { 'content-type': type } });
    await expect(xs2a.payments.fetch(sent, context)).resolves.toMatchObject({
      status: 'ACTC',
      amount: { minor: 1250n, currency: 'EUR' },
    });
  });

  it('needs the account that pays, and texts that XML can carry', () => {
    const part = xs2a.with({ paymentProducts: [xml], debtorAccountRequired: false });
    const { debtor: _, ...order } = payment.order;
    refused(part.payments, payment, order, 'debtor.account');
    refused(
      part.payments,
      payment,
      { ...payment.order, remittance: { unstructured: 'a\u0001' } },
      'remittance.unstructured',
    );
  });

  it('is not sent for a payment whose id does not tell when it was made', async () => {
    await expect(xs2a.payments.initiate(heldPayment(), callback, context)).rejects.toMatchObject({
      kind: 'unsupported',
    });
    expect(xs2a.bank.seen).toHaveLength(0);
  });
});

describe('what a bank offers', () => {
  it('decides what the connection can do', () => {
    expect(xs2a.payments.features).toEqual(['recurring', 'futureDated']);
    const less = xs2a.with({ paymentServices: ['payments'], futureDated: false });
    expect(less.payments.features).toEqual([]);
    expect(less.provider.bulkPayments).toBeUndefined();
    refused(less.payments, recurring(), recurring().order, 'recurrence');
    refused(less.payments, heldPayment(), { ...heldPayment().order, executionDate: '2026-04-01' }, 'executionDate');
  });

  it('can be a product of its own', async () => {
    xs2a = xs2a.with({
      profile: {
        products: {
          'domestic-swiss': { scheme: 'DOMESTIC', format: 'json', currency: 'CHF', ibanOnly: true, endToEndId: true },
        },
      },
    });
    xs2a.bank.on('POST /v1/payments/domestic-swiss', created);
    const { order } = heldPayment();
    const payment = heldPayment({ order: { ...order, scheme: 'DOMESTIC', amount: { minor: 100n, currency: 'CHF' } } });
    await xs2a.payments.initiate(payment, callback, context);
    expect(xs2a.bank.seen[0]?.path).toBe('/v1/payments/domestic-swiss');
    await expect(xs2a.provider.institutions.list(context)).resolves.toMatchObject([
      { paymentSchemes: ['DOMESTIC', 'SEPA_CREDIT_TRANSFER', 'SEPA_INSTANT', 'TARGET2', 'CROSS_BORDER'] },
    ]);
  });
});

describe('what the bank says to the people', () => {
  it('reaches them with the payment, the SCA and the status', async () => {
    const said = {
      psuMessage: 'Look at your app',
      tppMessages: [
        { category: 'WARNING', code: 'WARNING', text: 'A day later' },
        { category: 'WARNING', code: 'BENEFICIARY_WHITELISTING_REQUIRED' },
        { category: 'ERROR', code: 'X', text: 'not a warning' },
      ],
      transactionFees: { currency: 'EUR', amount: '1.20' },
      currencyConversionFee: { currency: 'EUR', amount: 0.3 },
      estimatedTotalAmount: { currency: 'EUR', amount: '14' },
      estimatedInterbankSettlementAmount: { currency: 'USD', amount: 'many' },
    };
    const expected = {
      psuMessage: 'Look at your app',
      warnings: ['A day later', 'BENEFICIARY_WHITELISTING_REQUIRED'],
      fees: { minor: 120n, currency: 'EUR' },
      conversionFees: { minor: 30n, currency: 'EUR' },
      estimatedTotal: { minor: 1400n, currency: 'EUR' },
      estimatedSettlement: undefined,
    };
    const path = `/v1/payments/${json}`;
    const links = { scaRedirect: 'https://login.bank.example/p', scaStatus: `${path}/pmt-9/authorisations/a` };
    xs2a.bank.on(`POST ${path}`, {
      status: 201,
      json: { transactionStatus: 'RCVD', paymentId: 'pmt-9', ...said, _links: links },
    });
    const snapshot = await xs2a.payments.initiate(heldPayment(), callback, context);
    expect(snapshot).toMatchObject(expected);
    expect(snapshot.authorisation?.disclosure).toMatchObject(expected);
    expect(xs2a.warnings.join()).toContain('estimatedInterbankSettlementAmount');
    xs2a.bank.on(`GET ${path}/pmt-9/status`, { json: { transactionStatus: 'RCVD', ...said } });
    xs2a.bank.on(`GET ${path}/pmt-9`, sample('payment-details'));
    await expect(xs2a.payments.fetch(sentPayment(heldPayment(), snapshot), context)).resolves.toMatchObject(expected);
  });
});

function refused<Order extends AnyOrder>(
  initiation: PaymentInitiation<Order>,
  payment: HeldPayment<Order>,
  order: Order,
  field: string,
): void {
  expect(() => initiation.check({ ...payment, order })).toThrow(ProviderError);
  expect(() => initiation.check({ ...payment, order })).toThrow(`"${field}"`);
}
