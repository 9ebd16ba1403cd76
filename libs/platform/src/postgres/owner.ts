import fs from 'node:fs';
import path from 'node:path';
import { clusterDirectory, type Home } from './home.js';
import { processStamp } from '../process-stamp.js';

const FILE = 'owner';

/**
 * Whether the process that started or adopted this server is gone. The one who owns a server stops it; everybody else
 * who uses it leaves it running.
 */
export function isAbandoned(home: Home): boolean {
  const owner = readOwner(home);
  const pid = Number(owner?.split(' ')[0]);
  return !owner || !Number.isSafeInteger(pid) || pid <= 0 || processStamp(pid) !== owner;
}

/** Writes down that this process owns the server. */
export function claim(home: Home): void {
  fs.writeFileSync(path.join(clusterDirectory(home.directory), FILE), processStamp(process.pid) ?? '');
}

/** Forgets the owner, once the server has stopped. */
export function release(home: Home): void {
  fs.rmSync(path.join(clusterDirectory(home.directory), FILE), { force: true });
}

function readOwner(home: Home): string | undefined {
  try {
    return fs.readFileSync(path.join(clusterDirectory(home.directory), FILE), 'utf8');
  } catch {
    return undefined;
  }
}
