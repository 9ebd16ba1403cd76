import { PaymentDisk } from '../../../../../test/payment-disk.js';
import { type Reply, type ScriptedUpstream, startUpstream } from '../../../../../test/upstream.js';
import type { Continuation, HeldPayment, PaymentInitiation, Provider } from '../../port/index.js';
import { createTokenIo } from '../provider.js';
import { keptPayment, paymentStateOf } from '../sca/talk.js';
import { type Assumptions, exampleSettings } from '../settings.js';

const context = { traceId: 'spec', psu: {} };
const path = '/v2/payments/pm2:spec:1';
const says = (status: string): Reply => ({ json: { payment: { id: 'pm2:spec:1', status } } });
const waits = says('INITIATION_PENDING_REDEMPTION');
const goes = says('INITIATION_PROCESSING');
/** Four times the timeout: longer than `lookUpQuietSeconds`. */
const quietMs = 80_000;

let hub: ScriptedUpstream;
let provider: Provider | undefined;
let payments: PaymentInitiation;
let clockMs: number;
let disk: PaymentDisk;

beforeEach(async () => {
  hub = await startUpstream();
  hub.on(`GET ${path}`, waits);
  hub.on(`POST ${path}/redeem`, goes);
  clockMs = Date.parse('2026-03-02T10:00:00Z');
  disk = new PaymentDisk(keptPayment(paymentStateOf(null)));
  await open();
});
afterEach(async () => {
  await provider?.close();
  await hub.stop();
});

/** The connection, with what it assumes. */
async function open(assumptions: Assumptions = {}): Promise<void> {
  await provider?.close();
  provider = createTokenIo(
    { ...exampleSettings, baseUrl: hub.origin, redemption: 'tpp', timeoutSeconds: 20, assumptions },
    {
      connectionId: 'cnn_1',
      environment: 'sandbox',
      now: () => new Date(clockMs),
      addresses: null,
      report: () => undefined,
      warn: () => undefined,
    },
  );
  if (!provider.payments) throw new Error('Token.io pays');
  payments = provider.payments;
}

/** The payment as one of us has read it. */
const read = (change: Partial<HeldPayment> = {}) => disk.read({ reference: 'pm2:spec:1', ...change });
const fetched = (payment = read()) => payments.fetch(payment, context);
const posted = () => hub.seen.filter(({ method }) => method === 'POST').length;

const lostAnswers: readonly [string, Reply][] = [
  ['hung up', { wire: (request) => void request.socket.destroy() }],
  ['server error', { status: 503, json: { error: { message: 'later' } } }],
  ['unreadable answer', { text: '<html>' }],
];

/*
 * Negative controls, each carried out once: without `writeAhead` before the request, two at once send it twice and one that
 * nobody can write down is sent; without the look at `redeemedAt`, a lost answer is followed by a second request at once;
 * without the look at `lostRedemption`, by one after the quiet time.
 */
describe('a payment v2 that we redeem', () => {
  it('is redeemed once by two at once', async () => {
    const both = await Promise.all([read(), read()].map((payment) => fetched(payment)));
    expect(posted()).toBe(1);
    expect(both.map(({ upstreamStatus }) => upstreamStatus).toSorted()).toEqual([
      'INITIATION_PENDING_REDEMPTION',
      'INITIATION_PROCESSING',
    ]);
  });

  it('is written down before it is redeemed', async () => {
    let onDisk: Continuation | undefined;
    hub.on(`POST ${path}/redeem`, {
      wire: (_request, response) => {
        onDisk = disk.kept;
        response.end('{}');
      },
    });
    await fetched();
    expect(paymentStateOf(onDisk ?? null).redeemedAt).toBe('2026-03-02T10:00:00.000Z');
  });

  it.each(lostAnswers)(
    'is never redeemed again after a %s: nobody knows, until Token.io says more',
    async (_, reply) => {
      hub.on(`POST ${path}/redeem`, reply, goes);
      const pending = { upstreamStatus: 'INITIATION_PENDING_REDEMPTION' };
      expect(await fetched()).toMatchObject({ ...pending, outcomeUnknown: false });
      clockMs += quietMs - 1;
      expect(await fetched()).toMatchObject({ ...pending, outcomeUnknown: false });
      for (const later of [1, quietMs, quietMs * 100]) {
        clockMs += later;
        expect(await fetched()).toMatchObject({ ...pending, outcomeUnknown: true });
      }
      expect(posted()).toBe(1);
      hub.on(`GET ${path}`, goes);
      expect(await fetched()).toMatchObject({ upstreamStatus: 'INITIATION_PROCESSING', outcomeUnknown: false });
    },
  );

  it.each(lostAnswers)(
    'is redeemed again after a %s and the quiet time where the connection says so',
    async (_, reply) => {
      await open({ lostRedemption: 'sentAgain' });
      hub.on(`POST ${path}/redeem`, reply, goes);
      expect(await fetched()).toMatchObject({ upstreamStatus: 'INITIATION_PENDING_REDEMPTION' });
      clockMs += quietMs - 1;
      expect(await fetched()).toMatchObject({ upstreamStatus: 'INITIATION_PENDING_REDEMPTION' });
      expect(posted()).toBe(1);
      clockMs += 1;
      expect(await fetched()).toMatchObject({ upstreamStatus: 'INITIATION_PROCESSING' });
      expect(posted()).toBe(2);
    },
  );

  it('is not redeemed again where Token.io has moved on', async () => {
    hub.on(`POST ${path}/redeem`, { wire: (request) => void request.socket.destroy() });
    await fetched();
    clockMs += quietMs * 10;
    hub.on(`GET ${path}`, says('INITIATION_PENDING_REDEMPTION_VERIFICATION'));
    expect(await fetched()).toMatchObject({ upstreamStatus: 'INITIATION_PENDING_REDEMPTION_VERIFICATION' });
    expect(posted()).toBe(1);
  });

  it('is redeemed by the next one after a refusal in words', async () => {
    const refusal = { status: 400, json: { error: { errorCode: 'Field.Invalid', message: 'no', paths: [] } } };
    hub.on(`POST ${path}/redeem`, refusal, goes);
    expect(await fetched()).toMatchObject({ upstreamStatus: 'INITIATION_PENDING_REDEMPTION' });
    expect(await fetched()).toMatchObject({ upstreamStatus: 'INITIATION_PROCESSING' });
    expect(posted()).toBe(2);
  });

  it('is not redeemed by who cannot write it down', async () => {
    expect(await fetched(read({ writeAhead: undefined }))).toMatchObject({
      upstreamStatus: 'INITIATION_PENDING_REDEMPTION',
    });
    expect(posted()).toBe(0);
  });
});
