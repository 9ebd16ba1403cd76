import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Vault } from '@tributary/platform';
import { Api } from '../e2e/api.js';
import { MockBank } from '../e2e/mockbank.js';
import { pay, paymentOrder } from '../e2e/orders.js';
import { mockBankPsu } from '../e2e/psu.js';
import { until } from '../e2e/until.js';
import { startWorld, type World } from '../e2e/world.js';
import { Dice, inParallel, report, size } from './proof.js';

/*
 * `npm run vault:rotate` on an installation that works: readers ask the api for what it has to unseal while the command wraps
 * everything anew and payments are made; then the old key is taken out. The negative control is the last spec: one envelope
 * put back as it was is both counted as left under the old key, and a read that fails.
 */

const run = promisify(execFile);
const command = path.resolve(import.meta.dirname, '../../dist/apps/launcher/src/vault-rotate.js');
const payments = size(400, 20);
const rounds = size(5, 1);
const readers = 8;
/** So many reads have to fall into each run of the command. */
const leastReads = size(100, 10);

/** What the PSU's next step is, which is sealed at rest. */
interface Sealed {
  readonly authorisationId: string;
  readonly url: string;
}

let world: World;
let keyFile: string;
let order: Readonly<Record<string, unknown>>;
const sealed: Sealed[] = [];
/** One of them as it lay under the very first key. */
let old: { readonly id: string; readonly envelope: string };

beforeAll(async () => {
  world = await startWorld();
  keyFile = path.join(world.stack.logDir, '../vault.key');
  const bank = new MockBank(world.stack.sandboxUrl, 'rotation');
  const connection = await world.connect('xs2a', bank.settings());
  order = paymentOrder(world, connection, await mockBankPsu(bank, 'bruno.redirect'), '3.00');
  await inParallel(Array.from({ length: payments }), 4, async () => void sealed.push(await make(world.app)));
  const id = sealed[0]?.authorisationId ?? '';
  const [row] = await world.query<{ envelope: string }>(
    'SELECT next_step_envelope AS envelope FROM authorisations WHERE id = $1',
    [id],
  );
  old = { id, envelope: row?.envelope ?? '' };
});
afterAll(() => world.stop());

async function make(app: Api): Promise<Sealed> {
  const { authorisationId, nextStep } = await pay(app, order);
  if (nextStep?.type !== 'redirect') throw new Error('the PSU is sent to the bank');
  return { authorisationId: authorisationId ?? '', url: nextStep.url };
}

async function isRight({ authorisationId, url }: Sealed): Promise<boolean> {
  const { status, body } = await world.app.get<{ nextStep: { url?: string } | null }>(
    `/v1/authorisations/${authorisationId}`,
  );
  return status === 200 && body.nextStep?.url === url;
}

/** All keys, the newest first, as an operator writes them; api and worker read them when they start. */
async function useKeys(...keys: readonly string[]): Promise<void> {
  fs.rmSync(keyFile);
  fs.writeFileSync(keyFile, keys.join('\n'), { mode: 0o400 });
  await Promise.all([world.stack.restart('api'), world.stack.restart('worker')]);
}

const rotate = () =>
  run(process.execPath, [command], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: world.stack.databaseUrl,
      DATA_DIR: path.dirname(keyFile),
      VAULT_KEY_FILE: keyFile,
    },
  });

/** Envelopes of the whole database, and those that are not under this key. */
async function envelopes(key: string): Promise<{ all: number; left: number }> {
  const columns = await world.query<{ table: string; column: string }>(
    `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name LIKE '%\\_envelope'`,
  );
  const found = { all: 0, left: 0 };
  for (const { table, column } of columns) {
    const [counted] = await world.query<{ all: number; left: number }>(
      `SELECT count("${column}")::int AS "all", (count(*) FILTER (WHERE NOT starts_with("${column}", $1)))::int AS "left"
       FROM "${table}" WHERE "${column}" <> ''`,
      [Vault.open({ key }).sealedNow],
    );
    found.all += counted?.all ?? 0;
    found.left += counted?.left ?? 0;
  }
  return found;
}

describe('the vault’s key', () => {
  it('changes under load: no read fails, nothing stays under the old one', async () => {
    const dice = new Dice();
    const counts = { rounds, reads: 0, duringCommand: 0, failed: 0, written: 0, rewrapped: 0, envelopes: 0, left: 0 };
    let key = fs.readFileSync(keyFile, 'utf8').trim();
    for (let round = 0; round < rounds; round += 1) {
      const next = randomBytes(32).toString('base64');
      await useKeys(next, key);
      const before = await envelopes(next);
      expect(before.left).toBeGreaterThanOrEqual(payments);
      const rotated = new AbortController();
      const { signal } = rotated;
      const look = async (): Promise<void> => {
        for (let read = 0; !signal.aborted || read < 3; read += 1) {
          const begun = !signal.aborted;
          if (!(await isRight(sealed[dice.below(sealed.length)] ?? { authorisationId: '', url: '' })))
            counts.failed += 1;
          counts.reads += 1;
          if (begun && !signal.aborted) counts.duringCommand += 1;
        }
      };
      const write = async (): Promise<void> => {
        while (!signal.aborted) {
          sealed.push(await make(world.app));
          counts.written += 1;
        }
      };
      const load = Promise.all([...Array.from({ length: readers }, look), write()]);
      const { stdout } = await rotate();
      rotated.abort();
      await load;
      counts.rewrapped += Number(/^(\d+) secrets are now under the first key; 0 are/m.exec(stdout)?.[1] ?? 0);
      key = next;
      await useKeys(key);
      // Everything, with the new key alone, and not from anybody's memory.
      await inParallel(sealed, readers, async (one) => {
        if (!(await isRight(one))) counts.failed += 1;
        counts.reads += 1;
      });
      const { all, left } = await envelopes(key);
      counts.envelopes = all;
      counts.left += left;
    }
    report('rotation', counts);
    expect(counts).toMatchObject({ failed: 0, left: 0 });
    expect(counts.duringCommand).toBeGreaterThanOrEqual(leastReads * rounds);
    expect(counts.rewrapped).toBeGreaterThanOrEqual(payments * rounds);
    expect(counts.written).toBeGreaterThan(0);
  });

  it('is missed by one envelope that kept the old one (negative control)', async () => {
    const key = fs.readFileSync(keyFile, 'utf8').trim();
    // Nobody asks the bank about it meanwhile, nor writes an answer that is on its way: it would be sealed anew.
    world.stack.kill('worker', 'SIGKILL');
    await until('the worker is gone, and what it had sent is done', async () => {
      // Of this database alone: the server also has those of specs that run beside this one.
      const rows = await world.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'tributary-worker' AND datname = current_database()`,
      );
      return world.stack.pid('worker') === undefined && rows.length === 0;
    });
    await world.query('UPDATE authorisations SET next_step_envelope = $2 WHERE id = $1', [old.id, old.envelope]);
    expect((await envelopes(key)).left).toBe(1);
    const [kept, other] = sealed;
    if (!kept || !other) throw new Error('there are payments');
    expect([await isRight(kept), await isRight(other)]).toEqual([false, true]);
    // Nor does the command pass over it.
    await expect(rotate()).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('1 are under a key') });
  });
});
