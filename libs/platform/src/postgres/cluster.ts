import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { EmbeddedPostgresError, give, postgresEnvironment } from './account.js';
import type { Binaries } from './binaries.js';
import { clusterDirectory, dataDirectory, type Home } from './home.js';
import { isRunning } from '../process-stamp.js';

/** The database superuser that owns everything; its password is in the `password` file. */
export const SUPERUSER = 'tributary';

/**
 * Makes the cluster unless it is there.
 *
 * It is made under another name and renamed when complete. So a process killed in the middle leaves nothing that looks
 * like a database, and when two processes do it at once, one wins and the other uses what it made.
 *
 * @returns whether this call made it.
 */
export async function ensureCluster(home: Home, binaries: Binaries, durable: boolean): Promise<boolean> {
  const cluster = clusterDirectory(home.directory);
  if (fs.existsSync(cluster)) return false;
  removeAbandonedDrafts(home.directory);
  const draft = `${cluster}.${process.pid}.new`;
  const data = path.join(draft, 'data');
  const passwordFile = path.join(draft, 'password');
  fs.mkdirSync(data, { recursive: true, mode: 0o700 });
  fs.writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
  for (const each of [draft, data, passwordFile]) give(home.account, each);
  try {
    await initdb(home, binaries, { data, passwordFile, durable });
    fs.renameSync(draft, cluster);
    return true;
  } catch (error) {
    if (fs.existsSync(dataDirectory(home.directory))) return false;
    throw error;
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}

/** @throws EmbeddedPostgresError if the file is missing or belongs to somebody else. */
export function readPassword(home: Home): string {
  const file = path.join(clusterDirectory(home.directory), 'password');
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The database password ${file} cannot be read (${String(error)}). If Tributary was started by another user ` +
        'before, start it as that user again, or choose another DATA_DIR.',
      { cause: error },
    );
  }
}

async function initdb(
  home: Home,
  { initdb: program }: Binaries,
  { data, passwordFile, durable }: { data: string; passwordFile: string; durable: boolean },
): Promise<void> {
  // The C locale needs no locales of the operating system, and sorts the same everywhere.
  const args = [`--pgdata=${data}`, `--username=${SUPERUSER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  args.push('--encoding=UTF8', '--locale=C', ...(durable ? [] : ['--no-sync']));
  const child = spawn(program, args, {
    ...home.account,
    cwd: path.parse(data).root,
    env: postgresEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-2000);
    });
  }
  const outcome = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `it ended with ${signal ?? code}`));
  });
  if (!outcome) return;
  const nameless = output.includes('could not look up effective user ID');
  throw new EmbeddedPostgresError(
    nameless
      ? `PostgreSQL needs a user with a name, and user ${process.getuid?.()} has none on this machine. Start Tributary as ` +
          'another user, or set DATABASE_URL to a PostgreSQL of your own.'
      : `The database could not be made: ${outcome}\n${output.trim()}`,
  );
}

function removeAbandonedDrafts(home: string): void {
  for (const name of fs.readdirSync(home)) {
    const pid = /^cluster\.(\d+)\.new$/.exec(name)?.[1];
    if (pid && (Number(pid) === process.pid || !isRunning(Number(pid)))) {
      fs.rmSync(path.join(home, name), { recursive: true, force: true });
    }
  }
}
