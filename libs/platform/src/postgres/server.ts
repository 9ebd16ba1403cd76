import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresError, give, postgresEnvironment } from './account.js';
import type { Binaries } from './binaries.js';
import { ping } from './connection.js';
import { clusterDirectory, dataDirectory, type Home } from './home.js';
import { hasNumber, isRunning } from '../process-stamp.js';
import { hasBackEnds, readPidFile, removeStalePidFile, servesDirectory } from './postmaster.js';

/** A server process that accepts connections. */
export interface Server {
  readonly pid: number;
  readonly port: number;
}

/** Hears what is waited for. */
export type Log = (line: string) => void;

const POLL_MS = 25;
const TELL_EVERY_MS = 3000;
const LARGEST_LOG_BYTES = 10_000_000;

/**
 * The server that already serves this directory, if there is one; waits while it starts, recovers or stops.
 *
 * @throws EmbeddedPostgresError if it does not take our password.
 */
export async function findRunning(home: Home, url: (port: number) => string, log: Log): Promise<Server | undefined> {
  const data = dataDirectory(home.directory);
  const tell = everyFewSeconds(log);
  for (;;) {
    const file = readPidFile(data);
    // PostgreSQL clears a left-over pid file by itself, unless its number is taken.
    if (!file || !hasNumber(file.pid)) return undefined;
    const serves = servesDirectory(file.pid, data);
    if (!serves && !hasBackEnds(file)) {
      removeStalePidFile(data);
      return undefined;
    }
    const answer = !serves || file.port === 0 || file.status === 'stopping' ? 'not ready' : await ping(url(file.port));
    if (answer === 'ready') return { pid: file.pid, port: file.port };
    if (answer === 'wrong password') {
      throw new EmbeddedPostgresError(
        `Process ${file.pid} serves ${data}, but does not take the password in ${clusterDirectory(home.directory)}. ` +
          `Stop that process, then start again.`,
      );
    }
    tell(`Waiting for the PostgreSQL that runs already (process ${file.pid}, ${file.status || 'starting'})`);
    await pause(POLL_MS);
  }
}

/** Starts a server and waits until it accepts connections, however long its recovery takes. @returns why not, as text. */
export async function startServer(
  home: Home,
  { postgres }: Binaries,
  { port, durable, log }: { port: number; durable: boolean; log: Log },
): Promise<Server | string> {
  const data = dataDirectory(home.directory);
  const logFile = openLog(home);
  const safety = durable ? 'on' : 'off';
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_startup_progress_interval: '3s',
    fsync: safety,
    synchronous_commit: safety,
    full_page_writes: safety,
  };
  const child = spawn(
    postgres,
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...home.account,
      cwd: path.parse(data).root,
      env: postgresEnvironment(),
      // A session of its own: Ctrl-C in the terminal must reach us, and only then PostgreSQL.
      detached: true,
      stdio: ['ignore', 'ignore', logFile.descriptor],
      windowsHide: true,
    },
  );
  fs.closeSync(logFile.descriptor);
  const exit: { reason?: string } = {};
  child.once('error', (error) => {
    exit.reason = error.message;
  });
  child.once('exit', (code, signal) => {
    exit.reason = `it ended with ${signal ?? code}`;
  });
  const tell = everyFewSeconds(log);
  while (exit.reason === undefined) {
    const file = readPidFile(data);
    if (child.pid !== undefined && file?.pid === child.pid && file.status === 'ready') {
      child.unref();
      return { pid: child.pid, port };
    }
    tell(`Waiting for PostgreSQL: ${logFile.readNew().at(-1) ?? 'no word from it yet'}`);
    await pause(POLL_MS);
  }
  return [...logFile.readNew().slice(-5), exit.reason].join('\n');
}

/** Fast shutdown: open transactions are rolled back, everything committed is on disk (`pg_ctl stop -m fast`). */
export async function stopServer(home: Home, { pgCtl }: Binaries, pid: number, log: Log): Promise<void> {
  const data = dataDirectory(home.directory);
  askToStop(pid, pgCtl, data);
  const tell = everyFewSeconds(log);
  // The pid file goes when all is written; the process may remain as a zombie where nobody collects orphans.
  while (readPidFile(data)?.pid === pid && isRunning(pid)) {
    tell('Waiting for PostgreSQL to write everything to disk');
    await pause(10);
  }
  for (let waited = 0; waited < 1000 && isRunning(pid); waited += 10) await pause(10);
}

/** Tells the server to stop and does not wait; all that can be done while a process exits. */
export function askToStop(pid: number, pgCtl: string, data: string): void {
  if (process.platform === 'win32') {
    // Windows has no signals: process.kill would end it like a power cut.
    spawnSync(pgCtl, ['stop', '-D', data, '-m', 'fast', '-W'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It is gone already.
  }
}

/** The server's own log, `cluster/postgres.log`, and what was written into it since it was opened here. */
function openLog(home: Home): { descriptor: number; readNew(): string[] } {
  const file = path.join(clusterDirectory(home.directory), 'postgres.log');
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_LOG_BYTES) fs.renameSync(file, `${file}.1`);
  const descriptor = fs.openSync(file, 'a', 0o600);
  give(home.account, file);
  const start = fs.fstatSync(descriptor).size;
  return {
    descriptor,
    readNew: () => fs.readFileSync(file).subarray(start).toString('utf8').split('\n').filter(Boolean),
  };
}

function everyFewSeconds(log: Log): (line: string) => void {
  const started = Date.now();
  let told = started;
  return (line) => {
    if (Date.now() - told < TELL_EVERY_MS) return;
    told = Date.now();
    log(`${line} (${Math.round((told - started) / 1000)} s)`);
  };
}
