import { freePort } from '@tributary/platform';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createTestDatabase } from '../../database.js';

/** The built api, running on a database of its own. */
export interface RunningApi {
  readonly url: string;
  readonly databaseUrl: string;
  readonly admin: Client;
  readonly vaultKey: string;
  /** Everything that it wrote to its output so far. */
  output(): string;
  /** Ends it as an operator does, removes its database; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

const bundle = path.resolve(import.meta.dirname, '../../../dist/programs/api.js');

/** @param main the program as it ships, unless named */
export async function startApi(env: Readonly<Record<string, string>> = {}, main = bundle): Promise<RunningApi> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'tributary-api-test-'));
  const port = await freePort();
  const vaultKey = randomBytes(32).toString('base64');
  const admin = { clientId: 'first-admin', clientSecret: 'first-admin-secret-of-this-test' };
  const child = spawn(process.execPath, ['--enable-source-maps', main], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      PORT: String(port),
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '10',
      DATA_DIR: dataDir,
      VAULT_KEY: vaultKey,
      ADMIN_CLIENT_ID: admin.clientId,
      ADMIN_CLIENT_SECRET: admin.clientSecret,
      WEBHOOK_ALLOW_PRIVATE: '1',
      UPSTREAM_ALLOW_PRIVATE: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<number | null> => {
    const code = await ended(child);
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
    return code;
  };
  try {
    await ready(url, child);
  } catch (error) {
    await stop();
    throw new Error(`the api did not start:\n${output}`, { cause: error });
  }
  return { url, databaseUrl: database.url, admin, vaultKey, output: () => output, stop };
}

/** A request; a body that is no text is sent as JSON. */
export async function send(
  url: string,
  init: { method?: string; token?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const { method = 'GET', token, body } = init;
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (body !== undefined && typeof body !== 'string' && !headers.has('content-type')) {
    headers.set('content-type', 'application/json');
  }
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(60_000),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
}

/** An access token by HTTP Basic. */
export async function tokenFor(url: string, client: Client, scope?: string): Promise<string> {
  const { status, body, text } = await send(`${url}/oauth/token`, {
    method: 'POST',
    headers: basic(client),
    body: `grant_type=client_credentials${scope === undefined ? '' : `&scope=${encodeURIComponent(scope)}`}`,
  });
  if (status !== 200) throw new Error(`no token: ${text}`);
  return textAt(body, 'access_token');
}

/** Headers of a token request. */
export function basic({ clientId, clientSecret }: Client): Record<string, string> {
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  return {
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
}

/** Those that the document shows, so that its examples work. */
const redirectUris = ['callback', 'linked', 'paid'].map((end) => `https://app.example.com/${end}`);

/** A new app with a credential, made by the administrator. */
export async function makeApp(api: RunningApi, scopes: readonly string[]): Promise<Client & { readonly id: string }> {
  const token = await tokenFor(api.url, api.admin);
  const app = await send(`${api.url}/v1/apps`, {
    method: 'POST',
    token,
    body: { name: 'Test', redirectUris, scopes },
  });
  const id = textAt(app.body, 'id');
  const { body } = await send(`${api.url}/v1/apps/${id}/credentials`, { method: 'POST', token });
  return { id, clientId: textAt(body, 'clientId'), clientSecret: textAt(body, 'clientSecret') };
}

/** A member of an answer, wherever it is, for example `errors.0.pointer`. */
export function at(body: unknown, where: string): unknown {
  return where
    .split('.')
    .reduce<unknown>(
      (part, name) => (typeof part === 'object' && part !== null ? Reflect.get(part, name) : undefined),
      body,
    );
}

export function textAt(body: unknown, where: string): string {
  const found = at(body, where);
  if (typeof found === 'string') return found;
  throw new Error(`no text at ${where} of ${JSON.stringify(body)}`);
}

/** The problem that an answer must be. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, code: at(answer.body, 'code') }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.body).toMatchObject({
    type: `/problems#${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: expect.any(String),
    source: expect.stringMatching(/^(caller|platform|provider|institution|psu)$/),
    traceId: answer.headers.get('x-request-id'),
    retry: { safe: expect.any(Boolean) },
  });
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (const begun = Date.now(); Date.now() - begun < 90_000;) {
    if (child.exitCode !== null) throw new Error(`exit code ${child.exitCode}`);
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await pause(50);
  }
  throw new Error('not ready after 90 s');
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
  const code = await exit;
  clearTimeout(late);
  return code;
}
