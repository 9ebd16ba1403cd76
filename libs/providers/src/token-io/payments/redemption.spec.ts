import { PaymentDisk } from '../../../../../test/payment-disk.js';
import { type Reply, type ScriptedUpstream, startUpstream } from '../../../../../test/upstream.js';
import { deriveReference } from '../../kit/reference.js';
import type { HeldPayment, PaymentInitiation, Provider } from '../../port/index.js';
import { createTokenIo } from '../provider.js';
import { refIdForm } from '../request-parts.js';
import { keptPayment, paymentStateOf } from '../sca/talk.js';
import { exampleSettings } from '../settings.js';

const context = { traceId: 'spec', psu: {} };
const tokenId = 'tt:spec:1';
const refId = deriveReference('cnn_1', 'pay_1', refIdForm);
const result = '/token-requests/rq:spec:1/result';
const transfer = (payload: object = {}) => ({
  id: 't:spec:1',
  status: 'SUCCESS',
  providerDetails: { status: 'ACSC' },
  payload: { tokenId, refId, amount: { value: '12.50', currency: 'EUR' }, ...payload },
});
const hangUp: Reply = { wire: (request) => void request.socket.destroy() };

let hub: ScriptedUpstream;
let provider: Provider;
let payments: PaymentInitiation;
let clockMs: number;
let disk: PaymentDisk;
const warnings: string[] = [];

beforeEach(async () => {
  hub = await startUpstream();
  hub.on(`GET ${result}`, { json: { status: 'PROCESSED', tokenId } });
  hub.on('GET /transfers', { json: { transfers: [] } });
  hub.on('POST /transfers', { json: { transfer: transfer() } });
  clockMs = Date.parse('2026-03-02T10:00:00Z');
  disk = new PaymentDisk(keptPayment({ ...paymentStateOf(null), version: 'v1' }));
  warnings.length = 0;
  provider = createTokenIo(
    { ...exampleSettings, baseUrl: hub.origin, paymentsVersion: 'v1', redemption: 'tpp', timeoutSeconds: 5 },
    {
      connectionId: 'cnn_1',
      environment: 'sandbox',
      now: () => new Date(clockMs),
      addresses: null,
      report: () => undefined,
      warn: ({ message }) => warnings.push(message),
    },
  );
  if (!provider.payments) throw new Error('Token.io pays');
  payments = provider.payments;
});
afterEach(async () => {
  await provider.close();
  await hub.stop();
});

/** The payment as one of us has read it. */
const read = (change: Partial<HeldPayment> = {}) => disk.read({ reference: 'rq:spec:1', ...change });
const fetched = (payment = read()) => payments.fetch(payment, context);
const posted = () => hub.seen.filter(({ method, path }) => method === 'POST' && path === '/transfers').length;

/*
 * Negative controls, each carried out once: without `writeAhead` before the request, two at once send it twice; without the
 * look at `redeemedAt`, a lost answer is followed by a second request; with the first transfer listed taken for ours, the
 * foreign ones settle the payment.
 */
describe('a token that we redeem', () => {
  it('is redeemed once by two at once', async () => {
    const both = await Promise.all([read(), read()].map((payment) => fetched(payment)));
    expect(posted()).toBe(1);
    expect(both.map(({ status }) => status)).toEqual(expect.arrayContaining(['ACSC', 'ACTC']));
    expect(JSON.parse(hub.seen.find(({ method }) => method === 'POST')?.body ?? '')).toMatchObject({
      payload: { tokenId, refId, amount: { value: '12.50', currency: 'EUR' } },
    });
  });

  it.each<[string, Reply]>([
    ['hung up', hangUp],
    ['server error', { status: 503, json: { error: { message: 'later' } } }],
    ['unreadable answer', { text: '<html>' }],
  ])('is never redeemed again after a %s; a transfer that shows itself settles it', async (_, reply) => {
    hub.on('POST /transfers', reply);
    expect(await fetched()).toMatchObject({ upstreamStatus: 'PROCESSED', outcomeUnknown: true });
    clockMs += 86_400_000;
    for (let poll = 0; poll < 3; poll += 1) {
      expect(await fetched()).toMatchObject({ upstreamStatus: 'PROCESSED', outcomeUnknown: true });
    }
    expect(posted()).toBe(1);
    hub.on('GET /transfers', { json: { transfers: [transfer()] } });
    expect(await fetched()).toMatchObject({ status: 'ACSC', outcomeUnknown: false });
    expect(posted()).toBe(1);
  });

  it('is left alone, and not given up, while the request of another may be under way', async () => {
    disk.kept = keptPayment({ ...paymentStateOf(disk.kept), redeemedAt: new Date(clockMs).toISOString() });
    expect((await fetched()).outcomeUnknown).not.toBe(true);
    expect(posted()).toBe(0);
  });

  it.each([
    ['another token', { tokenId: 'tt:other:1' }],
    ['another refId', { refId: 'other' }],
    ['none', { tokenId: undefined, refId: undefined }],
  ])('is neither redeemed nor settled where a transfer is listed that names %s', async (_, payload) => {
    hub.on('GET /transfers', { json: { transfers: [transfer(payload)] } });
    expect(await fetched()).toMatchObject({ status: 'ACTC', outcomeUnknown: true });
    expect(posted()).toBe(0);
    expect(warnings).toEqual([expect.stringContaining('do not name it and our refId')]);
  });

  it('takes the transfer that is there, and redeems nothing', async () => {
    hub.on('GET /transfers', { json: { transfers: [transfer({ tokenId: 'tt:other:1' }), transfer()] } });
    expect(await fetched()).toMatchObject({ status: 'ACSC' });
    expect(posted()).toBe(0);
  });

  it('is redeemed by the next one after a refusal in words', async () => {
    const refusal = { status: 400, json: { error: { errorCode: 'Field.Invalid', message: 'no', paths: [] } } };
    hub.on('POST /transfers', refusal, { json: { transfer: transfer() } });
    await expect(fetched()).rejects.toMatchObject({ kind: 'rejected' });
    expect(await fetched()).toMatchObject({ status: 'ACSC' });
    expect(posted()).toBe(2);
  });

  it('is not redeemed by who cannot write it down', async () => {
    expect(await fetched(read({ writeAhead: undefined }))).toMatchObject({ status: 'ACTC' });
    expect(posted()).toBe(0);
  });
});
