import type { Provider } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { UpstreamCalls } from '../connections/upstream-calls.js';
import { PerformanceService } from './performance.service.js';
import { ServedRequests } from './served-requests.js';

const provider: Provider = {
  institutions: { list: () => Promise.resolve([]) },
  close: () => Promise.resolve(),
};

let banking: TestBanking;
beforeEach(async () => {
  banking = await startBanking(provider);
  await banking.database.query(`UPDATE connections SET created_at = '2026-03-01T15:00:00Z'`);
});
afterEach(() => banking.stop());

/** `at` is a time of 2 March 2026, or an instant. A status of null: nobody answered. */
function call(calls: UpstreamCalls, at: string, httpStatus: number | null = 200, durationMs = 100): void {
  calls.record({
    provider: 'spec',
    connectionId: banking.connectionId,
    operation: 'readBalances',
    startedAt: new Date(at.includes('T') ? at : `2026-03-02T${at}Z`),
    durationMs,
    httpStatus,
    ok: httpStatus !== null && httpStatus < 500,
  });
}

async function daily(from = '2026-03-02', to = from) {
  const [found] = await banking.get(PerformanceService).daily({ connectionId: banking.connectionId, from, to });
  if (!found) throw new Error('the connection is missing');
  return found;
}

const silent = (calls: UpstreamCalls, ...times: string[]) => times.forEach((at) => call(calls, at, null));

describe('daily performance', () => {
  it('is 100 %, no time and no errors on days without calls, from the day of the creation on', async () => {
    const { days, summary } = await daily('2026-02-20', '2026-03-03');
    const nothing = { uptimePercent: 100, averageMs: null, errorPercent: 0, calls: 0, errors: 0, downSeconds: 0 };
    expect(days).toEqual(['2026-03-01', '2026-03-02', '2026-03-03'].map((date) => ({ date, ...nothing })));
    expect(summary).toEqual(nothing);
  });

  it('adds up what all processes measured; times are of answered calls', async () => {
    const other = await banking.secondProcess();
    const [here, there] = [banking.get(UpstreamCalls), other.get(UpstreamCalls)];
    call(here, '10:00:00', 200, 100);
    call(here, '10:00:01', 503, 300);
    call(there, '23:59:59', 200, 200);
    call(there, '11:00:00', null, 10_000);
    call(there, '2026-03-03T00:00:00Z', 200, 50);
    await Promise.all([here.flush(), there.flush()]);
    const { days, summary } = await daily('2026-03-02', '2026-03-03');
    expect(days).toMatchObject([
      { date: '2026-03-02', averageMs: 200, errorPercent: 50, calls: 4, errors: 2, uptimePercent: 100 },
      { date: '2026-03-03', averageMs: 50, errorPercent: 0, calls: 1 },
    ]);
    expect(summary).toMatchObject({ averageMs: 163, errorPercent: 40, calls: 5 });
    await other.stop();
  });

  it('is down from the first of five calls without answer until the next answer, whoever called', async () => {
    const other = await banking.secondProcess();
    const [here, there] = [banking.get(UpstreamCalls), other.get(UpstreamCalls)];
    call(here, '09:59:59');
    silent(here, '10:00:00', '10:03:00', '10:06:00');
    silent(there, '10:01:00', '10:04:30');
    call(there, '10:14:24');
    await Promise.all([here.flush(), there.flush()]);
    // 14 minutes 24 seconds are one hundredth of a day.
    expect((await daily()).days).toMatchObject([{ downSeconds: 864, uptimePercent: 99, errors: 5 }]);
    await other.stop();
  });

  it.each([
    ['four are not enough', ['10:00:00', '10:00:01', '10:00:02', '10:00:03'], [], 0],
    // The negative control of the case above it: the same calls and one more.
    ['five are', ['10:00:00', '10:00:01', '10:00:02', '10:00:03', '10:00:04'], [], 3_600],
    [
      'an answer between them starts the row anew',
      ['10:00:00', '10:00:01', '10:00:03', '10:00:04', '10:00:05'],
      ['10:00:02'],
      0,
    ],
    [
      'an answer in the same second, too',
      ['10:00:00', '10:00:01', '10:00:02', '10:00:03', '10:00:04'],
      ['10:00:02'],
      0,
    ],
    ['five in one second are five', ['10:00:00', '10:00:00', '10:00:00', '10:00:00', '10:00:00'], [], 3_600],
  ])('%s', async (_name, silences, answers, down) => {
    const calls = banking.get(UpstreamCalls);
    silent(calls, ...silences);
    for (const at of [...answers, '11:00:00']) call(calls, at);
    expect((await daily()).days[0]?.downSeconds).toBe(down);
  });

  it('takes an error for an answer, and a reply after 30 seconds for none', async () => {
    const calls = banking.get(UpstreamCalls);
    for (let second = 10; second < 15; second += 1) call(calls, `08:00:${second}`, 500);
    for (let second = 10; second < 15; second += 1) call(calls, `10:00:${second}`, 200, 30_001);
    call(calls, '10:00:20', 200, 30_000);
    expect((await daily()).days[0]).toMatchObject({ downSeconds: 10, averageMs: 5_083 });
  });

  it('cuts an outage over midnight into its days, also when only the second one is asked for', async () => {
    const calls = banking.get(UpstreamCalls);
    call(calls, '21:00:00');
    silent(calls, '22:00:00', '22:00:01', '22:00:02', '22:00:03', '22:00:04');
    call(calls, '2026-03-03T02:00:00Z');
    const both = await daily('2026-03-02', '2026-03-03');
    expect(both.days.map(({ downSeconds }) => downSeconds)).toEqual([7_200, 7_200]);
    expect((await daily('2026-03-03')).days[0]?.downSeconds).toBe(7_200);
    expect((await daily('2026-03-04')).days[0]?.downSeconds).toBe(0);
    expect(both.downSince).toBeNull();
  });

  it('says since when an upstream is down, and counts today as far as it has come', async () => {
    const calls = banking.get(UpstreamCalls);
    const began = new Date(Math.floor(Date.now() / 1_000) * 1_000);
    for (let count = 0; count < 5; count += 1) call(calls, began.toISOString(), null);
    const today = began.toISOString().slice(0, 10);
    const { downSince, days } = await daily(today, '2999-12-31');
    expect(downSince).toEqual(began);
    expect(days).toHaveLength(1);
    call(calls, new Date(began.getTime() + 1_000).toISOString());
    expect((await daily(today)).downSince).toBeNull();
  });

  it('keeps steps of our own interface apart from calls', async () => {
    const service = banking.get(PerformanceService);
    const at = new Date('2026-03-02T23:30:00+01:00');
    const { manager } = banking.database;
    await service.note(manager, banking.connectionId, 'consent', { at, durationMs: 51_000 });
    await service.note(manager, banking.connectionId, 'consent', { at, durationMs: 49_000 });
    const served = banking.get(ServedRequests);
    for (const [durationMs, ok] of [
      [30, true],
      [9, false],
      [50, true],
    ] as const) {
      served.record({ connectionId: banking.connectionId, at, durationMs, ok });
    }
    const request = { from: '2026-03-02', to: '2026-03-02', connectionId: banking.connectionId };
    const [consents] = await service.daily({ ...request, activity: 'consent' });
    expect(consents?.days).toMatchObject([{ averageMs: 50_000, calls: 2, errors: 0 }]);
    const [requests] = await service.daily({ ...request, activity: 'request' });
    expect(requests?.days).toMatchObject([{ averageMs: 40, calls: 3, errors: 1 }]);
    const average = (activity: 'consent' | 'payment', date: string) =>
      service.averageOf(manager, banking.connectionId, activity, date);
    expect(await average('consent', '2026-03-02')).toBe(50_000);
    expect([await average('consent', '2026-03-03'), await average('payment', '2026-03-02')]).toEqual([
      undefined,
      undefined,
    ]);
    expect((await daily()).days).toMatchObject([{ calls: 0 }]);
  });

  it('knows no connection that is not there', async () => {
    const request = { connectionId: 'cnn_gone', from: '2026-03-02', to: '2026-03-02' };
    await expect(banking.get(PerformanceService).daily(request)).rejects.toMatchObject({ code: 'not_found' });
  });
});
