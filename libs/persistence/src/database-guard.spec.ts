import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../../test/database.js';
import { createDataSource } from './data-source.js';
import { databaseFaults } from './database-guard.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

async function faultsOf(url: string): Promise<string> {
  const options = { url, poolSize: 1, applicationName: 'spec', acts: 'tenant' } as const;
  const database = await createDataSource(options).initialize();
  try {
    return (await databaseFaults(database)).join('\n');
  } finally {
    await database.destroy();
  }
}

/** Logs in as a role of its own, made with these words. */
async function withLogin(words: string, look: (url: string) => Promise<void>): Promise<void> {
  const name = `login_${randomBytes(4).toString('hex')}`;
  const owner = await createDataSource({
    url: test.url,
    poolSize: 1,
    applicationName: 'spec',
    acts: 'owner',
  }).initialize();
  try {
    await owner.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret' ${words} IN ROLE tributary_app`);
    const url = new URL(test.url);
    url.username = name;
    url.password = 'secret';
    await look(url.href);
  } finally {
    await owner.query(`DROP ROLE ${name}`);
    await owner.destroy();
  }
}

describe('databaseFaults', () => {
  it('lets a login be that is a member of the application role only', async () => {
    await withLogin('', async (url) => expect(await faultsOf(url)).not.toContain('DATABASE_URL'));
  });

  it('refuses a login that owns the tables, is a superuser or passes row security', async () => {
    expect(await faultsOf(test.url)).toMatch(/is a superuser and .*owns the tables/);
    await withLogin('BYPASSRLS', async (url) => expect(await faultsOf(url)).toContain('has BYPASSRLS'));
  });

  it('refuses commits that are not on disk: the server of the specs is such a one', async () => {
    const faults = await faultsOf(test.url);
    for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) expect(faults).toContain(`${name}=off`);
    await withLogin('', async (url) => {
      const owner = await createDataSource({
        url: test.url,
        poolSize: 1,
        applicationName: 'spec',
        acts: 'owner',
      }).initialize();
      await owner.query(`ALTER ROLE ${new URL(url).username} SET synchronous_commit = on`);
      await owner.destroy();
      expect(await faultsOf(url)).not.toContain('synchronous_commit');
    });
  });
});
