import { SettingsError } from './setting.js';
import { loadSettings, requireDatabaseUrl, type Settings, settingsTable } from './settings.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://u:p@db/t',
  VAULT_KEY: KEY,
  PUBLIC_URL: 'https://bank.example',
};

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadSettings', () => {
  it('needs nothing outside production, and takes empty as unset', () => {
    const settings = loadSettings({ PORT: '', REDIS_URL: ' ' });
    expect(settings).toMatchObject({ nodeEnv: 'development', host: '127.0.0.1', port: 3000, redisUrl: undefined });
    expect(settings.publicUrl).toBe('http://localhost:3000');
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('reads every setting', () => {
    const env = {
      ...PRODUCTION,
      HOST: '0.0.0.0',
      PORT: '8080',
      PUBLIC_URL: 'https://bank.example/api/',
      WORKER_PORT: '8081',
      SANDBOX_PORT: '8082',
      SANDBOX_TLS_PORT: '8083',
      DATABASE_POOL_SIZE: '7',
      REDIS_URL: 'rediss://r:6379',
      DATA_DIR: '/data',
      ADMIN_CLIENT_ID: 'root',
      ADMIN_CLIENT_SECRET: 's'.repeat(24),
      LOG_LEVEL: 'debug',
      WEBHOOK_ALLOW_PRIVATE: '0',
      UPSTREAM_ALLOW_PRIVATE: '1',
      TRUST_PROXY: '10.0.0.0/8,::1',
      RATE_LIMITS: 'read=5, money=7',
    };
    expect(loadSettings(env)).toEqual({
      nodeEnv: 'production',
      host: '0.0.0.0',
      port: 8080,
      publicUrl: 'https://bank.example/api',
      workerPort: 8081,
      sandboxPort: 8082,
      sandboxTlsPort: 8083,
      databaseUrl: 'postgres://u:p@db/t',
      databasePoolSize: 7,
      redisUrl: 'rediss://r:6379',
      dataDir: '/data',
      vaultKey: KEY,
      vaultKeyFile: undefined,
      adminClientId: 'root',
      adminClientSecret: 's'.repeat(24),
      logLevel: 'debug',
      webhookAllowPrivate: false,
      upstreamAllowPrivate: true,
      trustProxy: '10.0.0.0/8,::1',
      rateLimits: { read: 5, write: 12_000, money: 7, anonymous: 6_000 },
    } satisfies Settings);
  });

  it.each([
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '3e3'],
    ['PORT', '-1'],
    ['PORT', '3000.5'],
    ['NODE_ENV', 'prod'],
    ['PUBLIC_URL', 'localhost:3000'],
    ['PUBLIC_URL', 'ftp://x'],
    ['DATABASE_URL', 'mysql://x/y'],
    ['REDIS_URL', 'localhost:6379'],
    ['LOG_LEVEL', 'verbose'],
    ['WEBHOOK_ALLOW_PRIVATE', 'yes'],
    ['UPSTREAM_ALLOW_PRIVATE', 'true'],
    ['TRUST_PROXY', 'proxy.example.com'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['DATABASE_POOL_SIZE', '1'],
    ['RATE_LIMITS', 'read'],
    ['RATE_LIMITS', 'read=0'],
    ['RATE_LIMITS', 'all=5'],
    ['HOST', 'a b'],
  ])('refuses %s=%s by name', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: expected .`))]);
  });

  it.each([
    ['VAULT_KEY', 'c2hvcnQ='],
    ['VAULT_KEY', Buffer.alloc(31, 7).toString('base64')],
    ['ADMIN_CLIENT_SECRET', 's'.repeat(23)],
    ['ADMIN_CLIENT_SECRET', `${'s'.repeat(23)} s`],
  ])('refuses a short or unclean secret by name: %s=%s', (name, value) => {
    const env = { ADMIN_CLIENT_ID: 'root', ADMIN_CLIENT_SECRET: 's'.repeat(24), [name]: value };
    expect(problemsOf(env)).toEqual([expect.stringMatching(new RegExp(`^${name}: expected .`))]);
  });

  it('names all that is wrong at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'y', REDIS_URL: 'z' })).toHaveLength(3);
  });

  it('never repeats the value of a secret', () => {
    const secrets = Object.values(settingsTable).filter((setting) => setting.secret);
    expect(secrets.map(({ env }) => env)).toEqual(
      expect.arrayContaining(['DATABASE_URL', 'REDIS_URL', 'VAULT_KEY', 'ADMIN_CLIENT_SECRET']),
    );
    const env = Object.fromEntries(secrets.map((setting) => [setting.env, 'canary']));
    expect(problemsOf({ ...env, ADMIN_CLIENT_ID: 'root' }).join('\n')).not.toContain('canary');
    expect(problemsOf({ PORT: 'canary' }).join('\n')).toContain('canary');
  });

  it.each(['DATABASE_URL', 'VAULT_KEY', 'PUBLIC_URL'])('insists on %s in production', (name) => {
    expect(problemsOf(PRODUCTION)).toEqual([]);
    expect(problemsOf({ ...PRODUCTION, [name]: '' })).toEqual([expect.stringContaining(name)]);
  });

  it('lets no app reach private addresses in production; a bank behind a VPN may have one', () => {
    expect(problemsOf({ ...PRODUCTION, UPSTREAM_ALLOW_PRIVATE: '1', WEBHOOK_ALLOW_PRIVATE: '0' })).toEqual([]);
    expect(problemsOf({ ...PRODUCTION, WEBHOOK_ALLOW_PRIVATE: '1' })).toEqual([
      expect.stringContaining('WEBHOOK_ALLOW_PRIVATE=1'),
    ]);
    expect(problemsOf({ WEBHOOK_ALLOW_PRIVATE: '1' })).toEqual([]);
  });

  it('refuses half an administrator and two vault keys', () => {
    expect(problemsOf({ ADMIN_CLIENT_ID: 'root' })).toEqual([expect.stringContaining('belong together')]);
    expect(problemsOf({ VAULT_KEY: KEY, VAULT_KEY_FILE: '/k' })).toEqual([expect.stringContaining('both set')]);
  });
});

describe('requireDatabaseUrl', () => {
  it('says what to do when there is none', () => {
    expect(() => requireDatabaseUrl(loadSettings({}))).toThrow('npm start');
    expect(requireDatabaseUrl(loadSettings(PRODUCTION))).toBe('postgres://u:p@db/t');
  });
});
