import type { PaymentOrder } from '@tributary/domain';
import { type HeldPayment, ProviderError } from '../../port/index.js';
import { reasonOf } from '../status.js';
import {
  callback,
  context,
  heldConsent,
  heldPayment,
  sample,
  startXs2a,
  type TestXs2a,
  tokenStore,
} from '../../../../../test/xs2a.js';
import type { Reply } from '../../../../../test/upstream.js';

const path = '/v1/payments/sepa-credit-transfers';
let xs2a: TestXs2a;
beforeEach(async () => {
  xs2a = await startXs2a();
  xs2a.bank.on(`POST ${path}`, sample('payment-created', 201));
});
afterEach(() => xs2a.stop());

describe('initiation', () => {
  it('sends the order as it is, with a request id that follows from our id', async () => {
    const snapshot = await xs2a.payments.initiate(heldPayment(), callback, context);
    expect(snapshot).toMatchObject({
      reference: 'pmt-9',
      status: 'RCVD',
      upstreamStatus: 'RCVD',
      authorisation: undefined,
    });
    await xs2a.payments.initiate(heldPayment(), callback, context);
    await xs2a.payments.initiate(heldPayment({ id: 'pay_2' }), callback, context);
    const [first, again, other] = xs2a.bank.seen;
    expect(JSON.parse(first?.body ?? '')).toEqual({
      endToEndIdentification: 'E2E-1',
      debtorAccount: { iban: 'DE45999433193536310578' },
      instructedAmount: { currency: 'EUR', amount: '12.50' },
      creditorAccount: { iban: 'DE89370400440532013000' },
      creditorName: 'Shop',
      remittanceInformationUnstructured: 'Order 1',
    });
    // A recovery sends the very same again: id and body.
    expect(again?.headers['x-request-id']).toBe(first?.headers['x-request-id']);
    expect(again?.body).toBe(first?.body);
    expect(other?.headers['x-request-id']).not.toBe(first?.headers['x-request-id']);
    expect(first?.headers).not.toHaveProperty('authorization');
  });

  // Negative control: without `movesMoney` on the initiation, every row is another kind and can be sent a second time.
  it.each<[string, Reply]>([
    ['no answer', { wire: ({ socket }) => socket.resetAndDestroy() }],
    [
      '503 with a message',
      { status: 503, json: { tppMessages: [{ category: 'ERROR', code: 'SERVICE_UNAVAILABLE' }] } },
    ],
    ['an accepted payment in HTML', { status: 201, text: '<html></html>' }],
    ['an accepted payment without an id', { status: 201, json: { transactionStatus: 'RCVD' } }],
    ['an accepted payment without a status', { status: 201, json: { paymentId: 'pmt-9' } }],
    ['a conflict', { status: 409, json: { tppMessages: [{ category: 'ERROR', code: 'STATUS_INVALID' }] } }],
    ['a bad request in HTML', { status: 400, text: '<html></html>' }],
  ])('is in doubt after %s, and is sent once', async (_, reply) => {
    xs2a.bank.on(`POST ${path}`, reply);
    expect((await failure(heldPayment())).kind).toBe('outcome-unknown');
    expect(xs2a.bank.seen).toHaveLength(1);
  });

  it.each<[string, Reply, string]>([
    [
      'PAYMENT_FAILED',
      { status: 400, json: { tppMessages: [{ category: 'ERROR', code: 'PAYMENT_FAILED' }] } },
      'rejected',
    ],
    ['PRODUCT_UNKNOWN', { status: 404, json: { tppMessages: [{ code: 'PRODUCT_UNKNOWN' }] } }, 'unsupported'],
    ['an unknown PSU', sample('error-credentials', 401), 'rejected'],
    ['too many calls', { status: 429, text: '' }, 'rate-limited'],
  ])('is refused by %s', async (_, reply, kind) => {
    xs2a.bank.on(`POST ${path}`, reply);
    expect((await failure(heldPayment())).kind).toBe(kind);
  });

  it('never goes out a second time for a token that ended', async () => {
    const tokenUrl = `${xs2a.bank.origin}/oauth/token`;
    xs2a = xs2a.with({
      oauth: { mode: 'pre-step', clientId: 'c', authorizeUrl: 'https://login.bank.example/a', tokenUrl },
    });
    xs2a.bank.on('POST /oauth/token', sample('oauth-tokens'));
    xs2a.bank.on(`POST ${path}`, {
      status: 401,
      json: { tppMessages: [{ category: 'ERROR', code: 'TOKEN_EXPIRED' }] },
    });
    const tokens = tokenStore({ accessToken: 'old', refreshToken: 'r' });
    expect((await failure(heldPayment({ tokens }))).kind).toBe('consent-invalid');
    expect(xs2a.bank.seen.map((seen) => seen.path)).toEqual([path]);
  });

  it('keeps the payment when links or amounts of the answer are strange', async () => {
    xs2a.bank.on(`POST ${path}`, {
      status: 201,
      json: {
        transactionStatus: 'ACTV',
        paymentId: 7,
        instructedAmount: { currency: 'EUR', amount: '12,50' },
        _links: { self: 'http://169.254.169.254/', scaRedirect: 'javascript:alert(1)', scaStatus: 3 },
      },
    });
    const snapshot = await xs2a.payments.initiate(heldPayment(), callback, context);
    expect(snapshot).toMatchObject({ reference: '7', status: null, upstreamStatus: 'ACTV', amount: undefined });
    expect(snapshot.continuation).toMatchObject({ links: {} });
    expect(xs2a.warnings.join()).toMatch(/self, scaRedirect.*amount.*ACTV/);
  });

  it('runs in the session of a consent where it is given one', async () => {
    await xs2a.payments.initiate(heldPayment({ consent: heldConsent() }), callback, context);
    await xs2a.payments.initiate(heldPayment(), callback, context);
    expect(xs2a.bank.seen.map(({ headers }) => headers['consent-id'])).toEqual(['con-7', undefined]);
  });

  it('opens the SCA that came along', async () => {
    xs2a.bank.on(`POST ${path}`, {
      status: 201,
      json: {
        transactionStatus: 'RCVD',
        paymentId: 'pmt-9',
        _links: { scaRedirect: 'https://login.bank.example/p', scaStatus: `${path}/pmt-9/authorisations/aut-3` },
      },
    });
    const snapshot = await xs2a.payments.initiate(heldPayment(), callback, context);
    expect(snapshot.authorisation).toMatchObject({
      reference: 'aut-3',
      nextStep: { url: 'https://login.bank.example/p' },
    });
  });

  it('says how an answer that was lost can be found out', () => {
    expect(xs2a.payments.recovery).toEqual({ by: 'none' });
    expect(xs2a.with({ initiationReplay: true }).payments.recovery).toEqual({ by: 'provider-key' });
  });
});

describe('an order', () => {
  const { order } = heldPayment();
  const bban = { scheme: 'bban', value: '1' } as const;

  it.each<[string, Partial<PaymentOrder>]>([
    ['scheme', { scheme: 'FASTER_PAYMENTS' }],
    ['amount', { amount: { minor: 0n, currency: 'EUR' } }],
    ['amount', { amount: { minor: -1n, currency: 'EUR' } }],
    ['amount', { amount: { minor: 10n ** 16n, currency: 'EUR' } }],
    ['amount.currency', { scheme: 'SEPA_CREDIT_TRANSFER', amount: { minor: 1n, currency: 'SEK' } }],
    ['creditor.account', { creditor: { ...order.creditor, account: bban } }],
    ['debtor.account', { debtor: { account: bban } }],
    ['debtor.account', { debtor: { name: 'Anna' } }],
    ['creditor.name', { creditor: { ...order.creditor, name: ' ' } }],
    ['creditor.name', { creditor: { ...order.creditor, name: 'x'.repeat(71) } }],
    ['endToEndId', { endToEndId: 'x'.repeat(36) }],
    ['remittance.unstructured', { remittance: { unstructured: 'x'.repeat(141) } }],
    ['remittance', { remittance: { unstructured: 'a', structured: 'b' } }],
  ])('that the bank cannot carry is refused before anything is sent: %s', async (field, change) => {
    const payment = heldPayment({ order: { ...order, ...change } });
    expect(() => xs2a.payments.check(payment)).toThrow(ProviderError);
    expect(() => xs2a.payments.check(payment)).toThrow(`"${field}"`);
    expect((await failure(payment)).facts).toMatchObject({ kind: 'unsupported', field });
    expect(xs2a.bank.seen).toHaveLength(0);
  });

  it.each([
    ['SEPA_CREDIT_TRANSFER', 'sepa-credit-transfers'],
    ['SEPA_INSTANT', 'instant-sepa-credit-transfers'],
    ['TARGET2', 'target-2-payments'],
    ['CROSS_BORDER', 'cross-border-credit-transfers'],
    [undefined, 'sepa-credit-transfers'],
  ])('of the scheme %s goes out as %s', async (scheme, product) => {
    xs2a.bank.on(`POST /v1/payments/${product}`, sample('payment-created', 201));
    const payment = heldPayment({ order: { ...order, scheme } });
    xs2a.payments.check(payment);
    await xs2a.payments.initiate(payment, callback, context);
    expect(xs2a.bank.seen[0]?.path).toBe(`/v1/payments/${product}`);
  });

  it.each([
    ['EUR', {}, 'SEPA_CREDIT_TRANSFER', 'sepa-credit-transfers'],
    ['SEK', {}, 'CROSS_BORDER', 'cross-border-credit-transfers'],
    ['EUR', { paymentProducts: ['instant-sepa-credit-transfers'] }, 'SEPA_INSTANT', 'instant-sepa-credit-transfers'],
  ] as const)('in %s without a scheme, at a bank with %j, is %s', async (currency, settings, scheme, product) => {
    xs2a = xs2a.with(settings);
    xs2a.bank.on(`POST /v1/payments/${product}`, sample('payment-created', 201));
    const payment = heldPayment({ order: { ...order, scheme: undefined, amount: { minor: 100n, currency } } });
    expect(xs2a.payments.schemeFor?.(payment.order)).toBe(scheme);
    await xs2a.payments.initiate(payment, callback, context);
    expect(xs2a.bank.seen[0]?.path).toBe(`/v1/payments/${product}`);
  });

  it('is written as the settings say', async () => {
    xs2a = xs2a.with({ structuredRemittance: 'object', debtorAccountRequired: false });
    const { debtor: _, ...rest } = order;
    const payment = heldPayment({
      order: { ...rest, remittance: { structured: 'RF18539007547034' }, executionDate: '2026-04-01' },
    });
    await xs2a.payments.initiate(payment, callback, context);
    const body: unknown = JSON.parse(xs2a.bank.seen[0]?.body ?? '');
    expect(body).toMatchObject({
      remittanceInformationStructured: { reference: 'RF18539007547034' },
      requestedExecutionDate: '2026-04-01',
    });
    expect(body).not.toHaveProperty('debtorAccount');
  });
});

describe('following a payment', () => {
  async function sent(): Promise<HeldPayment> {
    const { reference, continuation } = await xs2a.payments.initiate(heldPayment(), callback, context);
    return heldPayment({ reference, continuation });
  }

  it('compares the copy of the bank once, and then asks for the status alone', async () => {
    xs2a.bank.on(`GET ${path}/pmt-9/status`, { json: { transactionStatus: 'ACTC' } }, sample('payment-rejected'));
    xs2a.bank.on(`GET ${path}/pmt-9`, sample('payment-details'));
    const payment = await sent();
    const first = await xs2a.payments.fetch(payment, context);
    // The details say RCVD; the status endpoint leads.
    expect(first).toMatchObject({
      status: 'ACTC',
      amount: { minor: 1250n, currency: 'EUR' },
      creditorAccount: 'DE89370400440532013000',
    });
    expect(
      xs2a.bank.seen
        .map((seen) => seen.path)
        .slice(1)
        .sort(),
    ).toEqual([`${path}/pmt-9`, `${path}/pmt-9/status?view=short`]);
    const last = await xs2a.payments.fetch({ ...payment, continuation: first.continuation }, context);
    expect(last).toMatchObject({ status: 'RJCT', reason: 'AM04', psuMessage: 'Not enough money', amount: undefined });
    expect(xs2a.bank.seen).toHaveLength(4);
  });

  it('goes on without a copy that the bank does not show', async () => {
    xs2a.bank.on(`GET ${path}/pmt-9/status`, { json: { transactionStatus: 'ACSC' } });
    xs2a.bank.on(`GET ${path}/pmt-9`, { status: 404, text: '' });
    const payment = await sent();
    const snapshot = await xs2a.payments.fetch(payment, context);
    expect(snapshot).toMatchObject({ status: 'ACSC', amount: undefined });
    expect(xs2a.warnings.join()).toContain('could not be compared');
  });

  it('finds its way by the reference alone', async () => {
    xs2a.bank.on(`GET ${path}/pmt-9/status`, { json: { transactionStatus: 'ACSP' } });
    xs2a.bank.on(`GET ${path}/pmt-9`, sample('payment-details'));
    await expect(xs2a.payments.fetch(heldPayment({ reference: 'pmt-9' }), context)).resolves.toMatchObject({
      status: 'ACSP',
    });
  });

  it.each([
    ['a reset', { wire: ({ socket }) => socket.resetAndDestroy() }, 'unavailable'],
    ['503', { status: 503, text: '' }, 'unavailable'],
    ['a page', { text: '<html></html>' }, 'malformed'],
    ['an unknown payment', { status: 404, json: { tppMessages: [{ code: 'RESOURCE_UNKNOWN' }] } }, 'not-found'],
  ] as readonly [string, Reply, string][])('infers nothing from %s', async (_, reply, kind) => {
    xs2a.bank.on(`GET ${path}/pmt-9`, sample('payment-details'));
    const payment = await sent();
    xs2a.bank.on(`GET ${path}/pmt-9/status`, reply);
    await expect(xs2a.payments.fetch(payment, context)).rejects.toMatchObject({ kind });
  });
});

it.each([
  [[{ code: 'PAYMENT_FAILED', text: 'AM04 Insufficient funds' }], 'AM04'],
  [[{ code: 'AC04' }], 'AC04'],
  [[{ code: 'PAYMENT_FAILED', text: 'DS0H: not given in time' }], 'DS0H'],
  [[{ code: 'WARNING' }, { code: 'PAYMENT_FAILED', text: 'MS03' }], 'MS03'],
  [[{ code: 'PAYMENT_FAILED', text: 'AM0400 is no code' }], 'PAYMENT_FAILED'],
  [[{ text: 'No reason' }], undefined],
  [undefined, undefined],
])('the reason in %j is %j', (messages, reason) => {
  const complete = messages?.map((message) => ({
    category: 'ERROR',
    code: undefined,
    path: undefined,
    text: undefined,
    ...message,
  }));
  expect(reasonOf(complete)).toBe(reason);
});

describe('funds', () => {
  const question = {
    institutionReference: 'bank',
    account: { identifier: { scheme: 'iban', value: 'DE45999433193536310578' } },
    amount: { minor: 1250n, currency: 'EUR' },
  } as const;

  it.each([
    [{ fundsAvailable: true }, true],
    [{ fundsAvailable: 'false' }, false],
  ])('are there or not: %j', async (json, available) => {
    xs2a.bank.on('POST /v1/funds-confirmations', { json });
    await expect(xs2a.provider.funds?.confirm(question, context)).resolves.toBe(available);
    expect(JSON.parse(xs2a.bank.seen[0]?.body ?? '')).toEqual({
      account: { iban: 'DE45999433193536310578' },
      instructedAmount: { currency: 'EUR', amount: '12.50' },
    });
  });

  it('are never guessed', async () => {
    xs2a.bank.on('POST /v1/funds-confirmations', { json: { fundsAvailable: 'maybe' } });
    await expect(xs2a.provider.funds?.confirm(question, context)).rejects.toMatchObject({ kind: 'malformed' });
  });
});

async function failure(payment: HeldPayment): Promise<ProviderError> {
  const error: unknown = await xs2a.payments.initiate(payment, callback, context).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw error ?? new Error('the initiation did not fail');
}
