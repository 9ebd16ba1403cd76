import { setTimeout as pause } from 'node:timers/promises';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { runStatement } from '@tributary/persistence';
import { AccountLookup, accountsOnly, accountsWithBalances } from './account-lookup.js';

let banking: TestBanking;
beforeEach(async () => {
  banking = await startBanking({ institutions: { list: () => Promise.resolve([]) }, close: () => Promise.resolve() });
  await banking.database.query(
    `INSERT INTO accounts (id, app_id, institution_id, connection_id, provider, psu_id, identity, identifiers, currency, status,
       created_at, updated_at)
     SELECT 'acc_' || number, $1, $2, $3, 'spec', 'anna', number, '[]', 'EUR', 'enabled', now(), now()
     FROM generate_series(1, 300) AS number`,
    [banking.appId, banking.institutionId, banking.connectionId],
  );
});
afterEach(() => banking.stop());

// Negative control, carried out: with the arrays outside of subqueries every run was planned anew.
it.each([accountsOnly, accountsWithBalances])(
  'is planned a few times and then never again: $name',
  async (statement) => {
    await banking.database.query('ANALYZE');
    const lookup = new AccountLookup(banking.database, statement);
    for (let turn = 1; turn <= 30; turn += 1) await lookup.find(banking.appId, `acc_${turn}`, 'balances');
    const planned = {
      name: 'planned',
      text: 'SELECT custom_plans::int AS anew, generic_plans::int AS kept FROM pg_prepared_statements WHERE name = $1',
    };
    expect(await runStatement(banking.database, planned, [statement.name])).toEqual([{ anew: 5, kept: 25 }]);
  },
);

it('lets go of what it keeps in time, though nobody asks again', async () => {
  const lookup = new AccountLookup(banking.database, accountsOnly, 500);
  await expect(lookup.find(banking.appId, 'acc_1', null)).resolves.toMatchObject({ account: { id: 'acc_1' } });
  expect(lookup.size).toBe(1);
  // Negative control, carried out: without `ttlAutopurge` the entry stays until somebody asks for the same account.
  for (let turn = 0; turn < 200 && lookup.size > 0; turn += 1) await pause(25);
  expect(lookup.size).toBe(0);
});
