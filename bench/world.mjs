// What every row stands on: PostgreSQL with the durable settings that the product ships, the product's schema and the peers' own,
// the bank, and an app with its consents, made over the product's own API.
import { spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '../dist/libs/persistence/src/index.js';
import { startEmbeddedPostgres } from '../dist/libs/platform/src/index.js';
import { benchDir, Child, freePort, startCommand } from './processes.mjs';

export const redirectUri = 'https://app.example.com/back';
const banks = 10;
/** The one whose requests are signed with RSA. */
export const signingBank = 9;

/** Tables of the peers: as few columns as their statements need. */
const peerTables = `
  CREATE TABLE apps (id text PRIMARY KEY, redirect_uris text[] NOT NULL);
  CREATE TABLE links (id text PRIMARY KEY, app_id text NOT NULL, reference text NOT NULL, consent text NOT NULL, status text NOT NULL,
    valid_until timestamptz NOT NULL);
  CREATE TABLE audit (id bigserial PRIMARY KEY, app_id text NOT NULL, account_id text NOT NULL, operation text NOT NULL,
    status integer NOT NULL, at timestamptz NOT NULL);
  CREATE TABLE payments (id text PRIMARY KEY, app_id text NOT NULL, idempotency_key text, body jsonb, reference text, status text NOT NULL,
    polls integer NOT NULL DEFAULT 0, polled_at timestamptz, next_poll_at timestamptz, at timestamptz NOT NULL,
    UNIQUE (app_id, idempotency_key));
  CREATE INDEX payments_due ON payments (next_poll_at) WHERE next_poll_at IS NOT NULL;
  CREATE TABLE payment_history (id bigserial PRIMARY KEY, payment_id text NOT NULL, status text NOT NULL, at timestamptz NOT NULL);`;

export async function openWorld(say) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-bench-'));
  fs.chmodSync(dir, 0o755);
  const logDir = path.join(dir, 'logs');
  fs.mkdirSync(logDir);
  say('Starting PostgreSQL, durable as shipped.');
  const postgres = await startEmbeddedPostgres({ dir: path.join(dir, 'postgres') });
  const admin = new pg.Pool({ connectionString: postgres.url, max: 4 });
  admin.on('error', () => undefined);
  await migrate(postgres.url);
  const productUrl = await productLogin(admin, postgres.url);
  await admin.query('CREATE DATABASE peers');
  const peersUrl = postgres.url.replace('/tributary?', '/peers?');
  const peers = new pg.Pool({ connectionString: peersUrl, max: 4 });
  peers.on('error', () => undefined);
  await peers.query(peerTables);
  await durable(admin);
  const world = new World({ dir, logDir, postgres, productUrl, database: admin, peersUrl, peers });
  world.bank = new Child('bank', path.join(benchDir, 'bank.mjs'), { logDir });
  world.bankUrl = `http://127.0.0.1:${(await world.bank.message(({ port }) => port)).port}`;
  return world;
}

/** The login that production insists on: a member of the application role that owns nothing. */
async function productLogin(admin, ownerUrl) {
  const url = new URL(ownerUrl);
  url.username = 'tributary_login';
  url.password = randomBytes(16).toString('hex');
  await admin.query(`CREATE ROLE ${url.username} LOGIN PASSWORD '${url.password}' IN ROLE tributary_app`);
  await admin.query(`GRANT CREATE ON DATABASE tributary TO ${url.username}`);
  return url.href;
}

/** Nobody is measured on a database that could forget what it acknowledged. */
async function durable(database) {
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const { rows } = await database.query(`SELECT current_setting($1) AS value`, [name]);
    if (rows[0].value !== 'on')
      throw new Error(`${name} is ${rows[0].value}: the bench measures durable databases only`);
  }
}

class World {
  #secrets = {
    VAULT_KEY: randomBytes(32).toString('base64'),
    ADMIN_CLIENT_ID: 'bench-admin',
    ADMIN_CLIENT_SECRET: randomBytes(24).toString('hex'),
  };
  tokenSecret = randomBytes(32).toString('hex');

  constructor(parts) {
    Object.assign(this, parts);
    this.keys = makeKeys(this.dir);
  }

  /** For copies of what the product has sealed. */
  get vaultKey() {
    return this.#secrets.VAULT_KEY;
  }

  /** Environment of a product process; the public URL stays the same, since tokens name it. */
  productEnv(more = {}) {
    return {
      ...this.#secrets,
      NODE_ENV: 'production',
      DATABASE_URL: this.productUrl,
      // One app sends all of the load; its requests are counted as ever.
      RATE_LIMITS: 'read=100000000,write=100000000,money=100000000',
      PUBLIC_URL: 'http://bench.localhost',
      DATA_DIR: path.join(this.dir, 'data'),
      // The bank of the bench is on loopback.
      UPSTREAM_ALLOW_PRIVATE: '1',
      ...more,
    };
  }

  /** @returns a fresh api process that is ready, with its URL and the milliseconds that it took */
  async startApi({ execArgv = [], env: more = {} } = {}) {
    const port = await freePort();
    const env = this.productEnv({ PORT: String(port), ...more });
    const { script, flags } = startCommand('api');
    const child = new Child('api', script, { env, logDir: this.logDir, execArgv: [...flags, ...execArgv] });
    const url = `http://127.0.0.1:${port}`;
    const readyMs = await child.ready(`${url}/health/ready`);
    return { child, url, readyMs };
  }

  async startWorker({ execArgv = [] } = {}) {
    const port = await freePort();
    const env = this.productEnv({ WORKER_PORT: String(port) });
    const { script, flags } = startCommand('worker');
    const child = new Child('worker', script, { env, logDir: this.logDir, execArgv: [...flags, ...execArgv] });
    await child.ready(`http://127.0.0.1:${port}/health/ready`);
    return { child, url: `http://127.0.0.1:${port}` };
  }

  /** @param wait false leaves the waiting for it to the caller */
  async startPeer(name, env = {}, wait = true) {
    const port = await freePort();
    const peer = {
      PORT: String(port),
      BANK_URL: this.bankUrl,
      DATABASE_URL: this.peersUrl,
      TOKEN_SECRET: this.tokenSecret,
    };
    const child = new Child(name, path.join(benchDir, 'peers', `${name}.mjs`), {
      env: { ...peer, ...env },
      logDir: this.logDir,
    });
    if (wait) await child.listening(port);
    return { child, url: `http://127.0.0.1:${port}` };
  }

  async startResponder() {
    const port = await freePort();
    const child = new Child('responder', path.join(benchDir, 'responder.mjs'), {
      env: { PORT: String(port) },
      logDir: this.logDir,
    });
    await child.listening(port);
    return { child, url: `http://127.0.0.1:${port}` };
  }

  /** HS256 token for the peers that want one. */
  peerToken(appId = 'app-1') {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const content = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: appId, exp: Math.floor(Date.now() / 1_000) + 3_600 })}`;
    return `${content}.${createHmac('sha256', Buffer.from(this.tokenSecret)).update(content).digest('base64url')}`;
  }

  async tellBank(set, reset = true) {
    return (await this.bank.ask({ set, reset })).counts;
  }

  /** Runs one load in a generator process of its own; `onMeasure` is called at both ends of the measured time. */
  async load(plan, onMeasure = () => undefined) {
    const generator = new Child('load', path.join(benchDir, 'load.mjs'), { logDir: this.logDir });
    await generator.message((message) => message === 'ready');
    generator.process.on('message', ({ phase }) => phase && onMeasure(phase));
    generator.process.send(plan);
    const { result } = await generator.message(({ result: groups }) => groups);
    await generator.stop();
    for (const { name, wrong, total, firstWrong } of result) {
      if (wrong > 0) throw new Error(`${name}: ${wrong} of ${total} answers were wrong, the first: ${firstWrong}`);
    }
    return result;
  }

  /** The app, its connections and consents, made once. */
  async seed(consents, say) {
    const { child, url } = await this.startApi();
    try {
      const call = caller(url);
      const adminToken = await token(url, this.#secrets.ADMIN_CLIENT_ID, this.#secrets.ADMIN_CLIENT_SECRET);
      const scopes = ['institutions', 'consents', 'accounts', 'payments'];
      const { id: appId } = await call('POST', '/v1/apps', adminToken, {
        name: 'Bench',
        redirectUris: [redirectUri],
        scopes,
      });
      this.credentials = await call('POST', `/v1/apps/${appId}/credentials`, adminToken, {});
      this.appId = appId;
      this.connections = [];
      const { settings: schema } = await call('GET', '/v1/providers/xs2a', adminToken);
      /** Whether this build can sign requests, and there is something to sign with. */
      this.signs = this.keys !== null && 'qseal' in (schema?.properties ?? {});
      for (let number = 0; number < banks; number += 1) {
        this.connections.push(await call('POST', '/v1/connections', adminToken, this.#connection(number)));
      }
      const appToken = await this.token(url);
      const { data } = await call('GET', '/v1/institutions?limit=100', appToken);
      this.institutions = this.connections.map(
        ({ id }) => data.find(({ routes }) => routes.some((route) => route.connectionId === id)).id,
      );
      say(`Making ${consents} consents over the API.`);
      this.accounts = await inParallel(consents, 16, (number) => this.#consent(call, appToken, number));
      await this.peers.query('INSERT INTO apps VALUES ($1, $2)', ['app-1', [redirectUri]]);
      await this.peers.query(
        `INSERT INTO links SELECT reference, 'app-1', reference, 'consent-' || reference, 'authorised', now() + interval '90 days'
         FROM unnest($1::text[]) AS reference`,
        [this.accounts.map(({ reference }) => reference)],
      );
    } finally {
      await child.stop();
    }
  }

  #connection(number) {
    return {
      provider: 'xs2a',
      name: `Bench ${number}`,
      environment: 'sandbox',
      settings: {
        baseUrl: `${this.bankUrl}/b${number}`,
        institution: { name: `Bench bank ${number}`, bic: `BEN${'ABCDEFGHIJ'[number]}DEFFXXX`, country: 'DE' },
        scaPreference: 'redirect',
        maxConnections: 100,
        timeoutSeconds: 5,
        ...(this.keys && { tls: this.keys }),
        // The peers of reads and polls do not sign with RSA, the peer of payments does.
        ...(this.signs && number === signingBank && { qseal: this.keys }),
      },
    };
  }

  /** Nine of ten consents are at the first bank, so that it alone can bear the main load; the others share the tenth. */
  async #consent(call, appToken, number) {
    const bank = number % 10 === 9 ? 1 + (Math.floor(number / 10) % 9) : 0;
    const body = {
      institutionId: this.institutions[bank],
      psu: { id: `psu-${number}` },
      access: ['accounts', 'balances'],
      recurring: true,
      validUntil: new Date(Date.now() + 80 * 86_400_000).toISOString().slice(0, 10),
      redirectUri,
    };
    const { id, status } = await call('POST', '/v1/consents', appToken, body);
    if (status !== 'authorised') throw new Error(`the bank's consent ${id} is ${status}`);
    const { data } = await call('GET', `/v1/accounts?consentId=${id}`, appToken);
    return { id: data[0].id, reference: data[0].reference, bank };
  }

  token(url) {
    return token(url, this.credentials.clientId, this.credentials.clientSecret);
  }

  async close() {
    await this.bank.stop();
    await this.database.end();
    await this.peers.end();
    await this.postgres.stop();
    fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A key and its certificate, which Node cannot make itself. @returns null where openssl is not installed */
function makeKeys(dir) {
  const [key, certificate] = [path.join(dir, 'key.pem'), path.join(dir, 'certificate.pem')];
  const subject = '/C=DE/O=Bench/organizationIdentifier=PSDDE-BAFIN-123456/CN=bench';
  const options = [
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    subject,
    '-keyout',
    key,
    '-out',
    certificate,
  ];
  if (spawnSync('openssl', ['req', ...options], { stdio: 'ignore' }).status !== 0) return null;
  return { certificatePem: fs.readFileSync(certificate, 'utf8'), privateKeyPem: fs.readFileSync(key, 'utf8') };
}

async function token(url, clientId, clientSecret) {
  const answer = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return (await answer.json()).access_token;
}

/** Calls the API of the product. */
export function caller(url) {
  return async (method, route, bearer, body, headers = {}) => {
    const content = body && JSON.stringify(body);
    const answer = await fetch(`${url}${route}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(content && { body: content }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${route} was answered with ${answer.status}: ${text.slice(0, 500)}`);
    return text === '' ? null : JSON.parse(text);
  };
}

async function inParallel(count, width, work) {
  const results = [];
  let next = 0;
  const lane = async () => {
    for (let number = next++; number < count; number = next++) results[number] = await work(number);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
