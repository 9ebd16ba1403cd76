import { randomUUID } from 'node:crypto';
import type { PaymentOrder } from '@tributary/domain';
import { context, heldAuthorisation, tokenStore } from '../../../../test/xs2a.js';
import {
  base,
  bearer,
  callback,
  grantedConsent,
  sample,
  sent,
  startTribe,
  type TestTribe,
  tribeBulk,
  tribePayment,
} from '../../../../test/tribe.js';
import { ProviderError } from '../port/index.js';

let tribe: TestTribe;
beforeEach(async () => {
  tribe = await startTribe();
  for (const path of ['/payments', '/bulk-payments', '/direct/payments', '/direct/payments/FIXTGB22'])
    tribe.hub.on(`POST ${base}${path}`, sample('payment-created', 201));
});
afterEach(() => tribe.stop());

/** What Tribe makes of an error between itself and the bank. */
const ofTheBank = (title: string, details: string) => ({
  status: 502,
  json: { code: 'ASPSP_UNKNOWN_ERROR', additionalErrors: [{ code: 'ASPSP_ERROR_DESC', title, details }] },
});
const posts = () => tribe.asked().filter((one) => one.startsWith('POST'));
const order = (change: Partial<PaymentOrder>) => {
  const held = tribePayment();
  return { ...held, order: { ...held.order, ...change } };
};

async function failureOf(call: Promise<unknown>): Promise<ProviderError['facts']> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (error instanceof ProviderError) return error.facts;
  throw new Error('no ProviderError was thrown');
}

describe('a payment', () => {
  it('goes directly to a bank that supports it: once, without a grant, with one page to confirm it', async () => {
    const payment = tribePayment();
    expect(await tribe.payments.prepare?.(payment, callback, context)).toBeNull();
    const snapshot = await tribe.payments.initiate(payment, callback, context);
    expect(snapshot).toMatchObject({
      reference: '1234-wertiq-983',
      status: 'RCVD',
      upstreamStatus: 'RCVD',
      authorisation: {
        approach: 'redirect',
        nextStep: { type: 'redirect', url: 'https://bank.example/confirm/8b1f' },
      },
    });
    const request = tribe.hub.seen.at(-1);
    expect(posts()).toEqual([`POST ${base}/direct/payments/FIXTGB22`]);
    expect(request?.headers.authorization).toBeUndefined();
    expect(request?.headers['tpp-redirect-uri']).toBe('https://us.example/callbacks/tribe?state=s%2B1%2F%C3%A9');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      paymentScheme: 'SCT',
      debtorAccount: { iban: 'DE45999433193536310578' },
      instructedAmount: { amount: '12.50', currency: 'EUR' },
      creditorAccount: { iban: 'DE89370400440532013000' },
      creditorName: 'Shop',
      remittanceInformationUnstructured: 'Order 1',
    });
  });

  it('at a bank without direct payments waits for the grant of its PSU, and goes out with it', async () => {
    const payment = tribePayment({ institutionReference: 'SWED22LT' });
    const before = await tribe.payments.prepare?.(payment, callback, context);
    const url = new URL(before?.nextStep?.type === 'redirect' ? before.nextStep.url : 'none:');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      bank: 'SWED22LT',
      response_type: 'code',
      client_id: 'tpp-1',
      redirect_uri: callback.url,
      state: callback.state,
      scope: 'payments.single',
      code_challenge_method: 'S256',
    });
    expect(posts()).toEqual([]);
    tribe.hub.on('POST /oauth/token', sample('oauth-tokens'));
    if (!before) throw new Error('no grant was asked for');
    const subject = { type: 'payment', payment } as const;
    const done = await tribe.authorisation.complete(subject, heldAuthorisation(before), { code: 'c-1' }, context);
    expect(done).toMatchObject({ scaStatus: 'finalised', nextStep: null, tokens: { accessToken: 'bearer-1' } });
    const granted = { ...payment, tokens: tokenStore(bearer) };
    expect(await tribe.payments.prepare?.(granted, callback, context)).toBeNull();
    await tribe.payments.initiate(granted, callback, context);
    expect(tribe.hub.seen.at(-1)).toMatchObject({ path: `${base}/payments` });
    expect(tribe.hub.seen.at(-1)?.headers.authorization).toBe('Bearer bearer-1');
  });

  /* Negative control, carried out once: where a grant just stands, this and the next one fail, and the PSU is led to a used page. */
  it('whose PSU came back in vain is granted on another page, and nothing is asked before', async () => {
    const payment = tribePayment({ institutionReference: 'SWED22LT' });
    const before = await tribe.payments.prepare?.(payment, callback, context);
    if (!before) throw new Error('no grant was asked for');
    const subject = { type: 'payment', payment } as const;
    const held = heldAuthorisation(before);
    expect((await tribe.authorisation.status(subject, held, context)).stepLost).toBeUndefined();
    const lost = await tribe.authorisation.status(subject, { ...held, interrupted: true }, context);
    expect(lost).toMatchObject({ stepLost: true, nextStep: before.nextStep, scaStatus: null });
    const again = await tribe.authorisation.start(
      subject,
      { callback: { ...callback, state: 's2' }, anew: true },
      context,
    );
    const url = new URL(again.nextStep?.type === 'redirect' ? again.nextStep.url : 'none:');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      bank: 'SWED22LT',
      state: 's2',
      scope: 'payments.single',
    });
    expect(again.continuation).not.toEqual(before.continuation);
    expect(posts()).toEqual([]);
  });

  // Negative control, carried out once: where a refused code is an error, the second one fails, and the used link stays for a day.
  it.each([
    ['finds the token server out of order', { status: 503, text: '' }],
    ['comes too late', { status: 400, json: { error: 'invalid_grant' } }],
  ])('whose code %s is granted on another page', async (_, reply) => {
    const payment = tribePayment({ institutionReference: 'SWED22LT' });
    const before = await tribe.payments.prepare?.(payment, callback, context);
    if (!before) throw new Error('no grant was asked for');
    tribe.hub.on('POST /oauth/token', reply);
    const subject = { type: 'payment', payment } as const;
    const back = await tribe.authorisation.complete(subject, heldAuthorisation(before), { code: 'c-1' }, context);
    expect(back).toMatchObject({ scaStatus: null, nextStep: before.nextStep });
    expect(back.stepLost).toBeUndefined();
    expect((await tribe.authorisation.status(subject, heldAuthorisation(back), context)).stepLost).toBe(true);
    expect(tribe.hub.seen.filter(({ path }) => path === '/oauth/token')).toHaveLength(1);
  });

  it('is asked about at once where the return from its page was lost', async () => {
    const payment = tribePayment();
    const first = await tribe.payments.initiate(payment, callback, context);
    if (!first.authorisation) throw new Error('no page');
    const path = `${base}/direct/payments/FIXTGB22/1234-wertiq-983`;
    tribe.hub.on(`GET ${path}/status`, { json: { transactionStatus: 'ACSP' } });
    tribe.hub.on(`GET ${path}`, sample('payment-content'));
    const subject = { type: 'payment', payment: sent(payment, first) } as const;
    const held = { ...heldAuthorisation(first.authorisation), interrupted: true };
    expect(await tribe.authorisation.status(subject, held, context)).toMatchObject({ scaStatus: 'finalised' });
  });

  it('without a bank leaves the choice to the PSU', async () => {
    const chooser = tribe.with({ bankChooser: { name: 'Any bank', country: 'GB' } });
    const list = await chooser.provider.institutions.list(context);
    const payment = tribePayment({ institutionReference: list.at(-1)?.reference ?? '' });
    expect(await chooser.payments.prepare?.(payment, callback, context)).toBeNull();
    const snapshot = await chooser.payments.initiate(payment, callback, context);
    expect(posts()).toEqual([`POST ${base}/direct/payments`]);
    tribe.hub.on(`GET ${base}/direct/payments/1234-wertiq-983/status`, sample('payment-status'));
    tribe.hub.on(`GET ${base}/direct/payments/1234-wertiq-983`, sample('payment-content'));
    expect(await chooser.payments.fetch(sent(payment, snapshot), context)).toMatchObject({ status: 'ACSC' });
    const bulk = { ...tribeBulk(), institutionReference: payment.institutionReference };
    expect(() => chooser.bulkPayments.check(bulk)).toThrow('a bulk payment needs a bank');
  });

  it('runs in the session of a consent that covers it, and in no other', async () => {
    const scopes = ['accounts', 'payments.single'];
    const payment = tribePayment({ consent: grantedConsent({ continuation: { scopes } }) });
    expect(await tribe.payments.prepare?.(payment, callback, context)).toBeNull();
    await tribe.payments.initiate(payment, callback, context);
    expect(posts()).toEqual([`POST ${base}/payments`]);
    const other = tribePayment({ consent: grantedConsent() });
    const facts = await failureOf(tribe.payments.prepare?.(other, callback, context) ?? Promise.resolve());
    expect(facts).toMatchObject({ kind: 'unsupported', message: expect.stringContaining('consentId') });
  });

  it('has one page, however often its SCA is started', async () => {
    const payment = tribePayment();
    const made = sent(payment, await tribe.payments.initiate(payment, callback, context));
    const subject = { type: 'payment', payment: made } as const;
    for (let time = 0; time < 2; time += 1) {
      const again = await tribe.authorisation.start(subject, { callback }, context);
      expect(again.nextStep).toEqual({
        type: 'redirect',
        url: 'https://bank.example/confirm/8b1f',
        expiresAt: undefined,
      });
    }
    expect(posts()).toHaveLength(1);
  });

  it('is asked about by status, its content once, and nothing of a browser counts', async () => {
    const payment = tribePayment();
    const first = await tribe.payments.initiate(payment, callback, context);
    const made = sent(payment, first);
    const path = `${base}/direct/payments/FIXTGB22/1234-wertiq-983`;
    tribe.hub.on(`GET ${path}/status`, { json: { transactionStatus: 'ACSP' } }, sample('payment-status'));
    tribe.hub.on(`GET ${path}`, sample('payment-content'));
    if (!first.authorisation) throw new Error('no page');
    const held = heldAuthorisation(first.authorisation);
    const forged = { status: 'ACSC', paymentId: 'another' };
    const back = await tribe.authorisation.complete({ type: 'payment', payment: made }, held, forged, context);
    expect(back).toMatchObject({ scaStatus: null, nextStep: null });
    const moving = await tribe.payments.fetch(made, context);
    expect(moving).toMatchObject({
      status: 'ACSP',
      amount: { minor: 1250n, currency: 'EUR' },
      creditorAccount: 'DE89370400440532013000',
    });
    const later = await tribe.payments.fetch(sent(made, moving), context);
    expect(later).toMatchObject({ status: 'ACSC', amount: undefined });
    expect(tribe.asked().filter((one) => one === `GET ${path}`)).toHaveLength(1);
  });

  it('keeps a word that nobody knows, and says so', async () => {
    const payment = tribePayment();
    const made = sent(payment, await tribe.payments.initiate(payment, callback, context));
    const path = `${base}/direct/payments/FIXTGB22/1234-wertiq-983`;
    tribe.hub.on(`GET ${path}/status`, { json: { transactionStatus: 'BLCK' } });
    expect(await tribe.payments.fetch(made, context)).toMatchObject({ status: null, upstreamStatus: 'BLCK' });
    expect(tribe.warnings.join()).toContain('unknown transactionStatus BLCK');
  });

  it('keeps its id where the page is none that a browser can open', async () => {
    const json = {
      paymentId: 'p-1',
      transactionStatus: 'RCVD',
      _links: { scaRedirect: { href: 'javascript:alert(1)' } },
    };
    tribe.hub.on(`POST ${base}/direct/payments/FIXTGB22`, { status: 201, json });
    const snapshot = await tribe.payments.initiate(tribePayment(), callback, context);
    expect(snapshot).toMatchObject({ reference: 'p-1', authorisation: undefined });
    expect(tribe.warnings.length).toBeGreaterThan(0);
  });
});

describe('a bulk payment', () => {
  it('goes out with its scheme and every item, and is compared by its sum', async () => {
    const bulk = tribeBulk();
    const made = sent(bulk, await tribe.bulkPayments.initiate(bulk, callback, context));
    expect(posts()).toEqual([`POST ${base}/bulk-payments`]);
    const body = JSON.parse(tribe.hub.seen.at(-1)?.body ?? '') as { paymentScheme: string; payments: unknown[] };
    expect([body.paymentScheme, body.payments.length]).toEqual(['SCT', 2]);
    tribe.hub.on(`GET ${base}/bulk-payments/1234-wertiq-983/status`, { json: { transactionStatus: 'PART' } });
    tribe.hub.on(`GET ${base}/bulk-payments/1234-wertiq-983`, sample('bulk-content'));
    expect(await tribe.bulkPayments.fetch(made, context)).toMatchObject({
      status: 'PART',
      amount: { minor: 3000n, currency: 'EUR' },
    });
  });

  it('can have a thousand items', () => {
    const bulk = tribeBulk();
    const [item] = bulk.order.items;
    if (!item) throw new Error('no item');
    const items = Array.from({ length: 1_000 }, (_, index) => ({ ...item, endToEndId: String(index) }));
    const amount = { minor: 1_000_000n, currency: 'EUR' };
    expect(() => tribe.bulkPayments.check({ ...bulk, order: { ...bulk.order, items, amount } })).not.toThrow();
  });

  it.each([
    ['batchBooking', { batchBooking: true }],
    ['scheme', { scheme: 'SWIFT' }],
    ['executionDate', { executionDate: '2026-04-01' }],
    ['controlSum', { amount: { minor: 12_345_678_901n, currency: 'EUR' } }],
  ])('with a %s that Tribe cannot carry is refused', (field, change) => {
    const bulk = tribeBulk();
    expect(() => tribe.bulkPayments.check({ ...bulk, order: { ...bulk.order, ...change } })).toThrow(field);
  });
});

// Negative control of the first row: with `endToEndIdIsOurs` on it, the same order passes (next test).
describe('what Tribe cannot carry is refused before anything is sent, never dropped', () => {
  const address = { country: 'DE', streetName: 'x'.repeat(71) };
  const { creditor } = tribePayment().order;
  it.each<[string, Partial<PaymentOrder>]>([
    ['endToEndId', { endToEndId: 'E2E-1', endToEndIdIsOurs: undefined }],
    ['executionDate', { executionDate: '2026-04-01' }],
    ['recurrence', { recurrence: { frequency: 'monthly', startDate: '2026-04-01' } }],
    ['scheme', { scheme: 'TARGET2' }],
    ['scheme', { scheme: undefined, amount: { minor: 100n, currency: 'USD' } }],
    ['amount', { amount: { minor: 0n, currency: 'EUR' } }],
    ['amount', { amount: { minor: 1_000_000_000_000_000n, currency: 'EUR' } }],
    ['amount', { scheme: 'SWIFT', amount: { minor: 1234n, currency: 'BHD' } }],
    ['amount.currency', { amount: { minor: 100n, currency: 'GBP' } }],
    ['creditor.name', { creditor: { ...creditor, name: 'x'.repeat(71) } }],
    ['creditor.account', { creditor: { ...creditor, account: { scheme: 'bankgiro', value: '1' } } }],
    ['creditor.address.streetName', { creditor: { ...creditor, address } }],
    ['creditor.agent', { scheme: 'SWIFT', creditor: { ...creditor, agent: { bic: 'FAKEBICX' } } }],
    ['debtor.account', { debtor: { account: { scheme: 'pan', value: '4111' } } }],
    ['remittance.unstructured', { remittance: { unstructured: 'x'.repeat(141) } }],
    ['remittance.structured', { remittance: { structured: 'x'.repeat(36) } }],
  ])('%s', (field, change) => {
    expect(() => tribe.payments.check(order(change))).toThrow(`${field}:`);
    expect(tribe.hub.seen).toEqual([]);
  });

  it('and what it can carry passes', () => {
    tribe.payments.check(tribePayment());
    const uk = { scheme: 'sortCodeAccountNumber', value: '04000400123456' } as const;
    tribe.payments.check(
      order({
        scheme: undefined,
        amount: { minor: 2550n, currency: 'GBP' },
        debtor: undefined,
        creditor: { name: 'Ann', account: uk },
      }),
    );
    const agent = { bic: 'FAKEBICX', name: 'Fake Bank', country: 'US' };
    tribe.payments.check(order({ scheme: 'SWIFT', creditor: { ...creditor, agent } }));
  });

  it.each<[string, string, PaymentOrder['creditor']['account'] | undefined]>([
    ['SEPA_CREDIT_TRANSFER', 'EUR', undefined],
    ['FASTER_PAYMENTS', 'GBP', { scheme: 'sortCodeAccountNumber', value: '04000400123456' }],
  ])('a scheme that nobody named is %s in %s', (scheme, currency, account) => {
    const named = account && { debtor: undefined, creditor: { name: 'Ann', account } };
    const held = order({ scheme: undefined, amount: { minor: 2550n, currency }, ...named });
    expect(tribe.payments.schemeFor?.(held.order)).toBe(scheme);
  });

  it('a scheme that the bank does not offer', async () => {
    const facts = await failureOf(
      tribe.payments.prepare?.(order({ scheme: 'SEPA_INSTANT' }), callback, context) ?? Promise.resolve(),
    );
    expect(facts).toMatchObject({ kind: 'unsupported', message: expect.stringContaining('scheme') });
  });
});

/**
 * Negative control, carried out once: with `movesMoney` left out of the call, every row of the first table fails, and
 * the payment would be sent again. With every ASPSP_ERROR_DESC taken for a refusal, three rows fail, and payments that the bank
 * executed would be called rejected.
 */
describe('an initiation whose answer is lost', () => {
  it.each([
    ['a reset', { wire: ({ socket }: { socket: { resetAndDestroy(): unknown } }) => void socket.resetAndDestroy() }],
    ['500', { status: 500, json: { code: 'INTERNAL_ERROR' } }],
    ['502 without a word of the bank', { status: 502, json: { code: 'ASPSP_UNKNOWN_ERROR' } }],
    ["502 with the bank's own failure", ofTheBank('INTERNAL_SERVER_ERROR', 'Internal error')],
    ['502 with a time-out between hub and bank', ofTheBank('ASPSP error', 'No answer from the bank')],
    ['502 with a text of the bank', sample('error-bank', 502)],
    ['a page', { status: 201, text: '<html>' }],
    ['no id', { status: 201, json: { transactionStatus: 'RCVD' } }],
    ['a page with 400', { status: 400, text: '<html>' }],
  ])('is unknown after %s, and was sent once', async (_, reply) => {
    tribe.hub.on(`POST ${base}/direct/payments/FIXTGB22`, reply);
    const facts = await failureOf(tribe.payments.initiate(tribePayment(), callback, context));
    expect(facts.kind).toBe('outcome-unknown');
    expect(posts()).toHaveLength(1);
    expect(tribe.payments.recovery).toEqual({ by: 'none' });
  });

  it.each([
    ['rejected', ofTheBank('PAYMENT_FAILED', 'Insufficient funds')],
    ['rejected', ofTheBank('Error of the bank', 'PAYMENT_SCHEME_INVALID')],
    ['rejected', { status: 400, json: { code: 'PAYMENT_FAILED', requestId: randomUUID() } }],
    ['rejected', { status: 400, json: { code: 'FORMAT_ERROR' } }],
    ['unauthorised', { status: 401, json: { code: 'SIGNATURE_INVALID' } }],
    ['unauthorised', { status: 403, json: { code: 'ROLE_INVALID' } }],
    ['rate-limited', sample('error-limit', 429)],
  ] as const)('is no doubt where the refusal can be read: %s', async (kind, reply) => {
    tribe.hub.on(`POST ${base}/direct/payments/FIXTGB22`, reply);
    expect((await failureOf(tribe.payments.initiate(tribePayment(), callback, context))).kind).toBe(kind);
    expect(posts()).toHaveLength(1);
  });

  it('is refused by any error of the bank where the connection promises that', async () => {
    tribe.hub.on(`POST ${base}/direct/payments/FIXTGB22`, sample('error-bank', 502));
    const promised = tribe.with({ aspspErrorIsRefusal: true });
    expect((await failureOf(promised.payments.initiate(tribePayment(), callback, context))).kind).toBe('rejected');
  });

  it('is not sent again with other tokens when its grant is refused', async () => {
    tribe.hub.on(`POST ${base}/payments`, sample('error-token', 401));
    const tokens = tokenStore({ ...bearer, refreshToken: 'r-1' });
    const payment = tribePayment({ institutionReference: 'SWED22LT', tokens });
    expect((await failureOf(tribe.payments.initiate(payment, callback, context))).kind).toBe('consent-invalid');
    expect(posts()).toEqual([`POST ${base}/payments`]);
  });
});
