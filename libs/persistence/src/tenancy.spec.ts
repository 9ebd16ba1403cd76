import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/database.js';
import { createDataSource, forEveryTenant } from './data-source.js';
import { runStatement } from './statement.js';
import { tenantPool } from './tenant-pool.js';
import { becomeTenant, currentCaller, everyTenant, noTenant, withTenant } from './tenancy.js';

let test: TestDatabase;
let database: DataSource;
let owner: DataSource;

beforeAll(async () => {
  test = await createTestDatabase();
  database = await createDataSource({
    url: test.url,
    poolSize: 3,
    applicationName: 'spec',
    acts: 'tenant',
  }).initialize();
  owner = await createDataSource({ url: test.url, poolSize: 1, applicationName: 'spec', acts: 'owner' }).initialize();
  for (const app of ['app_a', 'app_b']) await withTenant(app, () => addApp(app));
});
afterAll(async () => {
  await database.destroy();
  await owner.destroy();
  await test.drop();
});

const addApp = (id: string) =>
  database.query(
    `INSERT INTO apps (id, name, redirect_uris, scopes, created_at, updated_at) VALUES ($1, $1, '{}', '{}', now(), now())`,
    [id],
  );
const seen = async (): Promise<string> => {
  const rows = await database.query<{ id: string }[]>('SELECT id FROM apps ORDER BY id');
  return rows.map(({ id }) => id).join();
};

/** Tables with an owner on which row security is missing, is not forced, or has no policy. */
const unguarded = (): Promise<{ name: string }[]> =>
  owner.query(`
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND (c.relname = 'apps' OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'app_id'))
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))`);

describe('row security', () => {
  it('guards every table that has an owner (negative control: a table without it is found)', async () => {
    expect(await unguarded()).toEqual([]);
    await owner.query('CREATE TABLE forgotten (app_id text)');
    expect(await unguarded()).toEqual([{ name: 'forgotten' }]);
    await owner.query('DROP TABLE forgotten');
  });

  it('is kept by a role that owns nothing and cannot get around it', async () => {
    const [role] = await withTenant(everyTenant, () =>
      database.query<object[]>(
        `SELECT rolname, rolsuper, rolbypassrls,
           EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) AS owns FROM pg_roles r WHERE rolname = current_user`,
      ),
    );
    expect(role).toEqual({ rolname: 'tributary_app', rolsuper: false, rolbypassrls: false, owns: false });
  });

  it('shows a statement without any WHERE the rows of its tenant only', async () => {
    expect(await withTenant('app_a', seen)).toBe('app_a');
    expect(await withTenant('app_b', seen)).toBe('app_b');
    expect(await withTenant(everyTenant, seen)).toBe('app_a,app_b');
    // Negative control: who owns the server sees all of them whatever the tenant.
    expect(await owner.query('SELECT id FROM apps')).toHaveLength(2);
  });

  it('shows nothing to who forgot to say for whom', async () => {
    expect(await seen()).toBe('');
    expect(await withTenant(noTenant, seen)).toBe('');
  });

  it('refuses to write for somebody else, and changes nobody else', async () => {
    await expect(withTenant('app_a', () => addApp('app_c'))).rejects.toThrow('row-level security');
    await withTenant('app_a', () => database.query(`UPDATE apps SET name = 'changed'`));
    expect(await withTenant('app_b', () => database.query('SELECT name FROM apps'))).toEqual([{ name: 'app_b' }]);
  });

  it('follows the caller through shared connections, transactions and prepared statements', async () => {
    const readers = Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? 'app_a' : 'app_b'));
    const found = await Promise.all(
      readers.map((app, at) =>
        withTenant(app, async () => {
          if (at % 3 === 0) return seen();
          if (at % 3 === 1) {
            const rows = await runStatement<{ id: string }>(
              database,
              { name: 'apps', text: 'SELECT id FROM apps' },
              [],
            );
            return rows.map(({ id }) => id).join();
          }
          return database.transaction(async (manager) => {
            await manager.query('SELECT pg_sleep(0.005)');
            const rows = await manager.query<{ id: string }[]>('SELECT id FROM apps');
            return rows.map(({ id }) => id).join();
          });
        }),
      ),
    );
    // Negative control, carried out: with the tenant read when a connection is handed out instead of when it is asked for, a good
    // third of those that waited for one saw nothing, or the rows of who gave it back.
    expect(found).toEqual(readers);
  });

  it('can be told late who asks', async () => {
    const found = await withTenant(noTenant, async () => {
      await Promise.resolve();
      becomeTenant('app_b', 'client_b');
      return seen();
    });
    expect(found).toBe('app_b');
    expect(currentCaller()).toBeUndefined();
    expect(() => becomeTenant('app_b', 'client_b')).toThrow('withTenant');
  });

  it('can be left for all of them, which needs no context where all are seen anyway', async () => {
    expect(await forEveryTenant(database, seen)).toBe('app_a,app_b');
    expect(await withTenant('app_a', () => forEveryTenant(database, seen))).toBe('app_a,app_b');
    expect(forEveryTenant(database, currentCaller)).toMatchObject({ tenant: everyTenant });

    const all = createDataSource({ url: test.url, poolSize: 1, applicationName: 'spec', acts: 'everyTenant' });
    expect(forEveryTenant(all, currentCaller)).toBeUndefined();
    expect(withTenant('app_a', () => forEveryTenant(all, currentCaller))).toMatchObject({ tenant: everyTenant });
  });
});

/* Negative control, carried out once: without the listener of TenantPool this file ends of an unhandled 'error'. */
it('survives a connection that dies in the hands of its user', async () => {
  const Pool = tenantPool({ tenant: everyTenant, actor: 'spec' });
  const pool = new Pool({ connectionString: test.url, max: 1 });
  const client = await pool.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const ended = new Promise<void>((resolve) => {
    client.once('end', resolve);
  });
  await owner.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  await ended;
  await expect(client.query('SELECT 1')).rejects.toThrow();
  client.release(true);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});
