import { everyTenant, withTenant } from '@tributary/persistence';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { ConnectionWatch } from './connection-watch.js';

let banking: TestBanking;
beforeEach(async () => {
  banking = await startBanking({ institutions: { list: () => Promise.resolve([]) }, close: () => Promise.resolve() });
});
afterEach(() => banking.stop());

const told = async (expected: readonly string[]) => {
  const read = () =>
    withTenant(everyTenant, () =>
      banking.database.query<{ type: string; subject_id: string }[]>(
        `SELECT type, subject_id FROM outbox WHERE type LIKE 'connection.%' ORDER BY id`,
      ),
    );
  // What a call tells is written in the background.
  for (let tries = 0; tries < 2_000 && (await read()).length < expected.length; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await read()).toEqual(expected.map((type) => ({ type, subject_id: banking.connectionId })));
};
const use = () =>
  banking.database.query(
    `INSERT INTO consents (id, app_id, institution_id, connection_id, provider, psu_id, status, asked_access, access,
       recurring, valid_until, frequency_per_day, redirect_uri, version, created_at, updated_at, combined_service, sign_in_basket)
     VALUES ('con_1', $1, $2, $3, 'spec', 'psu', 'authorised', '{}', '{}', true, '2099-01-01', 4, 'x', 1, now(), now(), false, false)`,
    [banking.appId, banking.institutionId, banking.connectionId],
  );

describe('a connection whose bank stops to answer', () => {
  it('is told once to the apps that use it, whichever process saw it, and so is its return', async () => {
    await use();
    const other = await banking.secondProcess();
    const watches = [banking.get(ConnectionWatch), other.get(ConnectionWatch)];
    const see = (ok: boolean) => watches.forEach((watch) => watch.see({ connectionId: banking.connectionId, ok }));
    see(true);
    for (let count = 0; count < 9; count += 1) see(false);
    await told([]);
    for (let count = 0; count < 5; count += 1) see(false);
    await told(['connection.degraded']);
    see(true);
    see(true);
    await told(['connection.degraded', 'connection.recovered']);
    await other.stop();
  });

  it('is not told to apps that do not use it', async () => {
    const watch = banking.get(ConnectionWatch);
    for (let count = 0; count < 12; count += 1) watch.see({ connectionId: banking.connectionId, ok: false });
    await told([]);
  });
});
