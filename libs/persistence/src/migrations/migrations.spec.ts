import { createTestDatabase, type TestDatabase } from '../../../../test/database.js';
import { createDataSource, migrate } from '../data-source.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

async function drift(alter?: string): Promise<string[]> {
  const source = await createDataSource({
    url: database.url,
    poolSize: 1,
    applicationName: 'spec',
    acts: 'owner',
  }).initialize();
  try {
    if (alter) await source.query(alter);
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  } finally {
    await source.destroy();
  }
}

describe('migrations', () => {
  it('make exactly the tables that the entities describe', async () => {
    expect(await drift()).toEqual([]);
  });

  it('are seen to differ when they do (negative control: a dropped column)', async () => {
    expect(await drift('ALTER TABLE callbacks DROP COLUMN used_at')).toEqual([expect.stringContaining('"used_at"')]);
  });

  it('have nothing to do the second time', async () => {
    expect(await migrate(database.url)).toEqual([]);
  });

  it.each([
    [
      'bank_payment_statuses',
      [
        'UPDATE bank_payment_statuses SET at = now()',
        'DELETE FROM bank_payment_statuses',
        'TRUNCATE bank_payment_statuses',
      ],
    ],
    [
      'consent_events',
      [`UPDATE consent_events SET why = 'x'`, 'DELETE FROM consent_events', 'TRUNCATE consent_events'],
    ],
    // Its updates are checked row by row: see vault-rotation.spec.ts.
    ['payment_observations', ['DELETE FROM payment_observations', 'TRUNCATE payment_observations']],
  ] as const)('keep %s append-only', async (_table, statements) => {
    const source = await createDataSource({
      url: database.url,
      poolSize: 1,
      applicationName: 'spec',
      acts: 'owner',
    }).initialize();
    try {
      for (const statement of statements) {
        await expect(source.query(statement)).rejects.toThrow('append-only');
      }
    } finally {
      await source.destroy();
    }
  });
});
