import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { errorCode } from './error-code.js';

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
    return errorCode(error) === 'EPERM';
  }
}

/**
 * A text that names this very process, `<pid> <start time>`, and `undefined` when it does not run. A number alone does not
 * name a process: numbers are used again.
 */
export function processStamp(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined;
  return process.platform === 'win32' ? String(pid) : `${pid} ${describe(pid, 'lstart') ?? ''}`;
}

/** The command line of a process. */
export function commandOf(pid: number): string | undefined {
  return describe(pid, 'command');
}

/** The number of the parent of a process. */
export function parentOf(pid: number): number | undefined {
  const number = Number(describe(pid, 'ppid'));
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function describe(pid: number, what: 'command' | 'lstart' | 'ppid'): string | undefined {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', `${what}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
    }
    if (what === 'command') return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return statOf(pid)?.[what === 'ppid' ? 1 : 19];
  } catch {
    return undefined;
  }
}

/** proc(5), /proc/pid/stat from its third field on: "state" is number 0, "ppid" number 1, "starttime" number 19. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name of the program in parentheses, and may hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
