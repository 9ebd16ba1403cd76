import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { createTestDatabase } from '../../../test/database.js';
import { Queues } from './queues.js';

const hasRedis = (() => {
  try {
    execFileSync('redis-server', ['--version']);
    return true;
  } catch {
    return false;
  }
})();
if (!hasRedis) console.warn('redis-server is not installed: the queues are tested on PostgreSQL only');

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10);
}

interface Server {
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

async function postgres(): Promise<Server> {
  const database = await createTestDatabase();
  return { redisUrl: undefined, databaseUrl: database.url, stop: () => database.drop() };
}

async function redis(): Promise<Server> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'tributary-redis-'));
  const port = await new Promise<number>((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--appendonly', 'yes'];
  const server: ChildProcess = spawn('redis-server', [...options, '--maxmemory-policy', 'noeviction'], {
    stdio: 'ignore',
  });
  return {
    redisUrl: `redis://127.0.0.1:${port}`,
    databaseUrl: '',
    stop: async () => {
      server.kill();
      await new Promise((resolve) => server.once('exit', resolve));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

describe.each([
  ['postgres', postgres],
  ['redis', redis],
] as const)('queues on %s', (kind, start) => {
  if (kind === 'redis' && !hasRedis) {
    it('cannot be tested: redis-server is not installed here', () => {
      expect(hasRedis).toBe(false);
    });
    return;
  }
  let server: Server;
  let queues: Queues;
  const open = () =>
    Queues.open({
      redisUrl: server.redisUrl,
      databaseUrl: server.databaseUrl,
      poolSize: 10,
      onError: () => undefined,
    });

  beforeAll(async () => {
    server = await start();
  });
  beforeEach(async () => {
    queues = await open();
  });
  afterEach(async () => {
    await queues.close();
  });
  afterAll(async () => {
    await server.stop();
  });

  it('live where they should', async () => {
    expect(queues.kind).toBe(kind);
    await expect(queues.ping()).resolves.toBeUndefined();
  });

  it('say what makes their server unfit for jobs', async () => {
    expect(await queues.faults()).toEqual([]);
    if (server.redisUrl === undefined) return;
    const client = new Redis(server.redisUrl);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await client.config('SET', 'appendonly', 'no');
    expect(await queues.faults()).toEqual([
      expect.stringContaining('noeviction'),
      expect.stringContaining('appendonly'),
    ]);
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    await client.config('SET', 'appendonly', 'yes');
    client.disconnect();
  });

  it('ring once for a key while its job waits or runs, and again afterwards', async () => {
    const heard: string[] = [];
    const ends: (() => void)[] = [];
    for (let ring = 0; ring < 5; ring += 1) await queues.ring('inbox', 'a', { connectionId: 'a' });
    queues.work(
      'inbox',
      async ({ connectionId }) => {
        heard.push(connectionId);
        await new Promise<void>((resolve) => ends.push(resolve));
      },
      4,
    );
    await until(() => heard.length === 1);
    await queues.ring('inbox', 'a', { connectionId: 'a' });
    await queues.ring('inbox', 'b', { connectionId: 'b' });
    await until(() => heard.length === 2);
    await sleep(100);
    expect(heard).toEqual(['a', 'b']);
    for (const end of ends.splice(0)) end();
    // The finished job is gone a moment after its run; then its key is heard again.
    while (heard.length < 3) {
      await queues.ring('inbox', 'a', { connectionId: 'a' });
      await sleep(20);
    }
    expect(heard).toEqual(['a', 'b', 'a']);
    for (const end of ends.splice(0)) end();
  }, 20_000);

  it('ring again for a key whose job failed', async () => {
    const heard: string[] = [];
    queues.work(
      'housekeeping',
      () => {
        heard.push('ring');
        return Promise.reject(new Error('as the spec wants it'));
      },
      1,
    );
    await queues.ring('housekeeping', 'all', {});
    await until(() => heard.length === 1);
    // The failed job is removed a moment after its run.
    while (heard.length < 2) {
      await queues.ring('housekeeping', 'all', {});
      await sleep(20);
    }
    expect(heard.length).toBeGreaterThanOrEqual(2);
  }, 20_000);

  it('tell running jobs to end, and wait for them', async () => {
    const told: boolean[] = [];
    let begun = false;
    queues.work(
      'authorisation-status',
      async (_payload, signal) => {
        begun = true;
        await until(() => signal.aborted);
        await sleep(50);
        told.push(signal.aborted);
      },
      1,
    );
    await queues.ring('authorisation-status', 'c', { connectionId: 'c' });
    await until(() => begun);
    await queues.close();
    expect(told).toEqual([true]);
    queues = await open();
  }, 20_000);
});

it('say in one line that a Redis is not there, and not its password', async () => {
  const opening = Queues.open({
    // Port 1 of this machine: nobody listens there.
    redisUrl: 'redis://user:canary@127.0.0.1:1',
    databaseUrl: '',
    poolSize: 1,
    patienceMs: 200,
    onError: () => undefined,
  });
  await expect(opening).rejects.toThrow(/REDIS_URL: the Redis at 127\.0\.0\.1:1 .*ECONNREFUSED/);
  await expect(opening).rejects.not.toThrow('canary');
});

// With BullMQ's own factory (createPostgresBackend) this spun until it was killed: the first failure was kept for good.
it('work again after a database that went down while they were being opened', async () => {
  const database = await createTestDatabase();
  const road = await openRoad(database.url);
  const queues = await Queues.open({
    redisUrl: undefined,
    databaseUrl: road.url,
    poolSize: 10,
    onError: () => undefined,
  });
  try {
    road.block();
    const heard: string[] = [];
    queues.work(
      'inbox',
      ({ connectionId }) => {
        heard.push(connectionId);
        return Promise.resolve();
      },
      1,
    );
    await expect(queues.ring('inbox', 'a', { connectionId: 'a' })).rejects.toThrow();
    await sleep(100);
    road.open();
    await queues.ring('inbox', 'b', { connectionId: 'b' });
    await until(() => heard.length === 1);
    expect(heard).toEqual(['b']);
  } finally {
    await queues.close();
    road.close();
    await database.drop();
  }
}, 30_000);

/** A way to a database on which connections can be cut: all that there are, and each new one while it is blocked. */
async function openRoad(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  let blocked = false;
  const server = net.createServer((caller) => {
    if (blocked) return void caller.destroy();
    const callee = net.connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' && address ? address.port : 0);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    block: () => {
      blocked = true;
      cut();
    },
    open: () => {
      blocked = false;
    },
    close: () => {
      server.close();
      cut();
    },
  };
}
