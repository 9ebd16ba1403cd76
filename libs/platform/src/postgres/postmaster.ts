import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

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

/** Whether a process has this number and still runs; one that ended and was never collected (a zombie) does not. */
export function isRunning(pid: number): boolean {
  return hasNumber(pid) && (process.platform !== 'linux' || statOf(pid)?.[0] !== 'Z');
}

/** Whether the number is taken, by a process or a zombie. */
export function hasNumber(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Whether that process is the PostgreSQL server of this directory. Process numbers are used again, in containers within
 * seconds, and PostgreSQL itself refuses to start while any process has the number in a left-over pid file.
 */
export function servesDirectory(pid: number, dataDirectory: string): boolean {
  if (process.platform === 'win32') return isRunning(pid);
  const command = describe(pid, 'command') ?? '';
  return command.includes('postgres') && command.includes(`-D ${dataDirectory} `);
}

/** A text that is the same as long as this very process runs; `undefined` when it does not. */
export function processStamp(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined;
  return process.platform === 'win32' ? String(pid) : `${pid} ${describe(pid, 'lstart') ?? ''}`;
}

function describe(pid: number, what: 'command' | 'lstart'): string | undefined {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', `${what}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
    }
    if (what === 'command') return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return statOf(pid)?.[19];
  } catch {
    return undefined;
  }
}

/** proc(5), /proc/pid/stat from its third field ("state") on; field 22, "starttime", is number 19 of these. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name of the program in parentheses, and may hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
