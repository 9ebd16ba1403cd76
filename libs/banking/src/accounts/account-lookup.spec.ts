import { setTimeout as pause } from 'node:timers/promises';
import { startBanking } from '../../../../test/banking.js';
import { AccountLookup, accountsOnly } from './account-lookup.js';

it('lets go of what it keeps in time, though nobody asks again', async () => {
  const banking = await startBanking({
    institutions: { list: () => Promise.resolve([]) },
    close: () => Promise.resolve(),
  });
  await banking.database.query(
    `INSERT INTO accounts (id, app_id, institution_id, connection_id, provider, psu_id, identity, identifiers, currency, status,
       created_at, updated_at)
     VALUES ('acc_1', $1, $2, $3, 'spec', 'anna', 'i', '[]', 'EUR', 'enabled', now(), now())`,
    [banking.appId, banking.institutionId, banking.connectionId],
  );
  const lookup = new AccountLookup(banking.database, accountsOnly, 500);
  await expect(lookup.find(banking.appId, 'acc_1', null)).resolves.toMatchObject({ account: { id: 'acc_1' } });
  expect(lookup.size).toBe(1);
  // Negative control, carried out: without `ttlAutopurge` the entry stays until somebody asks for the same account.
  for (let turn = 0; turn < 200 && lookup.size > 0; turn += 1) await pause(25);
  expect(lookup.size).toBe(0);
  await banking.stop();
});
