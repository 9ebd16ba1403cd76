import { jest } from '@jest/globals';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { until } from '../../../../test/e2e/until.js';
import { PaymentPolling } from './payment-polling.js';
import { PaymentsService } from './payments.service.js';
import { type ClaimedPayment, PollingLease } from './polling-lease.js';

let banking: TestBanking;
let polling: PaymentPolling;

beforeAll(async () => {
  const said = { status: 'ACSP', upstreamStatus: 'ACSP', continuation: null, raw: {} } as const;
  banking = await startBanking({
    institutions: { list: () => Promise.resolve([]) },
    payments: {
      recovery: { by: 'none' },
      check: () => undefined,
      initiate: ({ id }) => Promise.resolve({ ...said, reference: `ref-${id}`, observedAt: new Date() }),
      fetch: ({ reference }) => Promise.resolve({ ...said, reference: reference ?? '', observedAt: new Date() }),
    },
    close: () => Promise.resolve(),
  });
  polling = banking.get(PaymentPolling);
  const order = banking.order();
  for (let index = 0; index < 20; index += 1) {
    await banking.get(PaymentsService).initiate(banking.appId, order, `key-${index}`, { traceId: 'spec', psu: {} });
  }
});
beforeEach(async () => {
  await banking.database.query('DELETE FROM polling_leases');
  await banking.database.query('UPDATE payments SET next_poll_at = now()');
});
afterAll(async () => {
  await banking.stop();
});

const idsOf = (claimed: readonly ClaimedPayment[]) => claimed.map(({ payment }) => payment.id);
const take = () => polling.lease(banking.connectionId);
async function taken(): Promise<PollingLease> {
  const lease = await take();
  if (!lease) throw new Error('somebody else has the lease');
  return lease;
}
const runOut = () => banking.database.query('UPDATE polling_leases SET until = now()');

/*
 * Negative controls, carried out once: without `WHERE lease.until <= now()` in the taking statement all eight runs got the
 * lease; without `AND holder = $2` in the renewing one, the run that had lost its lease claimed again and never heard of
 * it; without the list of what is held, one run claimed the same payments three times.
 */
describe('the polling lease', () => {
  it('gives no payment to two workers, however many ask at once', async () => {
    const second = await banking.secondProcess();
    const runs = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const lease = await (index % 2 === 0 ? polling : second.get(PaymentPolling)).lease(banking.connectionId);
        const claims = [await lease?.claim(7), await lease?.claim(7), await lease?.claim(7)];
        return { lease, ids: claims.flatMap((claimed) => idsOf(claimed ?? [])) };
      }),
    );
    for (const { lease } of runs) await lease?.end();
    await second.stop();
    const ids = runs.flatMap((run) => run.ids);
    expect(runs.filter(({ lease }) => lease)).toHaveLength(1);
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
  });

  it('is there for the next run as soon as one ends it, and nothing is due while it is held', async () => {
    const lease = await taken();
    expect(await take()).toBeNull();
    expect(await polling.dueConnections()).toEqual([]);
    await lease.end();
    expect(await polling.dueConnections()).toEqual([banking.connectionId]);
    await (await taken()).end();
  });

  it('ends by the clock of the database: the next run has every payment, the one that was silent gets none', async () => {
    const dead = await taken();
    expect(await dead.claim(5)).toHaveLength(5);
    await runOut();
    expect(await polling.dueConnections()).toEqual([banking.connectionId]);
    const next = await taken();
    expect(await next.claim(100)).toHaveLength(20);
    expect(await dead.claim(100)).toEqual([]);
    // It cannot end what is another's either.
    await dead.end();
    expect(await take()).toBeNull();
    await next.end();
  });

  it('is renewed by a run that only waits for its bank, and tells it when it was lost', async () => {
    jest.useFakeTimers({
      doNotFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'nextTick', 'queueMicrotask', 'Date'],
    });
    try {
      const lease = await taken();
      const renewed = async () => {
        const rows = await banking.database.query<unknown[]>('SELECT FROM polling_leases WHERE until > now()');
        return rows.length > 0;
      };
      await runOut();
      jest.advanceTimersByTime(5_000);
      await until('the lease is renewed', renewed);
      expect(await take()).toBeNull();
      await banking.database.query(`UPDATE polling_leases SET holder = 'another'`);
      expect(lease.lost.aborted).toBe(false);
      jest.advanceTimersByTime(5_000);
      await until('the run hears that it lost the lease', () => lease.lost.aborted);
      await lease.end();
    } finally {
      jest.useRealTimers();
    }
  });

  it('gives back a payment once it is written and due again', async () => {
    const lease = await taken();
    const claimed = await lease.claim(1);
    expect(idsOf(await lease.claim(100))).not.toContain(idsOf(claimed)[0]);
    lease.letGo(claimed.map(({ payment }) => payment));
    expect(idsOf(await lease.claim(100))).toEqual(idsOf(claimed));
    await lease.end();
  });
});
