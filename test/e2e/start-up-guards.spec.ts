import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createDataSource } from '@tributary/persistence';
import { freePort } from '@tributary/platform';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { redisAvailable, startRedis } from './redis-server.js';

/*
 * The built processes with NODE_ENV=production, on what production must not have. Each guard's rule has a spec of its own beside
 * it; here it is seen that the processes ask them. Negative control, in the spec: what is repaired is not named any more. Carried
 * out besides: queues that are opened before the login is judged are then a refused login's, and the right one cannot start.
 */

let database: TestDatabase;
let dir: string;
let keyFile: string;
beforeAll(async () => {
  database = await createTestDatabase();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-guards-'));
  keyFile = path.join(dir, 'vault.key');
  fs.writeFileSync(keyFile, randomBytes(32).toString('base64'));
});
afterAll(async () => {
  await database.drop();
  fs.rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => fs.chmodSync(keyFile, 0o644));

/** Starts a process that must not start. @returns its last words */
async function refusal(name: 'api' | 'worker', env: Readonly<Record<string, string>> = {}): Promise<string> {
  const main = path.resolve(import.meta.dirname, `../../dist/programs/${name}.js`);
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://bank.example',
      PORT: String(await freePort()),
      WORKER_PORT: String(await freePort()),
      DATA_DIR: dir,
      DATABASE_URL: database.url,
      VAULT_KEY_FILE: keyFile,
      LOG_LEVEL: 'silent',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk) => (words += String(chunk)));
  try {
    const [code] = await once(child, 'close', { signal: AbortSignal.timeout(60_000) });
    expect(code).toBe(1);
    return words;
  } finally {
    child.kill('SIGKILL');
  }
}

describe.each(['api', 'worker'] as const)('the %s, in production', (name) => {
  it('does not start on an unsafe server, as an owner, or with a key that others may read, and names all of it', async () => {
    const words = await refusal(name);
    for (const fault of [
      'fsync=off',
      'full_page_writes=off',
      'synchronous_commit=off',
      'owns the tables',
      'chmod 400',
    ]) {
      expect(words).toContain(fault);
    }
  });

  it('does not name what is in order', async () => {
    fs.chmodSync(keyFile, 0o400);
    const login = `login_${randomBytes(4).toString('hex')}`;
    const options = { url: database.url, poolSize: 1, applicationName: 'spec', acts: 'owner' } as const;
    const owner = await createDataSource(options).initialize();
    const url = new URL(database.url);
    await owner.query(`CREATE ROLE ${login} LOGIN PASSWORD 'secret' IN ROLE tributary_app`);
    await owner.query(`GRANT CREATE ON DATABASE ${url.pathname.slice(1)} TO ${login}`);
    await owner.query(`ALTER ROLE ${login} SET synchronous_commit = on`);
    try {
      Object.assign(url, { username: login, password: 'secret' });
      const words = await refusal(name, { DATABASE_URL: url.href });
      expect(words).toContain('fsync=off');
      for (const fault of ['synchronous_commit', 'owns the tables', 'chmod 400']) expect(words).not.toContain(fault);
    } finally {
      await owner.query(`REVOKE ALL ON DATABASE ${url.pathname.slice(1)} FROM ${login}`);
      await owner.query(`DROP OWNED BY ${login}`);
      await owner.query(`DROP ROLE ${login}`);
      await owner.destroy();
    }
  });

  if (redisAvailable)
    it('does not start on a Redis that forgets', async () => {
      const port = await freePort();
      const redis = await startRedis(port, dir);
      try {
        expect(await refusal(name, { REDIS_URL: `redis://127.0.0.1:${port}` })).toContain('set its appendonly to yes');
      } finally {
        redis.kill('SIGKILL');
      }
    });

  it.each([
    [
      'a short secret of the administrator',
      { ADMIN_CLIENT_ID: 'root', ADMIN_CLIENT_SECRET: 'short' },
      'ADMIN_CLIENT_SECRET',
    ],
    ['a short key', { VAULT_KEY: 'c2hvcnQ=', VAULT_KEY_FILE: '' }, 'VAULT_KEY'],
    ['no key of its own', { VAULT_KEY_FILE: '' }, 'VAULT_KEY'],
    ['endpoints inside the network', { WEBHOOK_ALLOW_PRIVATE: '1' }, 'WEBHOOK_ALLOW_PRIVATE'],
  ])('does not start with %s', async (_, env, named) => {
    expect(await refusal(name, env)).toContain(named);
  });
});
