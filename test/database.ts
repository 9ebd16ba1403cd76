import { randomBytes } from 'node:crypto';
import { migrate } from '@tributary/persistence';
import { Client } from 'pg';

/** A database of its own for one spec file. */
export interface TestDatabase {
  readonly url: string;
  /** Removes it, together with connections that are still open. */
  drop(): Promise<void>;
}

const TEMPLATE = 'tributary_template';
/** Any number: two workers must not make the template at once. */
const TEMPLATE_LOCK = 7_310_420_263;

/** A new database with the newest schema and no rows, copied from a template that is migrated once per run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const template = await admin.query('select 1 from pg_database where datname = $1', [TEMPLATE]);
    if (template.rowCount === 0) {
      const draft = `${TEMPLATE}_${randomBytes(4).toString('hex')}`;
      await admin.query(`create database ${draft}`);
      await migrate(urlOf(draft));
      await admin.query(`alter database ${draft} rename to ${TEMPLATE}`);
    }
    await admin.query(`create database ${name} template ${TEMPLATE}`);
  });
  return {
    url: urlOf(name),
    drop: () => asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`)),
  };
}

/** A new database without any schema, for specs of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const name = `empty_${randomBytes(6).toString('hex')}`;
  await asAdmin((admin) => admin.query(`create database ${name}`));
  return {
    url: urlOf(name),
    drop: () => asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`)),
  };
}

async function asAdmin(use: (admin: Client) => Promise<unknown>): Promise<void> {
  const admin = new Client({ connectionString: adminUrl() });
  await admin.connect();
  try {
    await use(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function adminUrl(): string {
  const url = process.env['TEST_DATABASE_ADMIN_URL'];
  if (!url) throw new Error('TEST_DATABASE_ADMIN_URL is not set: run the tests with jest and its global setup.');
  return url;
}
