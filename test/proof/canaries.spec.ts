import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@tributary/platform';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { redisAvailable, startRedis } from '../e2e/redis-server.js';
import { until } from '../e2e/until.js';
import { startWorld } from '../e2e/world.js';
import {
  beTheBank,
  connectEveryWay,
  enrolApp,
  enterCredentials,
  type Stage,
  useEveryProvider,
  word,
} from './canary-stories.js';
import { report } from './proof.js';
import { secretFields } from './secret-fields.js';
import { spellings } from './spellings.js';
import { openVault } from './vault-contents.js';

/*
 * Every secret that comes to us or that we make is known to this proof, and is looked for in a dump of the whole database,
 * in all that goes to the queues' server, in the logs of all processes at their most talkative, and in bodies of errors; as
 * it is, and in base64, in hexadecimal digits, in URLs and in JSON. Secrets are those that the stories plant, and besides
 * them whatever is in the vault in the end: every setting that a provider's schema marks as secret, and every column of
 * envelopes, has to have given at least one.
 *
 * Negative controls, each carried out once against a changed build: connections that keep their secrets among the open settings
 * too: 11 settings are found in the rows; tokens of a bank written to standard output in base64: found in the logs; one more
 * setting marked as secret and one more column of envelopes, both unused: named as unproven. What is no secret (a connection's
 * name, a payment's id) is found by the same search.
 */

/** Whatever comes by, to be searched. */
class Sack {
  text = '';
  add(more: string): void {
    this.text += `${more}\n`;
  }
}

/** All rows of all tables of some schemas, as text. @returns how many tables */
async function dump(database: Client, sack: Sack, schemas: string): Promise<number> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname ${schemas}`,
  );
  for (const { name } of rows) {
    const found = await database.query<{ row: string }>(`SELECT found::text AS row FROM ${name} AS found`);
    for (const { row } of found.rows) sack.add(row);
  }
  return rows.length;
}

/** From now on every row that the queues write is kept: jobs are gone as soon as they are done. */
async function copyJobs(database: Client): Promise<void> {
  await database.query(`
    CREATE TABLE copied_jobs (row text);
    CREATE FUNCTION copy_job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN INSERT INTO public.copied_jobs VALUES (NEW::text); RETURN NULL; END $$;
    DO $$ DECLARE tables record; BEGIN
      FOR tables IN SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
                    WHERE schemaname NOT IN ('public', 'pg_catalog', 'information_schema') LOOP
        EXECUTE 'CREATE TRIGGER copy_job AFTER INSERT OR UPDATE ON ' || tables.name
                || ' FOR EACH ROW EXECUTE FUNCTION public.copy_job()';
      END LOOP;
    END $$`);
}

const backends = redisAvailable ? (['postgres', 'redis'] as const) : (['postgres'] as const);

describe.each(backends)('secrets, with the queues in %s', (backend) => {
  it('are found nowhere', async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-canaries-'));
    const port = await freePort();
    const redis = backend === 'redis' ? await startRedis(port, dir) : null;
    const redisUrl = `redis://127.0.0.1:${port}`;
    const env = { LOG_LEVEL: 'trace' };
    const world = await startWorld(redis ? { redisUrl, env } : { env });
    const database = new Client({ connectionString: world.stack.databaseUrl });
    database.on('error', () => undefined);
    await database.connect();
    const watcher = redis ? new Redis(redisUrl) : null;
    try {
      /** What each secret is. */
      const canaries = new Map<string, string>();
      const [errors, jobs, rows, logs] = [new Sack(), new Sack(), new Sack(), new Sack()];
      const monitor = await watcher?.monitor();
      monitor?.on('monitor', (_time: string, args: string[]) => jobs.add(args.join(' ')));
      if (!redis) await copyJobs(database);
      const stage: Stage = {
        world,
        secret: (what, value = word()) => {
          canaries.set(value, what);
          return value;
        },
        answered: (body) => errors.add(body),
      };
      const { publicName } = await connectEveryWay(stage);
      await enrolApp(stage);
      const { paymentId } = await enterCredentials(stage);
      await useEveryProvider(stage);
      await beTheBank(stage);
      const planted = canaries.size;
      // The endpoint's deliveries are rung for within moments.
      await until('a job about something of ours', async () => {
        if (!redis) await dump(database, jobs, `= 'public' AND tablename = 'copied_jobs'`);
        return /(cnn|whk)_/.test(jobs.text);
      });
      monitor?.disconnect();
      const fields = secretFields(await openVault(database, path.join(world.stack.logDir, '../vault.key')));
      for (const { field, values } of fields) for (const value of values) canaries.set(value, field);
      const tables = await dump(database, rows, `NOT IN ('pg_catalog', 'information_schema')`);
      for (const file of fs.readdirSync(world.stack.logDir)) {
        if (!file.startsWith('sandbox')) logs.add(fs.readFileSync(path.join(world.stack.logDir, file), 'utf8'));
      }
      const places = { rows, logs, jobs, errors };
      const found = [...canaries].flatMap(([value, what]) =>
        Object.entries(places).flatMap(([place, { text }]) =>
          spellings(value).flatMap(([spelling, spelt]) =>
            text.includes(spelt) ? [`${what} in ${place}, ${spelling}`] : [],
          ),
        ),
      );
      report('canaries', {
        backend,
        canaries: canaries.size,
        planted,
        fields: fields.length,
        found: found.length,
        tables,
        rowBytes: rows.text.length,
        logBytes: logs.text.length,
        jobBytes: jobs.text.length,
        errorBytes: errors.text.length,
      });
      expect([...new Set(found)]).toEqual([]);
      // Not vacuous: every secret field took part, and the search finds what may be there, in every place.
      expect(fields.filter(({ unproven }) => unproven).map(({ field }) => field)).toEqual([]);
      expect(fields.length).toBeGreaterThanOrEqual(34);
      expect(planted).toBeGreaterThanOrEqual(23);
      expect([...canaries.keys()].filter((value) => value.length < 12)).toEqual([]);
      expect(tables).toBeGreaterThan(40);
      expect(rows.text).toContain(publicName);
      expect(rows.text).toContain(paymentId);
      expect(logs.text).toContain('/v1/payments');
      expect(jobs.text).toMatch(/(cnn|whk)_/);
      expect(errors.text).toContain('traceId');
    } finally {
      watcher?.disconnect();
      await database.end();
      await world.stop();
      redis?.kill('SIGKILL');
      fs.rmSync(dir, { recursive: true, force: true });
    }
  });
});
