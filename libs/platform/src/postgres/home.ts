import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Account, canEnter, chooseAccount, EmbeddedPostgresError } from './account.js';

/** Where a server keeps its files, and who runs it. */
export interface Home {
  readonly directory: string;
  readonly account: Account;
}

/** Left in the folder that was asked for, when the files had to go elsewhere. Its first line is the place. */
const NOTE = 'moved-to.txt';

/**
 * Finds the place for a server whose files belong into `directory`.
 *
 * Usually that is `directory` itself. As root it may lie below a folder that only root may enter (such as `/root`), where
 * the user who runs PostgreSQL could not reach it: then it is a folder of its own below `/var/lib/tributary`, named after
 * `directory`, and a note in `directory` says so. The same folder always leads to the same place, so data survives.
 */
export function findHome(directory: string, log: (line: string) => void): Home {
  fs.mkdirSync(directory, { recursive: true, mode: 0o755 });
  const asked = fs.realpathSync(directory);
  const noted = readNote(asked);
  const here = noted ?? asked;
  const account = chooseAccount(dataDirectory(here));
  if (canEnter(account, here)) return { directory: here, account };

  const moved = makeReachable(createHash('sha256').update(asked).digest('hex').slice(0, 16));
  const mover = chooseAccount(dataDirectory(moved));
  if (!canEnter(mover, moved))
    throw new EmbeddedPostgresError(`${moved} cannot be entered by uid ${mover.uid}. ${ADVICE}`);
  fs.writeFileSync(
    path.join(asked, NOTE),
    `${moved}\nThe database files are there: ${asked} can only be entered by root, and PostgreSQL does not run as root.\n`,
  );
  log(`Only root may enter ${asked}: PostgreSQL keeps its files in ${moved}`);
  return { directory: moved, account: mover };
}

/** The folder with the password and the data, below the home of a server. */
export function clusterDirectory(home: string): string {
  return path.join(home, 'cluster');
}

/** PostgreSQL's own data directory. */
export function dataDirectory(home: string): string {
  return path.join(clusterDirectory(home), 'data');
}

const ADVICE =
  'Start Tributary as another user, put DATA_DIR elsewhere, or set DATABASE_URL to a PostgreSQL of your own.';

function readNote(asked: string): string | undefined {
  const note = path.join(asked, NOTE);
  if (process.getuid?.() !== 0 || !fs.existsSync(note)) return undefined;
  const place = fs.readFileSync(note, 'utf8').split('\n')[0] ?? '';
  return fs.existsSync(clusterDirectory(place)) ? place : undefined;
}

/** `/var/lib` survives restarts; the others are for machines where it is read-only. */
function makeReachable(name: string): string {
  for (const parent of ['/var/lib', '/var/tmp', os.tmpdir()]) {
    const shelf = path.join(parent, 'tributary');
    try {
      fs.mkdirSync(path.join(shelf, name), { recursive: true, mode: 0o755 });
    } catch {
      continue;
    }
    // Somebody else may have made it first, in a folder that everybody may write to.
    const safe = [shelf, path.join(shelf, name)].every((each) => {
      const found = fs.lstatSync(each);
      return found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0;
    });
    if (safe) {
      fs.chmodSync(shelf, 0o755);
      fs.chmodSync(path.join(shelf, name), 0o755);
      return path.join(shelf, name);
    }
  }
  throw new EmbeddedPostgresError(`There is no folder that PostgreSQL could use when started by root. ${ADVICE}`);
}
