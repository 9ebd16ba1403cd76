import { Vault } from '@tributary/platform';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.js';
import { createDataSource } from '../data-source.js';
import { becomeTenant, everyTenant, noTenant, withTenant } from '../tenancy.js';
import { auditHead, sealAuditLog } from './audit-chain.js';
import { AuditHeads } from './audit-heads.js';
import { headsFault, verifyAuditLog } from './audit-verification.js';

const vault = Vault.open({ key: Buffer.alloc(32, 1).toString('base64') });

let test: TestDatabase;
let database: DataSource;
/** Somebody who can do anything to the database. */
let intruder: DataSource;
let dataDir: string;
let heads: AuditHeads;

beforeEach(async () => {
  test = await createTestDatabase();
  const options = { url: test.url, poolSize: 4, applicationName: 'spec' };
  database = await createDataSource({ ...options, acts: 'tenant' }).initialize();
  intruder = await createDataSource({ ...options, poolSize: 1, acts: 'owner' }).initialize();
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-audit-'));
  heads = new AuditHeads(dataDir, vault);
});
afterEach(async () => {
  await database.destroy();
  await intruder.destroy();
  await test.drop();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

const as = <Result>(tenant: string, actor: string, work: () => Promise<Result>): Promise<Result> =>
  withTenant(noTenant, () => {
    becomeTenant(tenant, actor);
    return work();
  });
const inSystem = <Result>(work: () => Promise<Result>): Promise<Result> => withTenant(everyTenant, work);
const addApp = (id: string) =>
  database.query(
    `INSERT INTO apps (id, name, redirect_uris, scopes, created_at, updated_at) VALUES ($1, $1, '{}', '{}', now(), now())`,
    [id],
  );
const entries = () =>
  inSystem(() =>
    database.query<{ actor: string; action: string; subject_id: string; details: object }[]>(
      'SELECT actor, action, subject_id, app_id, details FROM audit_log ORDER BY sequence',
    ),
  );
/** Twenty entries, sealed, with a head of the hour in the middle and one at the end. */
const busy = async () => {
  for (let at = 0; at < 20; at += 1) {
    await as(everyTenant, 'client_admin', () => addApp(`app_${at}`));
    if (at !== 9 && at !== 19) continue;
    await inSystem(() => sealAuditLog(database, 100));
    heads.append(await inSystem(() => auditHead(database)), new Date());
  }
};
const verify = () => inSystem(() => verifyAuditLog(database, heads.read()));
/** Past triggers, as who owns the server can. */
const tamper = async (statement: string) => {
  await intruder.query('SET session_replication_role = replica');
  await intruder.query(statement);
};

describe('the audit log', () => {
  it('tells who did what to which row, with what it was before', async () => {
    await as(everyTenant, 'client_admin', () => addApp('app_1'));
    await as('app_1', 'client_1', () => database.query(`UPDATE apps SET name = 'Other', updated_at = now()`));
    // What is not to be put down leaves no entry.
    await as('app_1', 'client_1', () => database.query(`UPDATE apps SET updated_at = now()`));
    await intruder.query(`UPDATE apps SET name = 'By hand'`);
    expect(await entries()).toMatchObject([
      {
        actor: 'client_admin',
        action: 'apps.insert',
        subject_id: 'app_1',
        app_id: 'app_1',
        details: { name: 'app_1' },
      },
      { actor: 'client_1', action: 'apps.update', details: { name: ['app_1', 'Other'] } },
      { actor: 'spec', action: 'apps.update', details: { name: ['Other', 'By hand'] } },
    ]);
  });

  it('has the entry if and only if the change was made', async () => {
    const failing = inSystem(() =>
      database.transaction(async (manager) => {
        await manager.query(
          `INSERT INTO apps (id, name, redirect_uris, scopes, created_at, updated_at) VALUES ('a', 'a', '{}', '{}', now(), now())`,
        );
        throw new Error('as the spec wants it');
      }),
    );
    await expect(failing).rejects.toThrow('as the spec');
    expect(await entries()).toEqual([]);
  });

  it('is whole when nobody touched it, however many seal it at once', async () => {
    for (let at = 0; at < 30; at += 1) await as(everyTenant, 'client_admin', () => addApp(`app_${at}`));
    await Promise.all(Array.from({ length: 6 }, () => inSystem(() => sealAuditLog(database, 10))));
    expect(await verify()).toEqual({ sealed: 30, unsealed: 0, heads: 0, faults: [] });
  });

  it('cannot be changed by api and worker, nor by the owner of the table', async () => {
    await busy();
    for (const change of [`UPDATE audit_log SET actor = 'x'`, 'DELETE FROM audit_log']) {
      await expect(inSystem(() => database.query(change))).rejects.toThrow('permission denied');
      await expect(intruder.query(change)).rejects.toThrow('append-only');
    }
    await expect(inSystem(() => database.query('UPDATE audit_log SET position = 1'))).rejects.toThrow('append-only');
  });

  // Control: `busy` alone verifies without a fault, so what is found is the tampering.
  it.each([
    ['an edit', `UPDATE audit_log SET actor = 'nobody' WHERE position = 7`, 'Entry 7 (sequence 7) was edited.'],
    [
      'an edit of a detail',
      `UPDATE audit_log SET details = '{}' WHERE position = 3`,
      'Entry 3 (sequence 3) was edited.',
    ],
    ['a deletion', 'DELETE FROM audit_log WHERE position = 5', 'Entry 5 was taken out.'],
    ['a deletion at the beginning', 'DELETE FROM audit_log WHERE position <= 2', 'Entries 1 to 2 were taken out.'],
    ['a truncation', 'DELETE FROM audit_log WHERE position > 15', 'Cut off: entries 16 to 20 are missing at the end.'],
    ['everything gone', 'TRUNCATE audit_log', 'Cut off: entries 1 to 20 are missing at the end.'],
  ])('shows %s', async (_what, statement, fault) => {
    await busy();
    expect(await verify()).toEqual({ sealed: 20, unsealed: 0, heads: 2, faults: [] });
    await tamper(statement);
    expect((await verify()).faults).toContain(fault);
  });

  it('shows a chain that was written anew from an edited entry on', async () => {
    await busy();
    await tamper(`UPDATE audit_log SET actor = 'nobody' WHERE position = 4`);
    await intruder.query('UPDATE audit_log SET position = NULL, hash = NULL WHERE position >= 4');
    await inSystem(() => sealAuditLog(database, 100));
    const { faults } = await verify();
    // Without heads outside of the database nobody would see it.
    expect(await inSystem(() => verifyAuditLog(database, []))).toMatchObject({ faults: [] });
    expect(faults).toEqual([
      expect.stringContaining('entry 10 was another one: the chain was written anew'),
      expect.stringContaining('entry 20 was another one: the chain was written anew'),
    ]);
  });

  it('is not called whole without a head, or without one of late', async () => {
    await busy();
    const seen = (now = new Date()) => headsFault(heads.read(), 20, heads.file, now);
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
    // Negative control, below: with the end cut off and the file of the heads gone, the chain
    // alone has no fault, which the command used to call whole.
    expect([seen(), seen(hours(1.9))]).toEqual([null, null]);
    expect(seen(hours(2.1))).toMatch(/cannot be told: the newest head in .*audit-heads\.jsonl is of then/);
    // A quiet hour: the same head again.
    heads.append(await inSystem(() => auditHead(database)), hours(1));
    expect(seen(hours(2.1))).toBeNull();
    expect(await verify()).toMatchObject({ heads: 3, faults: [] });
    await tamper('DELETE FROM audit_log WHERE position > 15');
    fs.rmSync(heads.file);
    expect(await verify()).toMatchObject({ heads: 0, faults: [] });
    expect(seen()).toMatch(/audit-heads\.jsonl is missing or empty, although 20 entries are chained/);
    expect(headsFault([], 0, heads.file, new Date())).toBeNull();
  });

  it('believes no head that nobody with the key has written', async () => {
    await busy();
    const file = path.join(dataDir, 'audit-heads.jsonl');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"position":20', '"position":15'));
    expect(() => heads.read()).toThrow(/Line 2 .* was not written by this installation/);
  });

  it('still has its heads when the key that signed them is changed', async () => {
    await busy();
    const [oldKey, newKey] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'));
    const both = new AuditHeads(dataDir, Vault.open({ key: `${newKey},${oldKey}` }));
    const after = new AuditHeads(dataDir, Vault.open({ key: newKey ?? '' }));
    // Negative control: without signing them again none of them can be read, and so none be compared.
    expect(() => after.read()).toThrow('key was taken out');
    expect([both.signAgain(), both.signAgain()]).toEqual([2, 0]);
    heads = after;
    expect(await verify()).toEqual({ sealed: 20, unsealed: 0, heads: 2, faults: [] });
    // A line that was changed is not hidden by its copy.
    const file = path.join(dataDir, 'audit-heads.jsonl');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"position":10', '"position":11'));
    expect(() => after.read()).toThrow(/Line 1 /);
  });
});
