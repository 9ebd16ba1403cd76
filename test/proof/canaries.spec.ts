import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@tributary/platform';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { pem } from '../certificates.js';
import type { Consent } from '../e2e/answers.js';
import { expectStatus } from '../e2e/api.js';
import { untilFinal } from '../e2e/follow.js';
import { MockBank } from '../e2e/mockbank.js';
import { askConsent, consentRequest, pay, paymentOrder } from '../e2e/orders.js';
import { authorise, comeBack, mockBankPsu } from '../e2e/psu.js';
import { redisAvailable, startRedis } from '../e2e/redis-server.js';
import { TokenHub } from '../e2e/token-hub.js';
import { until } from '../e2e/until.js';
import { startWorld, type World } from '../e2e/world.js';
import { report } from './proof.js';

/*
 * Every secret that comes to us or that we make is known to this proof, and is looked for in a dump of the whole database,
 * in all that goes to the queues' server, in the logs of all processes at their most talkative, and in bodies of errors.
 * Negative controls: what is no secret (a connection's name, a payment's id) is found by the same search; and, carried out once
 * against a changed build, a callback's state stored as it is instead of hashed is found in the rows.
 */

const word = (): string => `canary${randomBytes(9).toString('hex')}`;

/** What is looked for, by what it is. */
type Canaries = Map<string, string>;

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

/** The stories in which every secret plays its part. */
async function play(
  world: World,
  canaries: Canaries,
  errors: Sack,
): Promise<{ paymentId: string; publicName: string }> {
  const { admin, app } = world;
  const failed = async (what: Promise<{ status: number; body: unknown }>): Promise<void> => {
    const { status, body } = await what;
    expect(status).toBeGreaterThanOrEqual(400);
    errors.add(JSON.stringify(body));
  };
  const secret = (what: string, value: string = word()): string => {
    canaries.set(what, value);
    return value;
  };

  // Secrets of a connection, of an app and of an endpoint; also through answers that are kept for repeated requests.
  const key = () => ({ 'Idempotency-Key': randomUUID() });
  const bank = new MockBank(world.stack.sandboxUrl, 'canaries');
  const oauth = { clientId: 'canary-tpp', clientSecret: secret('OAuth client secret of a connection') };
  await bank.control('POST', '/clients', {
    id: oauth.clientId,
    secret: oauth.clientSecret,
    redirectUris: [world.callbackUrl('xs2a')],
  });
  const privateKeyPem = pem('qseal-key');
  secret('private key of a connection', privateKeyPem.split('\n')[3]);
  const qseal = { certificatePem: pem('qseal'), privateKeyPem };
  const connection = await world.connect('xs2a', bank.settings({ scaPreference: 'oauth', oauth, qseal }));
  const hub = new TokenHub(world.stack.sandboxUrl, 'canaries');
  const { memberId } = await hub.member();
  const publicName = word();
  const second = await admin.post('/v1/connections', {
    provider: 'token-io',
    name: publicName,
    environment: 'sandbox',
    settings: {
      baseUrl: hub.baseUrl,
      memberId,
      callbackOwner: 'tpp',
      basicSecret: secret('Basic secret of a connection'),
    },
  });
  expectStatus(second, 201, 'POST /v1/connections');
  await failed(
    admin.patch(`/v1/connections/${connection.id}`, {
      settings: {
        oauth: { clientSecret: secret('refused setting') },
        qseal: { privateKeyPem: secret('no private key') },
      },
    }),
  );
  const made = await admin.post<{ id: string }>(
    '/v1/apps',
    { name: 'Canary', redirectUris: [world.redirectUri], scopes: ['payments'] },
    key(),
  );
  const { id: appId } = expectStatus(made, 201, 'POST /v1/apps');
  const credentials = await admin.post<{ clientId: string; clientSecret: string }>(
    `/v1/apps/${appId}/credentials`,
    {},
    key(),
  );
  const { clientId, clientSecret } = expectStatus(credentials, 201, 'POST credentials');
  secret('client secret of an app', clientSecret);
  const token = async (given: string) => {
    const response = await fetch(`${admin.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${given}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return { status: response.status, body: (await response.json()) as { access_token?: string } };
  };
  secret('access token of an app', (await token(clientSecret)).body.access_token);
  await failed(token(secret('wrong client secret')));
  const bearer = secret('wrong access token');
  const response = await fetch(`${admin.url}/v1/payments`, { headers: { authorization: `Bearer ${bearer}` } });
  await failed(Promise.resolve({ status: response.status, body: await response.json() }));
  const endpoint = await app.post<{ secret: string }>(
    '/v1/webhook-endpoints',
    { url: 'https://example.com/hook' },
    key(),
  );
  secret('signing secret of an endpoint', expectStatus(endpoint, 201, 'POST /v1/webhook-endpoints').secret);

  // Secrets of a PSU, and of their way to the bank and back.
  const david = await mockBankPsu(bank, 'david.oauth');
  const consent = await askConsent(app, consentRequest(world, connection, david));
  if (consent.nextStep?.type !== 'redirect') throw new Error('no redirect');
  const callback = await david.browse(consent.nextStep.url, 'confirm');
  const query = new URL(callback).searchParams;
  secret('one-use state', query.get('state') ?? '');
  secret('authorisation code', query.get('code') ?? '');
  await comeBack(callback);
  expect(await app.read<Consent>(`/v1/consents/${consent.id}`)).toMatchObject({ status: 'authorised' });
  await app.read(`/v1/accounts?consentId=${consent.id}`);

  const plain = new MockBank(world.stack.sandboxUrl, 'canaries-embedded');
  await plain.settleAtOnce();
  const reach = await world.connect('xs2a', plain.settings({ scaPreference: 'embedded' }));
  const anna = await mockBankPsu(plain, 'anna.embedded');
  const payment = await pay(app, paymentOrder(world, reach, anna, '19.00'));
  const steps = `/v1/authorisations/${payment.authorisationId}/steps`;
  // Not an error: the step is open again. What was entered is not repeated either.
  const retry = await app.post(steps, { credentials: { password: secret('wrong password of a PSU') } });
  errors.add(JSON.stringify(retry.body));
  await authorise(app, anna, payment.authorisationId ?? '');
  secret('password of a PSU', anna.credentials['password']);
  await untilFinal(app, payment.id);
  return { paymentId: payment.id, publicName };
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
      const [canaries, errors, jobs, rows, logs]: [Canaries, Sack, Sack, Sack, Sack] = [
        new Map(),
        new Sack(),
        new Sack(),
        new Sack(),
        new Sack(),
      ];
      const monitor = await watcher?.monitor();
      monitor?.on('monitor', (_time: string, args: string[]) => jobs.add(args.join(' ')));
      if (!redis) await copyJobs(database);
      const { paymentId, publicName } = await play(world, canaries, errors);
      // The endpoint's deliveries are rung for within moments.
      await until('a job about something of ours', async () => {
        if (!redis) await dump(database, jobs, `= 'public' AND tablename = 'copied_jobs'`);
        return /(cnn|whk)_/.test(jobs.text);
      });
      monitor?.disconnect();
      const tables = await dump(database, rows, `NOT IN ('pg_catalog', 'information_schema')`);
      for (const file of fs.readdirSync(world.stack.logDir)) {
        if (!file.startsWith('sandbox')) logs.add(fs.readFileSync(path.join(world.stack.logDir, file), 'utf8'));
      }
      const places = { rows, logs, jobs, errors };
      const found = [...canaries].flatMap(([what, value]) =>
        Object.entries(places)
          .filter(([, { text }]) => text.includes(value))
          .map(([place]) => `${what} in ${place}`),
      );
      report('canaries', {
        backend,
        canaries: canaries.size,
        found: found.length,
        tables,
        rowBytes: rows.text.length,
        logBytes: logs.text.length,
        jobBytes: jobs.text.length,
        errorBytes: errors.text.length,
      });
      expect(found).toEqual([]);
      // Not vacuous: the search finds what may be there, in every place.
      expect(canaries.size).toBeGreaterThanOrEqual(13);
      expect([...canaries.values()].every((value) => value.length >= 6)).toBe(true);
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
