import fs from 'node:fs';
import path from 'node:path';
import { commandOf, isRunning } from '../process-stamp.js';

/** What `postmaster.pid` in a data directory says (PostgreSQL source, `src/include/utils/pidfile.h`). */
export interface PidFile {
  readonly pid: number;
  /** 0 until the server has written it. */
  readonly port: number;
  readonly status: 'starting' | 'stopping' | 'ready' | 'standby' | '';
  /** Key and id of the shared memory that the server and its back ends hold, as two words; may be empty. */
  readonly sharedMemory: string;
}

/** The server that says it serves this directory, if any. The file may be left over from a crash. */
export function readPidFile(dataDirectory: string): PidFile | undefined {
  let text: string;
  try {
    text = fs.readFileSync(path.join(dataDirectory, 'postmaster.pid'), 'utf8');
  } catch {
    return undefined;
  }
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isSafeInteger(pid) || pid === 0) return undefined;
  const status = (['starting', 'stopping', 'ready', 'standby'] as const).find((word) => word === lines[7]) ?? '';
  return { pid, port: Number(lines[3]) || 0, status, sharedMemory: lines[6] ?? '' };
}

/**
 * Whether back ends of a dead server still work on its data. They end soon after it; to start another server before
 * would damage the data. PostgreSQL sees to that with the shared memory named in the pid file, so whoever removes that
 * file must ask first.
 */
export function hasBackEnds({ sharedMemory }: PidFile): boolean {
  const [key, id] = sharedMemory.split(/\s+/);
  if (process.platform !== 'linux' || !key || !id) return false;
  // proc(5), /proc/sysvipc/shm: key shmid perms size cpid lpid nattch ...
  const segments = fs.readFileSync('/proc/sysvipc/shm', 'utf8').split('\n').slice(1);
  return segments
    .map((line) => line.trim().split(/\s+/))
    .some((columns) => Number(columns[0]) >>> 0 === Number(key) >>> 0 && columns[1] === id && columns[6] !== '0');
}

/** Removes a pid file whose process is gone and whose number another program has got. */
export function removeStalePidFile(dataDirectory: string): void {
  fs.rmSync(path.join(dataDirectory, 'postmaster.pid'), { force: true });
}

/**
 * Whether that process is the PostgreSQL server of this directory. Process numbers are used again, in containers within
 * seconds, and PostgreSQL itself refuses to start while any process has the number in a left-over pid file.
 */
export function servesDirectory(pid: number, dataDirectory: string): boolean {
  if (process.platform === 'win32') return isRunning(pid);
  const command = commandOf(pid) ?? '';
  return command.includes('postgres') && command.includes(`-D ${dataDirectory} `);
}
