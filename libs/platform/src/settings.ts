import { anyText, integer, isNetwork, oneOf, type Setting, SettingsError, url } from './setting.js';
import { failpointVariable } from './failpoint.js';
import { decodeVaultKeys } from './vault-key.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Requests per minute: of one app by class of route, and of one address that nobody is known behind. */
export interface RateLimits {
  readonly read: number;
  readonly write: number;
  readonly money: number;
  readonly anonymous: number;
}

const usualLimits: RateLimits = { read: 60_000, write: 12_000, money: 6_000, anonymous: 6_000 };

/** Every setting of every process, checked. */
export interface Settings {
  readonly nodeEnv: 'development' | 'test' | 'production';
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly workerPort: number;
  readonly sandboxPort: number;
  readonly sandboxTlsPort: number | undefined;
  readonly databaseUrl: string | undefined;
  readonly databasePoolSize: number;
  readonly redisUrl: string | undefined;
  readonly dataDir: string;
  readonly vaultKey: string | undefined;
  readonly vaultKeyFile: string | undefined;
  readonly adminClientId: string | undefined;
  readonly adminClientSecret: string | undefined;
  readonly logLevel: LogLevel;
  readonly webhookAllowPrivate: boolean;
  readonly upstreamAllowPrivate: boolean;
  readonly trustProxy: string | undefined;
  readonly rateLimits: RateLimits;
}

/** What the environment may say, in the order of `.env.example`. The one place where a setting is declared. */
export const settingsTable: { readonly [K in keyof Settings]: Setting<Settings[K]> } = {
  nodeEnv: {
    env: 'NODE_ENV',
    description:
      'How careful to be. "production" refuses defaults that are only fit for a trial, and does not start the sandbox.',
    expected: 'development, test or production',
    default: 'development',
    parse: oneOf(['development', 'test', 'production']),
  },
  host: {
    env: 'HOST',
    description: 'Address that the servers listen on. Use 0.0.0.0 in a container.',
    expected: 'a host name or an IP address',
    default: '127.0.0.1',
    parse: (text) => (/^[A-Za-z0-9.:_-]+$/.test(text) ? text : undefined),
  },
  port: {
    env: 'PORT',
    description: 'Port of the API.',
    expected: 'a port number from 1 to 65535',
    default: 3000,
    parse: integer(1, 65_535),
  },
  publicUrl: {
    env: 'PUBLIC_URL',
    description:
      'How browsers and banks reach the API: the start of every callback and webhook address. No trailing slash.',
    expected: 'an absolute http or https URL',
    default: '',
    defaultText: 'http://localhost:<PORT>',
    example: 'https://open-banking.example.com',
    requiredInProduction: true,
    parse: url('http:', 'https:'),
  },
  workerPort: {
    env: 'WORKER_PORT',
    description: 'Port of the worker: health and metrics only.',
    expected: 'a port number from 1 to 65535',
    default: 3001,
    parse: integer(1, 65_535),
  },
  sandboxPort: {
    env: 'SANDBOX_PORT',
    description: 'Port of the sandbox with the simulated banks.',
    expected: 'a port number from 1 to 65535',
    default: 4000,
    parse: integer(1, 65_535),
  },
  sandboxTlsPort: {
    env: 'SANDBOX_TLS_PORT',
    description:
      'Second port of the sandbox: TLS with client certificates, for banks that want them. Unset: opened by its controls when wanted.',
    expected: 'a port number from 1 to 65535',
    default: undefined,
    defaultText: 'none',
    example: '4443',
    parse: integer(1, 65_535),
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    description: 'PostgreSQL of your own (15 or newer). Unset: "npm start" brings its own, with its data in DATA_DIR.',
    expected: 'a postgres:// URL',
    default: undefined,
    defaultText: 'embedded PostgreSQL',
    example: 'postgres://tributary:secret@localhost:5432/tributary',
    secret: true,
    requiredInProduction: true,
    parse: url('postgres:', 'postgresql:'),
  },
  databasePoolSize: {
    env: 'DATABASE_POOL_SIZE',
    description: 'Most connections that one process opens to PostgreSQL.',
    expected: 'a whole number from 2 to 500',
    default: 20,
    parse: integer(2, 500),
  },
  redisUrl: {
    env: 'REDIS_URL',
    description:
      'Redis (6.2 or newer, maxmemory-policy noeviction, appendonly yes) for the job queues. Unset: the queues live in PostgreSQL.',
    expected: 'a redis:// or rediss:// URL',
    default: undefined,
    defaultText: 'queues in PostgreSQL',
    example: 'redis://localhost:6379',
    secret: true,
    parse: url('redis:', 'rediss:'),
  },
  dataDir: {
    env: 'DATA_DIR',
    description: 'Folder for what this installation keeps on disk: embedded database, generated keys, logs.',
    expected: 'a path',
    default: '.data',
    parse: anyText,
  },
  vaultKey: {
    env: 'VAULT_KEY',
    description:
      'Key that protects stored secrets: 32 random bytes in base64 ("openssl rand -base64 32"). For rotation, several with commas between them: the first one seals, all of them open.',
    expected: '32 bytes in base64, or several of them with commas between them',
    default: undefined,
    defaultText: 'generated into DATA_DIR/vault.key',
    secret: true,
    parse: (text) => (decodeVaultKeys(text) ? text : undefined),
  },
  vaultKeyFile: {
    env: 'VAULT_KEY_FILE',
    description: 'File with the same as VAULT_KEY, one key per line. Set one of the two.',
    expected: 'a path',
    default: undefined,
    defaultText: 'DATA_DIR/vault.key',
    example: '/run/secrets/tributary-vault-key',
    parse: anyText,
  },
  adminClientId: {
    env: 'ADMIN_CLIENT_ID',
    description: 'Client id of the first administrator. Set together with ADMIN_CLIENT_SECRET.',
    expected: '3 to 64 letters, digits, ".", "_" or "-"',
    default: undefined,
    defaultText: 'generated at first start',
    example: 'admin',
    parse: (text) => (/^[A-Za-z0-9._-]{3,64}$/.test(text) ? text : undefined),
  },
  adminClientSecret: {
    env: 'ADMIN_CLIENT_SECRET',
    description: 'Client secret of the first administrator.',
    expected: '24 to 200 visible ASCII characters',
    default: undefined,
    defaultText: 'generated at first start',
    secret: true,
    parse: (text) => (/^[\x21-\x7E]{24,200}$/.test(text) ? text : undefined),
  },
  logLevel: {
    env: 'LOG_LEVEL',
    description: 'How much is logged.',
    expected: LOG_LEVELS.join(', '),
    default: 'info',
    parse: oneOf(LOG_LEVELS),
  },
  trustProxy: {
    env: 'TRUST_PROXY',
    description:
      "Proxies in front of the API whose X-Forwarded-For is believed, so that a PSU's own address is seen: addresses or CIDR ranges with commas between them.",
    expected: 'IP addresses or CIDR ranges with commas between them',
    default: undefined,
    defaultText: 'none',
    example: '10.0.0.0/8',
    parse: (text) => (text.split(',').every(isNetwork) ? text : undefined),
  },
  rateLimits: {
    env: 'RATE_LIMITS',
    description:
      'Most requests per minute: of one app for reads, writes and writes that move money, and of one address that no app is known behind. Those not named stay as they are.',
    expected: 'names and numbers such as read=60000,money=600',
    default: usualLimits,
    defaultText: Object.entries(usualLimits)
      .map(([name, limit]) => `${name}=${limit}`)
      .join(','),
    parse: rateLimitsOf,
  },
  webhookAllowPrivate: {
    env: 'WEBHOOK_ALLOW_PRIVATE',
    description:
      'Set to 1 to let webhook endpoints of apps be reached at private and loopback addresses (development; production refuses to start with it). Refused otherwise, when the connection is opened.',
    expected: '1 or 0',
    default: false,
    parse: yesOrNo,
  },
  upstreamAllowPrivate: {
    env: 'UPSTREAM_ALLOW_PRIVATE',
    description:
      'Set to 1 to let banks and hubs be reached at private and loopback addresses: for the sandbox, or a bank behind a VPN. Refused otherwise, when the connection is opened.',
    expected: '1 or 0',
    default: false,
    parse: yesOrNo,
  },
};

function yesOrNo(text: string): boolean | undefined {
  return { '1': true, '0': false }[text];
}

function rateLimitsOf(text: string): RateLimits | undefined {
  const pairs = text.split(',').map((part) => /^\s*(\w+)=(\d{1,9})\s*$/.exec(part));
  const known = pairs.every((pair) => pair && Object.hasOwn(usualLimits, pair[1] ?? '') && Number(pair[2]) > 0);
  if (!known) return undefined;
  return { ...usualLimits, ...Object.fromEntries(pairs.map((pair) => [pair?.[1], Number(pair?.[2])])) };
}

/**
 * Reads and checks the whole environment. An empty variable counts as unset.
 *
 * @throws SettingsError naming every wrong or missing variable at once, and never the value of a secret.
 */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const problems: string[] = [];
  const production = env['NODE_ENV'] === 'production';

  function read<T>(setting: Setting<T>): T {
    const text = env[setting.env]?.trim();
    if (!text) {
      if (production && setting.requiredInProduction) {
        problems.push(`${setting.env} must be set when NODE_ENV=production: expected ${setting.expected}.`);
      }
      return setting.default;
    }
    const value = setting.parse(text);
    if (value !== undefined) return value;
    const found = setting.secret ? '' : `, found "${text}"`;
    problems.push(`${setting.env}: expected ${setting.expected}${found}.`);
    return setting.default;
  }

  const settings: Settings = {
    nodeEnv: read(settingsTable.nodeEnv),
    host: read(settingsTable.host),
    port: read(settingsTable.port),
    publicUrl: read(settingsTable.publicUrl),
    workerPort: read(settingsTable.workerPort),
    sandboxPort: read(settingsTable.sandboxPort),
    sandboxTlsPort: read(settingsTable.sandboxTlsPort),
    databaseUrl: read(settingsTable.databaseUrl),
    databasePoolSize: read(settingsTable.databasePoolSize),
    redisUrl: read(settingsTable.redisUrl),
    dataDir: read(settingsTable.dataDir),
    vaultKey: read(settingsTable.vaultKey),
    vaultKeyFile: read(settingsTable.vaultKeyFile),
    adminClientId: read(settingsTable.adminClientId),
    adminClientSecret: read(settingsTable.adminClientSecret),
    logLevel: read(settingsTable.logLevel),
    webhookAllowPrivate: read(settingsTable.webhookAllowPrivate),
    upstreamAllowPrivate: read(settingsTable.upstreamAllowPrivate),
    trustProxy: read(settingsTable.trustProxy),
    rateLimits: read(settingsTable.rateLimits),
  };

  if (settings.vaultKey && settings.vaultKeyFile) {
    problems.push('VAULT_KEY and VAULT_KEY_FILE are both set: keep one of them.');
  }
  if (production && !env['VAULT_KEY']?.trim() && !env['VAULT_KEY_FILE']?.trim()) {
    problems.push('VAULT_KEY or VAULT_KEY_FILE must be set when NODE_ENV=production.');
  }
  if (production && env[failpointVariable] !== undefined) {
    problems.push(`${failpointVariable} lets processes crash for a proof: remove it when NODE_ENV=production.`);
  }
  if (production && settings.webhookAllowPrivate) {
    problems.push(
      'WEBHOOK_ALLOW_PRIVATE=1 lets apps send to addresses inside your network: remove it when NODE_ENV=production.',
    );
  }
  if (Boolean(env['ADMIN_CLIENT_ID']?.trim()) !== Boolean(env['ADMIN_CLIENT_SECRET']?.trim())) {
    problems.push('ADMIN_CLIENT_ID and ADMIN_CLIENT_SECRET belong together: set both or neither.');
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.freeze({ ...settings, publicUrl: settings.publicUrl || `http://localhost:${settings.port}` });
}

/**
 * The database address, for a process that cannot run without one.
 *
 * @throws SettingsError if `DATABASE_URL` is unset.
 */
export function requireDatabaseUrl(settings: Settings): string {
  if (settings.databaseUrl) return settings.databaseUrl;
  throw new SettingsError([
    'DATABASE_URL is not set: this process needs a PostgreSQL. Set it, or run "npm start", which brings its own.',
  ]);
}
