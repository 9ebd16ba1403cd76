import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { Client } from 'pg';
import { type Stack, startStack } from '../../apps/launcher/src/stack.js';
import { createTestDatabase } from '../database.js';
import type { Institution, Page } from './answers.js';
import { Api, expectStatus } from './api.js';

/** A whole installation for one spec file: processes, simulators, an admin and an app. */
export interface World {
  readonly stack: Stack;
  readonly admin: Api;
  readonly app: Api;
  /** Where the app wants its PSUs back. Nobody listens there: specs read it from the redirect. */
  readonly redirectUri: string;
  /** Where banks send PSUs back to. */
  callbackUrl(provider: string): string;
  /** Makes a connection and says which bank it reaches. */
  connect(provider: string, settings: Readonly<Record<string, unknown>>): Promise<Connection>;
  /** Looks into the database. */
  query<Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * Lets leases and waits of payments and their SCA run as if so many seconds had passed: they are instants in the database, compared
   * with its clock, so that moving them is the same as waiting.
   */
  elapse(seconds: number): Promise<void>;
  /** What the processes wrote into their logs so far. */
  logs(process: string): string;
  stop(): Promise<void>;
}

export interface Connection {
  readonly id: string;
  readonly institutionId: string;
}

export interface WorldOptions {
  readonly redisUrl?: string;
  readonly workers?: number;
  /** Further settings for the processes, by the name of the environment variable. */
  readonly env?: Readonly<Record<string, string>>;
}

// A safety net for what never comes; no story is about how long anything takes.
jest.setTimeout(120_000);

const redirectUri = 'https://app.example.com/back?tab=1';

/** Starts the built processes on free ports, with a database of their own that is already migrated. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const database = await createTestDatabase();
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-world-'));
  let stack: Stack;
  try {
    stack = await startStack({ dataDir, databaseUrl: database.url, restartCrashed: false, ...options });
  } catch (error) {
    await database.drop();
    throw error;
  }
  const client = new Client({ connectionString: database.url });
  // Dropping the database at the end cuts the connection; that is no news.
  client.on('error', () => undefined);
  await client.connect();
  const admin = await Api.connect(stack.apiUrl, stack.admin);
  const app = await newApp(admin);
  return {
    stack,
    admin,
    app,
    redirectUri,
    callbackUrl: (provider) => `http://localhost:${new URL(stack.apiUrl).port}/callbacks/${provider}`,
    connect: (provider, settings) => connect(admin, app, provider, settings),
    query: async (text, values = []) => (await client.query(text, [...values])).rows,
    elapse: async (seconds) => {
      await client.query(
        `UPDATE payments SET next_poll_at = next_poll_at - $1 * interval '1 second',
                             send_lease_until = send_lease_until - $1 * interval '1 second'`,
        [seconds],
      );
      await client.query(`UPDATE polling_leases SET until = until - $1 * interval '1 second'`, [seconds]);
      await client.query(`UPDATE authorisations SET next_poll_at = next_poll_at - $1 * interval '1 second'`, [seconds]);
    },
    logs: (process) => fs.readFileSync(path.join(stack.logDir, `${process}.log`), 'utf8'),
    stop: async () => {
      await client.end();
      await stack.stop(true);
      await database.drop();
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function newApp(admin: Api): Promise<Api> {
  const scopes = ['institutions', 'consents', 'accounts', 'payments', 'webhooks'];
  const made = await admin.post<{ id: string }>('/v1/apps', { name: 'Spec', redirectUris: [redirectUri], scopes });
  const { id } = expectStatus(made, 201, 'POST /v1/apps');
  const route = `/v1/apps/${id}/credentials`;
  const credentials = await admin.post<{ clientId: string; clientSecret: string }>(route, {});
  return Api.connect(admin.url, expectStatus(credentials, 201, `POST ${route}`));
}

async function connect(
  admin: Api,
  app: Api,
  provider: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<Connection> {
  const body = { provider, name: 'Spec', environment: 'sandbox', settings };
  const { id } = expectStatus(await admin.post<{ id: string }>('/v1/connections', body), 201, 'POST /v1/connections');
  const { data } = await app.read<Page<Institution>>(`/v1/institutions?provider=${provider}&limit=500`);
  const institution = data.find(({ routes }) => routes.some(({ connectionId }) => connectionId === id));
  if (!institution) throw new Error(`No institution has a route over ${id}.`);
  return { id, institutionId: institution.id };
}
