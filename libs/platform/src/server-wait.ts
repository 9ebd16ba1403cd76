import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from './error-code.js';

/** How long a server that we need may take to be there: it may be starting too, or recovering from a crash. */
export const serverPatienceMs = 60_000;

/**
 * Node's and PostgreSQL's words for a server that is not there yet (SQLSTATE class 57: 57P01 admin_shutdown, 57P02
 * crash_shutdown, 57P03 cannot_connect_now; 53300 too_many_connections).
 */
const notYet: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);
/** What node-postgres says without a code. */
const notYetWords = /^(Connection terminated|timeout exceeded when trying to connect)/;

const firstPauseMs = 100;
const longestPauseMs = 2_000;

/** Why a server is not there yet; undefined for an error that waiting does not cure. */
export function notThereYet(error: unknown): string | undefined {
  // An address that resolves to several gives an AggregateError, whose parts carry the code.
  const parts = typeof error === 'object' && error !== null && 'errors' in error ? error.errors : undefined;
  const code = errorCode(error) ?? (Array.isArray(parts) && parts.length > 0 ? notThereYet(parts[0]) : undefined);
  if (code !== undefined) return notYet.has(code) ? code : undefined;
  const words = error instanceof Error ? error.message : '';
  return notYetWords.test(words) ? words : undefined;
}

/**
 * Does what needs a server, again and again with growing pauses, while the server is not there yet.
 * @param waiting hears why, once for each reason
 * @throws what `reach` threw, where waiting does not cure it or patience is at its end
 */
export async function whenThere<T>(
  reach: () => Promise<T>,
  waiting: (why: string) => void,
  patienceMs = serverPatienceMs,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  const told = new Set<string>();
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await reach();
    } catch (error) {
      const why = notThereYet(error);
      if (why === undefined || performance.now() > deadline) throw error;
      if (!told.has(why)) waiting(why);
      told.add(why);
    }
    await pause(pauseMs);
  }
}
