import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { failpointVariable } from '@tributary/platform';
import { projectRoot } from '../project-root.js';
import { connectApi, expectStatus, textIn } from '../api-client.js';
import { AppClient } from '../demo/app-client.js';
import { redirectUri } from '../demo/demo-world.js';
import type { Page } from '../demo/wire.js';
import { type Stack, startStack } from '../stack.js';
import { chaosProviders } from './banks/index.js';
import type { ChaosBank } from './banks/chaos-bank.js';
import { ChaosDatabase } from './database.js';
import type { ChaosOptions } from './options.js';
import { type Receiver, startReceiver } from './receiver.js';
import { RedisServer } from './redis-server.js';

/** A whole installation to be killed, a bank that misbehaves, an app, and a hand in the database. */
export interface ChaosWorld {
  readonly stack: Stack;
  readonly bank: ChaosBank;
  readonly app: AppClient;
  /** By number of the bank's connection. */
  readonly institutionIds: readonly string[];
  readonly database: ChaosDatabase;
  readonly receiver: Receiver;
  readonly redis: RedisServer | null;
  /** Where failpoints are armed. */
  readonly failpointDir: string;
  /** Hears what happens. */
  readonly log: (line: string) => void;
  stop(): Promise<void>;
}

const scopes = ['institutions', 'consents', 'accounts', 'payments', 'webhooks'];

/** What is broken while it is loaded is loaded module by module. */
const rewritable = Object.fromEntries(
  (['api', 'worker'] as const).map((name) => [name, path.join(projectRoot(), 'dist/apps', name, 'src/main.js')]),
);

/** Brings everything up; what has begun is ended again where that fails. */
export async function startWorld(options: ChaosOptions): Promise<ChaosWorld> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-chaos-'));
  // mkdtemp makes it 0700; as root, PostgreSQL runs as another user who must get in.
  fs.chmodSync(dataDir, 0o755);
  const failpointDir = path.join(dataDir, 'failpoints');
  fs.mkdirSync(failpointDir);
  const begun = performance.now();
  const log = (line: string) => options.log?.(`${((performance.now() - begun) / 1_000).toFixed(1)} s: ${line}`);
  const closing: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.toReversed()) await close();
  };
  try {
    closing.push(() => fs.rmSync(dataDir, { recursive: true, force: true }));
    const redis = options.redis ? await RedisServer.start(dataDir) : null;
    if (redis) closing.push(() => redis.stop());
    const stack = await startStack({
      dataDir,
      workers: 2,
      restartCrashed: 'at-once',
      sourceMaps: false,
      ...(options.preload && { programs: rewritable }),
      env: {
        LOG_LEVEL: 'warn',
        // An app that asks again as fast as it can, since everything is dead half of the time.
        RATE_LIMITS: 'money=100000000,read=100000000,write=100000000,anonymous=100000000',
        [failpointVariable]: failpointDir,
        ...(options.preload && { NODE_OPTIONS: `--import=${pathToFileURL(options.preload).href}` }),
      },
      ...(redis && { redisUrl: redis.url }),
      log,
    });
    closing.push(async () => {
      await stack.stop(true);
      if (stack.databaseHome) fs.rmSync(stack.databaseHome, { recursive: true, force: true });
    });
    const receiver = await startReceiver();
    closing.push(() => receiver.close());
    const bank = await chaosProviders[options.provider](stack);
    const { app, institutionIds } = await setUp(stack, options.provider, bank, receiver);
    const database = new ChaosDatabase(stack.databaseUrl);
    closing.push(() => database.close());
    return { stack, bank, app, institutionIds, database, receiver, redis, failpointDir, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What an administrator and a developer do once: an app, its connections, its webhook endpoint. */
async function setUp(
  stack: Stack,
  provider: string,
  bank: ChaosBank,
  receiver: Receiver,
): Promise<Pick<ChaosWorld, 'app' | 'institutionIds'>> {
  const admin = await connectApi(stack.apiUrl, stack.admin);
  const make = async (route: string, body: unknown) => expectStatus(await admin.post(route, body), `POST ${route}`);
  const appId = textIn(await make('/v1/apps', { name: 'Chaos', redirectUris: [redirectUri], scopes }), 'id');
  const credentials = await make(`/v1/apps/${appId}/credentials`, {});
  const connectionIds: string[] = [];
  for (const { name, settings, webhook } of bank.connections) {
    const id = textIn(await make('/v1/connections', { provider, name, environment: 'sandbox', settings }), 'id');
    const route = `/v1/connections/${id}/webhook`;
    if (webhook) expectStatus(await admin.put(route, {}), `PUT ${route}`);
    connectionIds.push(id);
  }
  const client = { clientId: textIn(credentials, 'clientId'), clientSecret: textIn(credentials, 'clientSecret') };
  const app = await AppClient.connect(stack.apiUrl, client);
  await app.call('POST', '/v1/webhook-endpoints', { url: receiver.url, types: ['payment.statusChanged'] });
  const { data } = await app.call<Page<Institution>>('GET', `/v1/institutions?provider=${provider}&limit=500`);
  const institutionIds = connectionIds.map((id, number) => {
    const { institution } = bank.connections[number] ?? {};
    const reached = data.filter(({ routes }) => routes.some(({ connectionId }) => connectionId === id));
    const found = reached.find(({ name }) => institution === undefined || name === institution);
    if (!found) throw new Error(`No institution ${institution ?? ''} is reached over the connection ${id}.`);
    return found.id;
  });
  return { app, institutionIds };
}

interface Institution {
  readonly id: string;
  readonly name: string;
  readonly routes: readonly { readonly connectionId: string }[];
}
