import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';

/** The operating-system user that PostgreSQL runs as; empty when that is the user of this process. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** The embedded PostgreSQL cannot run here. The message says why and what to do instead. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/**
 * Who PostgreSQL runs as. It refuses to run as root, so root hands it to the owner of the existing data or, the first
 * time, to `postgres` or `nobody`.
 */
export function chooseAccount(dataDirectory: string): Account {
  if (process.getuid?.() !== 0) return {};
  const owner = fs.statSync(dataDirectory, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) };
    } catch {
      // No such user: try the next name.
    }
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as. ' +
      'Start Tributary as another user, or set DATABASE_URL to use a PostgreSQL of your own.',
  );
}

function idOf(option: '-u' | '-g', name: string): number {
  return Number(execFileSync('id', [option, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}

/** Whether that user may enter the folder: asked by trying, since ACLs and mounts make permission bits only half of it. */
export function canEnter(account: Account, directory: string): boolean {
  if (account.uid === undefined) return true;
  const tried = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { ...account, cwd: '/', stdio: 'ignore' });
  return tried.status === 0;
}

/** Gives a file or folder to the account. */
export function give(account: Account, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) fs.chownSync(path, account.uid, account.gid);
}

/**
 * What PostgreSQL sees of our environment: enough to run, and neither our secrets nor `PG*` variables meant for other
 * servers. The locale is fixed because pid file and log are read by us.
 */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
