import { setTimeout as pause } from 'node:timers/promises';
import { migrate } from '@tributary/persistence';
import { errorCode } from '@tributary/platform';

const PATIENCE_MS = 60_000;

/** Node's and PostgreSQL's words for a server that is not there yet (SQLSTATE 57P03: cannot_connect_now). */
const NOT_YET = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', '57P03']);

/** Brings the database to the newest schema, and waits up to a minute for a server that is still starting. */
export async function migrateWhenReachable(url: string, log: (line: string) => void): Promise<readonly string[]> {
  const deadline = Date.now() + PATIENCE_MS;
  let told = 0;
  for (;;) {
    try {
      return await migrate(url);
    } catch (error) {
      const code = codeOf(error);
      if (!NOT_YET.has(code) || Date.now() > deadline) {
        const { host } = new URL(url);
        throw new Error(`The database at ${host} could not be prepared: ${String(error)}. Check DATABASE_URL.`, {
          cause: error,
        });
      }
      if (Date.now() - told > 3000) {
        told = Date.now();
        log(`Waiting for the database at ${new URL(url).host} (${code})`);
      }
      await pause(500);
    }
  }
}

/** An address that resolves to several gives an AggregateError, whose parts carry the code. */
function codeOf(error: unknown): string {
  const parts = typeof error === 'object' && error !== null && 'errors' in error ? error.errors : undefined;
  return errorCode(error) ?? (Array.isArray(parts) && parts.length > 0 ? codeOf(parts[0]) : '');
}
