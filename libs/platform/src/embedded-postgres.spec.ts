import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { isRunning } from './process-stamp.js';

/** Starts a server in a process of its own, prints it, and then does nothing until it is ended. */
const OWNER = `
const { startEmbeddedPostgres } = await import(process.argv[2]);
const server = await startEmbeddedPostgres({ dir: process.argv[3], durable: process.argv[4] === 'durable' });
console.log(JSON.stringify(server));
process.on('message', (message) => { if (message === 'exit') process.exit(0); if (message === 'throw') throw new Error('on purpose'); });
`;
const COMPILED = pathToFileURL(path.resolve('dist/libs/platform/src/embedded-postgres.js')).href;

let folder: string;
let dir: string;
const servers: EmbeddedPostgres[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-postgres-'));
  fs.chmodSync(folder, 0o755);
  dir = path.join(folder, 'data');
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    await server.stop();
    await remove(server.home);
  }
  await remove(folder);
});

/** A process of a server that was killed may go on writing files while they are removed. */
async function remove(what: string): Promise<void> {
  for (const begun = Date.now(); ;) {
    try {
      return fs.rmSync(what, { recursive: true, force: true });
    } catch (error) {
      if (Date.now() - begun > 60_000) throw error;
      await pause(100);
    }
  }
}

async function start(durable = false): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dir, durable });
  servers.push(server);
  return server;
}

async function startElsewhere(durable = false): Promise<{ owner: ChildProcess; pid: number; url: string }> {
  const owner = spawn(
    process.execPath,
    ['--input-type=module', '-e', OWNER, 'x', COMPILED, dir, durable ? 'durable' : 'fast'],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  let complaint = '';
  owner.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    owner.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    owner.once('exit', () => reject(new Error(complaint)));
  });
  const { pid, url } = JSON.parse(line) as { pid: number; url: string };
  return { owner, pid, url };
}

async function end(owner: ChildProcess, how: 'SIGKILL' | 'exit' | 'throw'): Promise<void> {
  const gone = once(owner, 'exit');
  if (how === 'SIGKILL') owner.kill(how);
  else owner.send(how);
  await gone;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let tries = 0; isRunning(pid); tries += 1) {
    if (tries > 400) throw new Error(`Process ${pid} still runs.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('startEmbeddedPostgres', () => {
  it('makes a database once, keeps it, and stops', async () => {
    const first = await start();
    expect(first).toMatchObject({ fresh: true, adopted: false });
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);
    const second = await start();
    expect(second).toMatchObject({ fresh: false, adopted: false });
    expect(await query(second.url, 'select answer from kept')).toEqual([42]);
  });

  it('is durable, listens on loopback only, and wants the password', async () => {
    const server = await start(true);
    const settings = "'fsync','synchronous_commit','full_page_writes'";
    expect(await query(server.url, `select setting from pg_settings where name in (${settings})`)).toEqual([
      'on',
      'on',
      'on',
    ]);
    expect(await query(server.url, "select current_setting('listen_addresses')")).toEqual(['127.0.0.1']);
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
    expect(fs.statSync(path.join(server.home, 'cluster', 'password')).mode & 0o777).toBe(0o600);
  });

  it('adopts the server of a process that was killed, and owns it then', async () => {
    const { owner, pid, url } = await startElsewhere();
    await query(url, 'create table kept as select 7 as answer');
    await end(owner, 'SIGKILL');
    expect(isRunning(pid)).toBe(true);
    const server = await start();
    expect(server).toMatchObject({ adopted: true, fresh: false, pid, url });
    await server.stop();
    expect(isRunning(pid)).toBe(false);
  });

  it('shares the server of a living process, and leaves it running', async () => {
    const { owner, pid } = await startElsewhere();
    const server = await start();
    expect(server).toMatchObject({ adopted: true, pid });
    await server.stop();
    expect(await query(server.url, 'select 1')).toEqual([1]);
    await end(owner, 'exit');
    await untilGone(pid);
  });

  it.each(['exit', 'throw'] as const)('is not left behind by a process that ends with %s', async (how) => {
    const { owner, pid } = await startElsewhere();
    await end(owner, how);
    await untilGone(pid);
  });

  // A server that is not durable loses the table now and then: it answers before the commit is on disk.
  it('recovers all that was committed after both were killed', async () => {
    const { owner, pid, url } = await startElsewhere(true);
    await query(url, 'create table kept as select 9 as answer');
    process.kill(pid, 'SIGKILL');
    await end(owner, 'SIGKILL');
    const server = await start();
    expect(server).toMatchObject({ adopted: false, fresh: false });
    expect(await query(server.url, 'select answer from kept')).toEqual([9]);
  });

  it('is not fooled by a left-over pid file whose number belongs to another program', async () => {
    await (await start()).stop();
    const pidFile = path.join(dir, 'cluster', 'data', 'postmaster.pid');
    fs.writeFileSync(pidFile, `${process.pid}\n${dir}\n1\n5432\n\n127.0.0.1\n  1 1\nready\n`);
    expect(await start()).toMatchObject({ adopted: false, fresh: false });
  });

  it('makes one database when several processes start at once', async () => {
    const started = await Promise.all([startElsewhere(), startElsewhere(), startElsewhere()]);
    expect(new Set(started.map(({ url }) => url)).size).toBe(1);
    for (const { owner } of started) await end(owner, 'exit');
    await untilGone(started[0]?.pid ?? 0);
    expect(fs.readdirSync(dir)).toEqual(['cluster']);
  });

  it('makes the database anew when it was killed while making it', async () => {
    fs.mkdirSync(path.join(dir, 'cluster.999999.new', 'data'), { recursive: true });
    fs.writeFileSync(path.join(dir, 'cluster.999999.new', 'data', 'PG_VERSION'), '18\n');
    expect(await start()).toMatchObject({ fresh: true });
    expect(fs.readdirSync(dir)).toEqual(['cluster']);
  });

  // Only root can be in a folder where PostgreSQL's user is not.
  const asRoot = process.getuid?.() === 0;
  if (asRoot)
    it('finds a reachable place below a folder that only root may enter', async () => {
      fs.chmodSync(folder, 0o700);
      const first = await start();
      expect(first.home).not.toContain(folder);
      expect(fs.readFileSync(path.join(dir, 'moved-to.txt'), 'utf8')).toContain(first.home);
      await query(first.url, 'create table kept as select 5 as answer');
      await first.stop();
      const second = await start();
      expect(second).toMatchObject({ home: first.home, fresh: false });
      expect(await query(second.url, 'select answer from kept')).toEqual([5]);
    });

  it('names DATABASE_URL where there are no binaries', async () => {
    const arch = Object.getOwnPropertyDescriptor(process, 'arch');
    Object.defineProperty(process, 'arch', { ...arch, value: 'mips' });
    try {
      await expect(start()).rejects.toThrow(/no embedded PostgreSQL for \w+-mips\. .*set DATABASE_URL=/);
    } finally {
      if (arch) Object.defineProperty(process, 'arch', arch);
    }
  });
});

it('is started again at the same address after it was killed', async () => {
  const server = await start(true);
  await query(server.url, 'CREATE TABLE kept AS SELECT 17 AS one');
  const { pid } = server;
  process.kill(pid, 'SIGKILL');
  await server.restart();
  expect(server.pid).not.toBe(pid);
  expect(await query(server.url, 'SELECT one FROM kept')).toEqual([17]);
});
