import type { Quota } from '../port/index.js';

/** What upstreams say about how often they may still be called, kept until it is over. */
export interface Quotas {
  /**
   * When to come back for a call that the upstream would refuse now; null where nothing is known against it.
   * @param key what the upstream counts by; it is not shown
   */
  blockedUntil(operation: string, key: string, now: Date): Date | null;
  note(key: string, quota: Quota): void;
  /** One per operation: the one with least left. */
  list(now: Date): readonly Quota[];
}

/** Older ones are forgotten beyond this many: the upstream would say so again. */
const most = 10_000;

export function createQuotas(): Quotas {
  const held = new Map<string, Quota>();
  const nameOf = (operation: string, key: string): string => JSON.stringify([operation, key]);
  return {
    blockedUntil(operation, key, now) {
      const quota = held.get(nameOf(operation, key));
      return quota && quota.remaining <= 0 && quota.resetsAt > now ? quota.resetsAt : null;
    },
    note(key, quota) {
      const name = nameOf(quota.operation, key);
      // Set anew, so that the order is that of the last word.
      held.delete(name);
      held.set(name, quota);
      const [oldest] = held.keys();
      if (held.size > most && oldest !== undefined) held.delete(oldest);
    },
    list(now) {
      const least = new Map<string, Quota>();
      for (const quota of held.values()) {
        if (quota.resetsAt <= now) continue;
        const known = least.get(quota.operation);
        if (!known || quota.remaining < known.remaining) least.set(quota.operation, quota);
      }
      return [...least.values()].toSorted((a, b) => a.operation.localeCompare(b.operation));
    },
  };
}
