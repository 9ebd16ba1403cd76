import type { Provider } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { ConnectionHealthReader } from './connection-health.js';
import { UpstreamCalls } from './upstream-calls.js';

const certificates = [{ purpose: 'tls', notAfter: new Date('2030-01-01T00:00:00Z') }];
const quotas = [{ operation: 'listAccounts', limit: 4, remaining: 1, resetsAt: new Date('2030-01-01T00:00:00Z') }];
const provider: Provider = {
  institutions: { list: () => Promise.resolve([]) },
  certificates,
  quotas: () => quotas,
  close: () => Promise.resolve(),
};

let banking: TestBanking;
beforeEach(async () => {
  banking = await startBanking(provider);
});
afterEach(() => banking.stop());

function record(calls: UpstreamCalls, ok: boolean, ageMinutes = 0, durationMs = 100): void {
  calls.record({
    provider: 'spec',
    connectionId: banking.connectionId,
    operation: 'readBalances',
    startedAt: new Date(Date.now() - ageMinutes * 60_000),
    durationMs,
    httpStatus: ok ? 200 : null,
    ok,
  });
}

describe('the health of a connection', () => {
  it('counts what all processes saw in the last 15 minutes, and remembers the last success before that', async () => {
    const other = await banking.secondProcess();
    const [here, there] = [banking.get(UpstreamCalls), other.get(UpstreamCalls)];
    record(here, true, 0, 100);
    record(here, false, 0, 300);
    record(there, true, 2, 200);
    record(there, true, 40, 5_000);
    await Promise.all([here.flush(), there.flush()]);
    const health = await banking.get(ConnectionHealthReader).read(banking.connectionId);
    expect(health).toMatchObject({
      status: 'degraded',
      calls: 3,
      errors: 1,
      averageLatencyMs: 200,
      certificates,
      quotas,
    });
    expect(health.errorRate).toBeCloseTo(1 / 3);
    await other.stop();
  });

  // Negative control, carried out once: judged by its calls alone, it was `unknown`.
  it('fails where its settings cannot be opened', async () => {
    banking.get(UpstreamsService).provider = () => Promise.reject(new Error('the vault does not open it'));
    expect(await banking.get(ConnectionHealthReader).read(banking.connectionId)).toMatchObject({
      status: 'failing',
      certificates: [],
      quotas: [],
    });
  });

  it.each([
    [0, 0, 'unknown'],
    [20, 0, 'healthy'],
    [19, 1, 'healthy'],
    [9, 1, 'degraded'],
    [5, 5, 'failing'],
  ])('%i good and %i failed calls: %s', async (good, failed, status) => {
    const calls = banking.get(UpstreamCalls);
    for (let count = 0; count < good; count += 1) record(calls, true);
    for (let count = 0; count < failed; count += 1) record(calls, false);
    expect((await banking.get(ConnectionHealthReader).read(banking.connectionId)).status).toBe(status);
  });

  it('survives calls of a connection that is gone', async () => {
    const calls = banking.get(UpstreamCalls);
    record(calls, true);
    calls.record({
      provider: 'spec',
      connectionId: 'cnn_gone',
      operation: 'list',
      startedAt: new Date(),
      durationMs: 1,
      httpStatus: 200,
      ok: true,
    });
    await calls.flush();
    expect((await banking.get(ConnectionHealthReader).read(banking.connectionId)).calls).toBe(1);
  });
});
