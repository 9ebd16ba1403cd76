import type { Consent } from '../consent.js';
import type { Hub } from '../hub.js';
import { Refusal } from '../refusal.js';

/** X-Rate-Limit-*: of the UTC day; Reset is the seconds that are left of it. */
export type RateLimit = Record<'X-Rate-Limit-Limit' | 'X-Rate-Limit-Remaining' | 'X-Rate-Limit-Reset', string>;

/**
 * Counts one call per token, operation and account before the bank is asked.
 * @returns the headers, and the refusal when it was one call too many: the headers stand on it too.
 */
export function countCall(
  hub: Hub,
  consent: Consent,
  operation: string,
  account: string,
): { headers: RateLimit; refusal: Refusal | undefined } {
  const today = hub.clock.today();
  for (const key of consent.reads.keys()) {
    if (!key.startsWith(today)) {
      consent.reads.delete(key);
    }
  }
  const key = `${today} ${operation} ${account}`;
  const limit = hub.settings.dailyLimit;
  const calls = consent.reads.get(key) ?? 0;
  const over = calls >= limit;
  consent.reads.set(key, over ? calls : calls + 1);
  const midnight = Date.parse(`${today}T00:00:00Z`) + 86_400_000;
  const headers = {
    'X-Rate-Limit-Limit': String(limit),
    'X-Rate-Limit-Remaining': String(Math.max(0, limit - calls - 1)),
    'X-Rate-Limit-Reset': String(Math.ceil((midnight - hub.clock.nowMs()) / 1000)),
  };
  return { headers, refusal: over ? new Refusal(429, 'ACCESS_EXCEEDED', 'Exceeded API limit') : undefined };
}
