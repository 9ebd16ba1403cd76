import { SettingsError } from '@tributary/platform';
import { createRedisBackend, type JobsOptions, runMigrations, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { CalmPool } from './calm-pool.js';
import { createPreparedBackend } from './prepared-postgres.js';

/** Where the jobs live: Redis where a URL is set, otherwise the database that is there anyway. */
export interface BackendOptions {
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string;
  /** Connections for queues in PostgreSQL: one for each worker and some to spare. */
  readonly poolSize: number;
  /** How long a Redis may take to be there when we start: it may be starting too. */
  readonly patienceMs?: number;
  /** A server was lost; queues and workers reconnect by themselves. */
  readonly onError: (error: Error) => void;
}

/** A queue, as far as we use one. */
export interface JobQueue {
  add(name: string, payload: unknown, options: JobsOptions): Promise<unknown>;
  getJobCounts(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export interface JobWorker {
  close(): Promise<void>;
}

/** The two kinds of server that hold jobs, behind the few calls that we make. */
export interface QueueBackend {
  readonly kind: 'redis' | 'postgres';
  queue(name: string): JobQueue;
  worker(name: string, run: (payload: unknown, signal: AbortSignal) => Promise<void>, concurrency: number): JobWorker;
  ping(): Promise<void>;
  /** What makes the server unfit for jobs, one sentence each that says what to do. */
  faults(): Promise<readonly string[]>;
  disconnect(): Promise<void>;
}

/** The schema of BullMQ's own tables, beside ours. */
const bullSchema = 'bullmq';

/** A worker that died is noticed within seconds, and a job that it held is not blamed for it. */
const workerTimes = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000, runRetryDelay: 1_000 };

export async function openBackend(options: BackendOptions): Promise<QueueBackend> {
  return options.redisUrl === undefined ? openPostgres(options) : openRedis(options, options.redisUrl);
}

async function openPostgres({ databaseUrl, poolSize, onError }: BackendOptions): Promise<QueueBackend> {
  const pool = new CalmPool({
    connectionString: databaseUrl,
    max: poolSize,
    application_name: 'tributary-queues',
    // BullMQ's statements name no schema: the connection must.
    options: `-c search_path=${bullSchema}`,
  });
  // So does each queue and each worker.
  pool.setMaxListeners(0).on('error', onError);
  // A connection that dies in the hands of BullMQ between two statements must not end the whole process.
  pool.on('connect', (client) => client.on('error', onError));
  try {
    await makeTables(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const { Queue, Worker } = withBackend(createPreparedBackend);
  return {
    kind: 'postgres',
    queue: (name) => new Queue(name, { connection: pool }).on('error', onError),
    worker: (name, run, concurrency) =>
      new Worker(name, (job, _token, signal) => run(job.data, signal ?? never), {
        connection: pool,
        concurrency,
        ...workerTimes,
      })
        .on('error', onError)
        .on('failed', (_job, error) => onError(error)),
    ping: async () => {
      await pool.query('SELECT 1');
    },
    // The database is judged by who keeps the payments in it.
    faults: () => Promise.resolve([]),
    disconnect: () => pool.end(),
  };
}

async function makeTables(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
}

async function openRedis({ onError, patienceMs = 10_000 }: BackendOptions, url: string): Promise<QueueBackend> {
  // BullMQ's blocking calls must wait for a lost server, not fail.
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  redis.on('error', onError);
  await reached(redis, url, patienceMs);
  const { Queue, Worker } = withBackend(createRedisBackend);
  return {
    kind: 'redis',
    queue: (name) => new Queue(name, { connection: redis }).on('error', onError),
    worker: (name, run, concurrency) =>
      new Worker(name, (job, _token, signal) => run(job.data, signal ?? never), {
        connection: redis,
        concurrency,
        ...workerTimes,
      })
        .on('error', onError)
        .on('failed', (_job, error) => onError(error)),
    ping: async () => {
      await redis.ping();
    },
    faults: async () => redisFaults(await redis.info('memory'), await redis.info('persistence')),
    disconnect: async () => {
      redis.disconnect();
    },
  };
}

/** @throws SettingsError, without the password that the URL may hold */
async function reached(redis: Redis, url: string, patienceMs: number): Promise<void> {
  let why = 'it does not answer';
  const note = ({ message }: Error): void => {
    why = message || why;
  };
  redis.on('error', note);
  const ready = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(resolve, patienceMs, false);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
  redis.off('error', note);
  if (ready) return;
  redis.disconnect();
  throw new SettingsError([
    `REDIS_URL: the Redis at ${new URL(url).host} is of no use (${why}). Start it, or correct the URL.`,
  ]);
}

function redisFaults(memory: string, persistence: string): readonly string[] {
  return [
    ...(/^maxmemory_policy:noeviction\s*$/m.test(memory)
      ? []
      : ['Redis may evict jobs: set its maxmemory-policy to noeviction.']),
    ...(/^aof_enabled:1\s*$/m.test(persistence)
      ? []
      : ['Redis forgets jobs when it restarts: set its appendonly to yes.']),
  ];
}

/** For a runner without cancellation: a signal that stays silent. */
const never = new AbortController().signal;
