import pg from 'pg';
import { DataSource } from 'typeorm';
import { applicationRole, grantToApplication } from './application-role.js';
import { entities } from './entities/index.js';
import { migrations } from './migrations/index.js';
import { SnakeNaming } from './snake-naming.js';
import { currentCaller, everyTenant, noTenant, withTenant } from './tenancy.js';
import { tenantPool } from './tenant-pool.js';

/** PostgreSQL's `date`: kept as the text YYYY-MM-DD. node-pg's default makes a local midnight, which moves the day. */
const dateOid = 1082;
pg.types.setTypeParser(dateOid, (value) => value);

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /**
   * - `tenant`: acts as the application role; rows are seen only inside `withTenant` (a server of requests)
   * - `everyTenant`: acts as the application role; outside of `withTenant` the rows of all apps are seen (a worker)
   * - `owner`: as whoever the URL names, to change the schema
   */
  readonly acts: 'tenant' | 'everyTenant' | 'owner';
}

/** Those that see the rows of every app outside of any `withTenant`. */
const seeAll = new WeakSet<DataSource>();

/**
 * The one connection pool of a process. Migrations are run by `migrate`, never on connect, and the schema is never
 * synchronised from the mappings.
 */
export function createDataSource({ url, poolSize, applicationName, acts }: DatabaseOptions): DataSource {
  const outside = { tenant: acts === 'tenant' ? noTenant : everyTenant, actor: applicationName };
  const database = new DataSource({
    type: 'postgres',
    url,
    applicationName,
    poolSize,
    entities,
    migrations,
    migrationsTableName: 'migrations',
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    driver: Object.create(pg, {
      Pool: { value: tenantPool(outside) },
    }),
    extra: {
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 60_000,
      ...(acts !== 'owner' && { options: `-c role=${applicationRole}` }),
    },
    // A lost idle connection is replaced by the pool at the next use.
    poolErrorHandler: () => undefined,
  });
  if (outside.tenant === everyTenant) seeAll.add(database);
  return database;
}

/**
 * Runs `work` for every tenant. Where that is so anyway no context is opened: from the first one on, every promise of the process
 * costs more (Node 20), which a worker that has no bank's reports to send can do without.
 */
export function forEveryTenant<Result>(database: DataSource, work: () => Result): Result {
  return currentCaller() === undefined && seeAll.has(database) ? work() : withTenant(everyTenant, work);
}

/** Brings a database to the newest schema; returns the names of the migrations that ran. Safe to run side by side. */
export async function migrate(url: string): Promise<readonly string[]> {
  const source = createDataSource({ url, poolSize: 2, applicationName: 'tributary-migrate', acts: 'owner' });
  await source.initialize();
  const runner = source.createQueryRunner();
  try {
    // Two processes that start at once: the second waits, then finds nothing to do.
    await runner.query('SELECT pg_advisory_lock(7310420262)');
    const done = await source.runMigrations({ transaction: 'each' });
    await grantToApplication(runner);
    await runner.query('SELECT pg_advisory_unlock(7310420262)');
    return done.map((migration) => migration.name);
  } finally {
    await runner.release();
    await source.destroy();
  }
}
