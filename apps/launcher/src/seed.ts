import path from 'node:path';
import { type ApiClient, connectApi, expectStatus, textIn } from './api-client.js';
import type { DemoConnection } from './demo-connection.js';
import { demoConnections } from './demo-connections.js';
import { makeBankApp, openBank, type OurBankApp } from './our-bank.js';
import { readJson, writePrivateJson } from './private-file.js';
import type { Stack } from './stack.js';

/** The demo app and its connections, kept in `<dataDir>/demo.json` because a client secret is shown only once. */
export interface Demo {
  readonly appId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Ids of the connections, by provider, or by their own key where a provider has several. */
  readonly connections: Readonly<Record<string, string>>;
  /** The app that is a bank. */
  readonly bank: OurBankApp;
}

/** What of it an earlier start can have left: some of it may be missing. */
type KeptDemo = Omit<Demo, 'bank'> & { readonly bank?: OurBankApp };

/** What the seed did, for the one who prints it. */
export interface SeedOutcome extends Demo {
  readonly file: string;
  /** True if the app was made by this call. */
  readonly fresh: boolean;
}

/** Scopes of the demo app: all but `admin`. */
const SCOPES = ['institutions', 'consents', 'accounts', 'payments', 'webhooks', 'bank'];

/**
 * Makes a demo app, a bank that the simulated Tribe hub asks, and a connection to every simulator, over the public API like any administrator. What is there stays;
 * what is missing is made; a connection follows the sandbox when its address has changed.
 */
export async function seed(
  places: Pick<Stack, 'apiUrl' | 'publicUrl' | 'sandboxUrl' | 'admin'>,
  dataDir: string,
  redirectUris: readonly string[] = ['http://localhost:8080/callback'],
): Promise<SeedOutcome> {
  const { apiUrl, publicUrl, sandboxUrl, admin } = places;
  const file = path.join(dataDir, 'demo.json');
  const api = await connectApi(apiUrl, admin);
  const kept = await findKept(api, readJson(file));
  const app = kept ?? { ...(await makeApp(api, redirectUris)), connections: {} };
  writePrivateJson(file, app);
  const bank = app.bank ?? (await makeBankApp(api));
  const demo = { ...app, bank };
  writePrivateJson(file, demo);

  const connections: Record<string, string> = { ...app.connections };
  // Before the connection of the TPP, so that this one finds the bank in the directory of the hub.
  connections['tribe-bank'] = await openBank(api, bank, connections['tribe-bank'], places);
  writePrivateJson(file, { ...demo, connections });
  for (const connection of await demoConnections(sandboxUrl, publicUrl)) {
    const { key = connection.provider, ...wanted } = connection;
    connections[key] = await ensureConnection(api, connections[key], wanted);
    writePrivateJson(file, { ...demo, connections });
  }
  return { ...demo, connections, file, fresh: !kept };
}

async function makeApp(api: ApiClient, redirectUris: readonly string[]): Promise<Omit<KeptDemo, 'connections'>> {
  const app = expectStatus(await api.post('/v1/apps', { name: 'Demo', redirectUris, scopes: SCOPES }), 'POST /v1/apps');
  const appId = textIn(app, 'id');
  const route = `/v1/apps/${appId}/credentials`;
  const credentials = expectStatus(await api.post(route, {}), `POST ${route}`);
  return { appId, clientId: textIn(credentials, 'clientId'), clientSecret: textIn(credentials, 'clientSecret') };
}

async function ensureConnection(api: ApiClient, id: string | undefined, wanted: DemoConnection): Promise<string> {
  if (id) {
    const route = `/v1/connections/${id}`;
    const changed = await api.patch(route, { settings: wanted.settings });
    if (changed.status !== 404) return textIn(expectStatus(changed, `PATCH ${route}`), 'id');
  }
  return textIn(expectStatus(await api.post('/v1/connections', wanted), 'POST /v1/connections'), 'id');
}

/** The demo of an earlier start, if the database still has it: it may be another database now. */
async function findKept(api: ApiClient, kept: unknown): Promise<KeptDemo | undefined> {
  if (!isDemo(kept)) return undefined;
  const found = await api.get(`/v1/apps/${kept.appId}`);
  if (found.status === 404) return undefined;
  expectStatus(found, `GET /v1/apps/${kept.appId}`);
  return kept;
}

function isDemo(value: unknown): value is KeptDemo {
  if (typeof value !== 'object' || value === null) return false;
  const texts = ['appId', 'clientId', 'clientSecret'].every((name) => typeof Reflect.get(value, name) === 'string');
  return texts && 'connections' in value && typeof value.connections === 'object' && value.connections !== null;
}
