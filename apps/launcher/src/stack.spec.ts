import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { processStamp } from '@tributary/platform';
import { createTestDatabase, type TestDatabase } from '../../../test/database.js';
import { type Stack, type StackOptions, startStack } from './stack.js';

/** Stands in for api, worker and sandbox: answers on its port, tells its environment, and notes when it ends. */
const PROGRAM = `
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
const [, script] = process.argv;
const port = process.env.PORT ?? process.env.WORKER_PORT ?? process.env.SANDBOX_PORT;
const note = (line) => fs.appendFileSync(new URL('notes.txt', import.meta.url), line + '\\n');
const server = http.createServer((request, response) => {
  if (request.url === '/crash') process.exit(7);
  response.end(JSON.stringify({ pid: process.pid, env: process.env }));
});
if (process.env.CRASH_AT_START) { console.error('out of ideas'); process.exit(3); }
server.listen(Number(port), '127.0.0.1');
const end = (why) => { note(script.split('/').at(-1) + ' ' + why); process.exit(0); };
process.on('SIGTERM', () => setTimeout(end, script.includes('api') ? 150 : 0, 'SIGTERM'));
process.on('disconnect', () => end('disconnect'));
`;

let folder: string;
let database: TestDatabase;
let stacks: Stack[];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});
beforeEach(() => {
  stacks = [];
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-stack-'));
  for (const program of ['api', 'worker', 'sandbox']) fs.writeFileSync(path.join(folder, `${program}.mjs`), PROGRAM);
});
afterEach(async () => {
  for (const stack of stacks) await stack.stop(true);
  fs.rmSync(folder, { recursive: true, force: true });
});

function programs(): NonNullable<StackOptions['programs']> {
  return Object.fromEntries(['api', 'worker', 'sandbox'].map((name) => [name, path.join(folder, `${name}.mjs`)]));
}

async function start(options: Partial<StackOptions> = {}): Promise<Stack> {
  const stack = await startStack({
    dataDir: path.join(folder, 'data'),
    databaseUrl: database.url,
    programs: programs(),
    ...options,
  });
  stacks.push(stack);
  return stack;
}

interface Answer {
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
}

async function ask(url: string): Promise<Answer> {
  return (await (await fetch(url)).json()) as Answer;
}

function notes(): string[] {
  const file = path.join(folder, 'notes.txt');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await condition()) return;
    await pause(25);
  }
  throw new Error(`It never happened: ${what}`);
}

describe('startStack', () => {
  it('brings up every process with its settings, and the sandbox without our secrets', async () => {
    const stack = await start({ workers: 2, redisUrl: 'redis://localhost:1', env: { LOG_LEVEL: 'warn' } });
    expect(stack.processes).toEqual(['sandbox', 'api', 'worker', 'worker-2']);
    const api = await ask(stack.apiUrl);
    expect(api.env).toMatchObject({
      DATABASE_URL: database.url,
      REDIS_URL: 'redis://localhost:1',
      LOG_LEVEL: 'warn',
      ADMIN_CLIENT_ID: stack.admin.clientId,
      ADMIN_CLIENT_SECRET: stack.admin.clientSecret,
      VAULT_KEY_FILE: path.join(folder, 'data', 'vault.key'),
      WEBHOOK_ALLOW_PRIVATE: '1',
      UPSTREAM_ALLOW_PRIVATE: '1',
    });
    const secrets = ['DATABASE_URL', 'ADMIN_CLIENT_SECRET', 'VAULT_KEY_FILE', 'REDIS_URL'];
    const sandbox = await ask(stack.sandboxUrl);
    expect(Object.keys(sandbox.env).filter((name) => secrets.includes(name))).toEqual([]);
  });

  it('ignores settings of the shell', async () => {
    process.env['LOG_LEVEL'] = 'trace';
    process.env['PGSSLMODE'] = 'require';
    try {
      const { env } = await ask((await start({ sandbox: false })).apiUrl);
      expect(env['LOG_LEVEL']).toBeUndefined();
      expect(env['PGSSLMODE']).toBeUndefined();
      expect(env['WEBHOOK_ALLOW_PRIVATE']).toBe('0');
      expect(env['UPSTREAM_ALLOW_PRIVATE']).toBe('0');
    } finally {
      delete process.env['LOG_LEVEL'];
      delete process.env['PGSSLMODE'];
    }
  });

  it('hands its ports to the sandbox, and nothing of ours', async () => {
    const { sandboxUrl } = await start({ env: { SANDBOX_TLS_PORT: '4443' } });
    const { env } = await ask(sandboxUrl);
    expect(env).toMatchObject({ SANDBOX_PORT: new URL(sandboxUrl).port, SANDBOX_TLS_PORT: '4443' });
    expect(Object.keys(env)).not.toContain('VAULT_KEY_FILE');
  });

  it('stops the sandbox last, and keeps the credentials for the next start', async () => {
    const first = await start();
    expect(first.admin.generated).toBe(true);
    await first.stop();
    expect(notes()).toEqual(['worker.mjs SIGTERM', 'api.mjs SIGTERM', 'sandbox.mjs SIGTERM']);
    const second = await start();
    expect(second.admin).toEqual({ ...first.admin, generated: false });
    expect(fs.statSync(path.join(folder, 'data', 'admin.json')).mode & 0o777).toBe(0o600);
  });

  it('leaves a killed process alone until it is restarted', async () => {
    const stack = await start({ sandbox: false });
    const before = await ask(stack.workerUrl);
    stack.kill('worker', 'SIGKILL');
    await until('the worker is gone', () =>
      ask(stack.workerUrl).then(
        () => false,
        () => true,
      ),
    );
    await stack.restart('worker');
    expect((await ask(stack.workerUrl)).pid).not.toBe(before.pid);
  });

  it('starts a crashed process again, and says so', async () => {
    const lines: string[] = [];
    const stack = await start({ sandbox: false, restartCrashed: true, log: (line) => lines.push(line) });
    const before = await ask(stack.apiUrl);
    await fetch(`${stack.apiUrl}/crash`).catch(() => undefined);
    await until('the api is back', () =>
      ask(stack.apiUrl).then(
        ({ pid }) => pid !== before.pid,
        () => false,
      ),
    );
    expect(lines.join('\n')).toMatch(/api ended: exit code 7\. Starting it again in 0\.5 s/);
  });

  it('cleans up and shows the last words when a process does not come up', async () => {
    await expect(start({ env: { CRASH_AT_START: '1' } })).rejects.toThrow(
      /ended before it was ready[\s\S]*out of ideas/,
    );
    expect(fs.existsSync(path.join(folder, 'data', 'processes.json'))).toBe(false);
  });

  it('names the setting when a port is in use', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await until('it listens', () => server.listening);
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(start({ ports: { worker: port } })).rejects.toThrow(`Port ${port} is in use`);
    await expect(start({ ports: { worker: port } })).rejects.toThrow('WORKER_PORT=<port>');
    server.close();
  });

  it('outlives a launcher that is killed: its children end, and the next start waits for them', async () => {
    const options = { dataDir: path.join(folder, 'data'), databaseUrl: database.url, programs: programs() };
    const compiled = pathToFileURL(path.resolve('dist/apps/launcher/src/stack.js')).href;
    const script = `const { startStack } = await import(process.argv[1]);
      console.log(JSON.stringify(await startStack(JSON.parse(process.argv[2]))));`;
    const launcher = spawn(process.execPath, ['--input-type=module', '-e', script, compiled, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(launcher.stdout, 'data')) as [Buffer];
    const killed = JSON.parse(line.toString()) as Stack;
    const children = await Promise.all([killed.apiUrl, killed.workerUrl, killed.sandboxUrl].map(ask));
    launcher.kill('SIGKILL');
    const next = await start();
    expect(children.map(({ pid }) => processStamp(pid))).toEqual([undefined, undefined, undefined]);
    expect(next.admin).toMatchObject({ clientSecret: killed.admin.clientSecret, generated: false });
  });

  it('refuses beside a running launcher', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    fs.mkdirSync(path.join(folder, 'data'));
    const launcher = processStamp(other.pid ?? 0);
    fs.writeFileSync(path.join(folder, 'data', 'processes.json'), JSON.stringify({ launcher, children: [] }));
    await expect(start()).rejects.toThrow(`already runs from ${path.join(folder, 'data')} (process ${other.pid})`);
    other.kill('SIGKILL');
    await until('it ended', () => other.exitCode !== null || other.signalCode !== null);
    await start();
  });
});
