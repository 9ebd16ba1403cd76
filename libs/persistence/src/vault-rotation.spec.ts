import { jest } from '@jest/globals';
import { Vault } from '@tributary/platform';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/database.js';
import { createDataSource } from './data-source.js';
import { rotateVault } from './vault-rotation.js';

const oldKey = Buffer.alloc(32, 1).toString('base64');
const newKey = Buffer.alloc(32, 2).toString('base64');
const before = Vault.open({ key: oldKey });
const during = Vault.open({ key: `${newKey},${oldKey}` });
const after = Vault.open({ key: newKey });

let test: TestDatabase;
let database: DataSource;
beforeEach(async () => {
  test = await createTestDatabase();
  const options = { url: test.url, poolSize: 5, applicationName: 'spec', acts: 'everyTenant' } as const;
  database = await createDataSource(options).initialize();
});
afterEach(async () => {
  await database.destroy();
  await test.drop();
});

const place = (row: string) => ({ appId: '-', table: 'connections', row, column: 'secrets_envelope' });
const put = (row: string, vault: Vault) =>
  database.query(
    `INSERT INTO connections (id, provider, name, environment, settings, secrets_envelope, version, created_at, updated_at)
     VALUES ($1, 'xs2a', 'x', 'sandbox', '{}', $2, 1, now(), now())`,
    [row, vault.seal(`secret of ${row}`, place(row))],
  );
const read = async (row: string, vault: Vault) => {
  const [found] = await database.query<{ secrets_envelope: string }[]>(
    'SELECT secrets_envelope FROM connections WHERE id = $1',
    [row],
  );
  return vault.unseal(found?.secrets_envelope ?? '', place(row));
};
const rotate = async (vault: Vault) => {
  const columns = await rotateVault(database, vault, () => undefined);
  return columns.find(({ column }) => column === 'connections.secrets_envelope');
};

describe('rotating the vault', () => {
  it('brings everything under the new key, and finds nothing the second time', async () => {
    const rows = Array.from({ length: 1_200 }, (_, at) => `cnn_${at}`);
    for (const row of rows) await put(row, before);
    expect(await rotate(during)).toMatchObject({ rewrapped: 1_200, unreadable: 0 });
    for (const row of rows) expect(await read(row, after)).toBe(`secret of ${row}`);
    // Negative control: the old key alone opens none of them any more.
    await expect(read('cnn_0', before)).rejects.toThrow('not among the keys');
    expect(await rotate(during)).toMatchObject({ rewrapped: 0 });
  });

  it('loses no read and no write that happens meanwhile', async () => {
    const rows = Array.from({ length: 300 }, (_, at) => `cnn_${at}`);
    for (const row of rows) await put(row, before);
    const rotated = new AbortController();
    let reads = 0;
    const load = (async () => {
      while (!rotated.signal.aborted) {
        const row = rows[reads % rows.length] ?? '';
        expect(await read(row, during)).toMatch(/^secret of/);
        const changed = during.seal(`secret of ${row}, changed`, place(row));
        if (reads % 3 === 0)
          await database.query('UPDATE connections SET secrets_envelope = $2 WHERE id = $1', [row, changed]);
        reads += 1;
      }
    })();
    await rotate(during);
    rotated.abort();
    await load;
    expect(reads).toBeGreaterThan(0);
    for (const row of rows) expect(await read(row, after)).toMatch(/^secret of/);
  });

  it('misses no row that moves to a place that was passed', async () => {
    const rows = Array.from({ length: 1_600 }, (_, at) => `cnn_${String(at).padStart(5, '0')}`);
    for (const row of rows) await put(row, before);
    const owner = new Client({ connectionString: test.url });
    await owner.connect();
    const query = database.query.bind(database);
    let moved = 0;
    const spy = jest.spyOn(database, 'query').mockImplementation(async (text, values) => {
      // Once the walk has passed the first rows, whose old places become free: what is changed now is written there.
      const [passed] = Array.isArray(values) ? values : [];
      if (moved === 0 && text.includes('ORDER BY ctid') && text.includes('"connections"') && passed !== '(0,0)') {
        await owner.query('VACUUM connections');
        const { rows: places } = await owner.query<{ back: boolean }>(
          `WITH old AS (SELECT id, ctid FROM connections)
           UPDATE connections SET updated_at = now() FROM old WHERE old.id = connections.id AND old.id > 'cnn_01200'
           RETURNING connections.ctid < $1::tid AND left(secrets_envelope, $2) <> $3 AS back`,
          [passed, during.sealedNow.length, during.sealedNow],
        );
        moved = places.filter(({ back }) => back).length;
      }
      return query(text, values);
    });
    await rotate(during);
    spy.mockRestore();
    await owner.end();
    // Negative control, carried out: with one walk and no look at the whole, those that moved stay under the old key, and are
    // lost with it.
    expect(moved).toBeGreaterThan(0);
    for (const row of rows) expect(await read(row, after)).toBe(`secret of ${row}`);
  });

  it('leaves alone, and counts, what no key opens', async () => {
    await put('cnn_1', before);
    expect(await rotate(after)).toMatchObject({ rewrapped: 0, unreadable: 1 });
    expect(await read('cnn_1', before)).toBe('secret of cnn_1');
  });

  it('covers every column that is called an envelope', async () => {
    const columns = await rotateVault(database, during, () => undefined);
    const [{ count } = { count: 0 }] = await database.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name LIKE '%\\_envelope'`,
    );
    expect(columns).toHaveLength(count);
  });

  it('may wrap the raw words of the timeline anew, and nothing else of it may change', async () => {
    const owner = await createDataSource({
      url: test.url,
      poolSize: 1,
      applicationName: 'spec',
      acts: 'owner',
    }).initialize();
    await owner.query(`SET session_replication_role = replica`);
    const raw = { appId: 'app_1', table: 'payment_observations', row: 'pay_1', column: 'raw_envelope' };
    await owner.query(
      `INSERT INTO payment_observations (payment_id, app_id, at, source, upstream_status, applied, why, raw_envelope)
       VALUES ('pay_1', 'app_1', now(), 'poll', 'ACSC', true, 'later', $1)`,
      [before.seal('words', raw)],
    );
    await owner.query(`SET session_replication_role = origin`);
    // Not even the owner of the table.
    await expect(owner.query(`UPDATE payment_observations SET why = 'x'`)).rejects.toThrow('append-only');
    await owner.destroy();
    await rotate(during);
    const [row] = await database.query<{ raw_envelope: string }[]>('SELECT raw_envelope FROM payment_observations');
    expect(after.unseal(row?.raw_envelope ?? '', raw)).toBe('words');
    await expect(
      database.query('UPDATE payment_observations SET raw_envelope = $1', [during.seal('other words', raw)]),
    ).rejects.toThrow('append-only');
    await expect(database.query(`UPDATE payment_observations SET why = 'x'`)).rejects.toThrow('permission denied');
  });
});
