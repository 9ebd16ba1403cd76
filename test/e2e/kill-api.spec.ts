import { randomUUID } from 'node:crypto';
import type { Payment, Problem } from './answers.js';
import type { Reply } from './api.js';
import { appliedCodes, readTimeline, untilFinal, untilStatus } from './follow.js';
import { MockBank } from './mockbank.js';
import { paymentOrder, postPayment } from './orders.js';
import { authorise, mockBankPsu, type Psu } from './psu.js';
import { until } from './until.js';
import { type Connection, startWorld, type World } from './world.js';

/*
 * Negative controls, each carried out once against a changed build:
 * - PaymentPolling.findOut resending for `by: 'none'` too: the second story fails, the bank's ledger shows two payments;
 * - a random X-Request-ID instead of the one derived from the payment's id: the first story fails the same way;
 * - PaymentSender.send without `expectStart`: nobody opens the SCA, the first and the last story fail.
 */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

interface Killed {
  readonly bank: MockBank;
  readonly psu: Psu;
  readonly paymentId: string;
  /** Sends the same request again. */
  readonly repeat: () => Promise<Reply<Payment & Problem>>;
}

/**
 * The bank takes a payment, and the api is killed while it waits for the bank.
 * @param operation whose answer the bank keeps back
 * @param sendState what the payment's row says then
 */
async function killWhileWaiting(
  name: string,
  operation: string,
  sendState: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Killed> {
  const bank = new MockBank(world.stack.sandboxUrl, name);
  await bank.settleAtOnce();
  const connection: Connection = await world.connect('xs2a', bank.settings(more));
  const psu = await mockBankPsu(bank, 'anna.embedded');
  const key = randomUUID();
  const body = paymentOrder(world, connection, psu, '20.00');
  const repeat = async (): Promise<Reply<Payment & Problem>> =>
    (await postPayment(world.app, body, key)) as Reply<Payment & Problem>;

  await bank.fault({ kind: 'delay', when: 'after', ms: 600_000, match: { operation }, count: 1 });
  const request = repeat().then(
    () => 'answered',
    () => 'cut',
  );
  await until('the bank keeps its answer back', async () => (await bank.ledger()).counts.hanging === 1);
  expect((await bank.ledger()).counts.accepted).toBe(1);
  world.stack.kill('api', 'SIGKILL');
  expect(await request).toBe('cut');
  // However long it takes until there is an api again: the dead one's lease has not ended before.
  await world.query(
    `UPDATE payments SET send_lease_until = now() + interval '1 hour', next_poll_at = now() + interval '1 hour'
     WHERE idempotency_key = $1`,
    [key],
  );
  await bank.mend();
  await world.stack.restart('api');
  const [row] = await world.query<{ id: string; send_state: string }>(
    'SELECT id, send_state FROM payments WHERE idempotency_key = $1',
    [key],
  );
  expect(row?.send_state).toBe(sendState);
  return { bank, psu, paymentId: row?.id ?? '', repeat };
}

describe('the api is killed (SIGKILL) when the bank has the payment and we have no answer', () => {
  it('finds its payment again at a bank that replays initiations, and follows it to its end', async () => {
    const { bank, psu, paymentId, repeat } = await killWhileWaiting('replays', 'payments.initiate', 'sending', {
      initiationReplay: true,
    });

    const early = await repeat();
    expect([early.status, early.body.code]).toEqual([409, 'idempotency_in_progress']);
    expect(early.body.retry.safe).toBe(true);

    await world.elapse(3_690);
    const found = await untilStatus(world.app, paymentId, 'awaitingAuthorisation');
    expect(found.reference).not.toBeNull();
    const repeated = await repeat();
    expect([repeated.status, repeated.body.id, repeated.headers.get('idempotent-replayed')]).toEqual([
      201,
      paymentId,
      'true',
    ]);

    await authorise(world.app, psu, found.authorisationId ?? '');
    expect(await untilFinal(world.app, paymentId)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
    expect(await appliedCodes(world.app, paymentId)).toEqual(expect.arrayContaining(['RCVD', 'ACSC']));
    const { counts } = await bank.ledger();
    expect(counts).toMatchObject({ accepted: 1, replayed: 1, payments: 1, executed: 1 });
  });

  it('says unknown, and never sends again, where the bank cannot recognise a second copy', async () => {
    const { bank, paymentId, repeat } = await killWhileWaiting('forgets', 'payments.initiate', 'sending');

    await world.elapse(3_690);
    expect(await untilStatus(world.app, paymentId, 'unknown')).toMatchObject({ isoStatus: null, final: false });
    const repeated = await repeat();
    expect([repeated.status, repeated.body.id, repeated.body.status]).toEqual([202, paymentId, 'unknown']);

    // The worker looks again and again, and every time finds nothing that it may do.
    const polls = async (): Promise<number> =>
      (await world.query<{ polls: number }>('SELECT polls FROM payments WHERE id = $1', [paymentId]))[0]?.polls ?? 0;
    const before = await polls();
    await until('the worker has looked three times more', async () => {
      await world.elapse(86_400);
      return (await polls()) >= before + 3;
    });
    expect(await untilStatus(world.app, paymentId, 'unknown')).toMatchObject({ isoStatus: null, final: false });
    const timeline = await readTimeline(world.app, paymentId);
    expect(timeline.map(({ why, isoStatus }) => [why, isoStatus])).toEqual([['outcome-unknown', null]]);
    const { counts } = await bank.ledger();
    expect(counts).toMatchObject({ initiations: 1, payments: 1, executed: 0 });
  });

  it('has the SCA opened by the worker where the api died before it could open it', async () => {
    const operation = 'payments.authorisations.start';
    const { bank, psu, paymentId } = await killWhileWaiting('unopened', operation, 'sent');
    await world.elapse(3_690);
    const found = await untilStatus(world.app, paymentId, 'awaitingAuthorisation');
    await authorise(world.app, psu, found.authorisationId ?? '');
    expect(await untilFinal(world.app, paymentId)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
    expect((await bank.ledger()).counts).toMatchObject({ initiations: 1, payments: 1, executed: 1 });
  });
});
