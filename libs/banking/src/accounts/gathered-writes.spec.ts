import { parseMoney } from '@tributary/domain';
import { type Account, AccountEntity, createDataSource, everyTenant, withTenant } from '@tributary/persistence';
import { createLogger, systemClock } from '@tributary/platform';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.js';
import { BalanceWriter, balancesKind } from './balance-writer.js';
import { DataReads } from './data-reads.js';

/*
 * Writes that requests of several apps put together, where row security lets a transaction see the rows of one app only.
 * Negative control, carried out once: without `withTenant` around the writing, both run as the app that happened to begin. The
 * balances of the other one are refused by the database, and the marks of both are lost.
 */

const apps = ['app_a', 'app_b'];
let test: TestDatabase;
let database: DataSource;
let accounts: Account[];

beforeAll(async () => {
  test = await createTestDatabase();
  const options = { url: test.url, poolSize: 4, applicationName: 'spec', acts: 'tenant' } as const;
  database = await createDataSource(options).initialize();
  await withTenant(everyTenant, () => fill());
});
afterAll(async () => {
  await database.destroy();
  await test.drop();
});

async function fill(): Promise<void> {
  await database.query(
    `INSERT INTO connections (id, provider, name, environment, settings, secrets_envelope, version, created_at, updated_at)
     VALUES ('cnn_1', 'spec', 'Spec bank', 'sandbox', '{}', '', 1, now(), now())`,
  );
  await database.query(
    `INSERT INTO institutions (id, identity, name, country, created_at) VALUES ('ins_1', 'i', 'Spec bank', 'DE', now())`,
  );
  await database.query(
    `INSERT INTO apps (id, name, redirect_uris, scopes, created_at, updated_at)
     SELECT id, id, '{}', '{}', now(), now() FROM unnest($1::text[]) AS id`,
    [apps],
  );
  await database.query(
    `INSERT INTO accounts (id, app_id, institution_id, connection_id, provider, psu_id, identity, identifiers, currency, status,
       created_at, updated_at)
     SELECT 'acc of ' || id, id, 'ins_1', 'cnn_1', 'spec', 'anna', 'i', '[]', 'EUR', 'enabled', now(), now()
     FROM unnest($1::text[]) AS id`,
    [apps],
  );
  accounts = await database.getRepository(AccountEntity).find({ order: { id: 'ASC' } });
}

const everywhere = <Row>(text: string): Promise<Row[]> => withTenant(everyTenant, () => database.query<Row[]>(text));

it('stores balances that two apps read at the same time, each as its own', async () => {
  const writer = new BalanceWriter(database);
  const amount = parseMoney('12.34', 'EUR');
  const rows = [{ type: 'expected', amount, creditDebit: 'credit', raw: null } as const];
  // Twice: the second sets wait until the first are written, and are written by whoever wrote those.
  const written = [...accounts, ...accounts].map((account) =>
    withTenant(account.appId, () => writer.write(account, rows)),
  );
  expect((await Promise.allSettled(written)).map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
  expect(await everywhere('SELECT app_id, account_id FROM balances ORDER BY app_id')).toEqual(
    accounts.map(({ id, appId }) => ({ app_id: appId, account_id: id })),
  );
});

it('writes the marks of two apps', async () => {
  const reads = new DataReads(database, systemClock, createLogger({ level: 'silent', name: 'spec' }));
  const at = accounts.map((account) => withTenant(account.appId, () => reads.markSoon(account, balancesKind)));
  await withTenant('app_a', () => reads.flush());
  expect(await everywhere('SELECT app_id, as_of FROM data_reads ORDER BY app_id')).toEqual(
    accounts.map(({ appId }, index) => ({ app_id: appId, as_of: at[index] })),
  );
});
