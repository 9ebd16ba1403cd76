import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock, LOGGER, type Logger } from '../tokens.js';

const minuteMs = 60_000;
/** How often what was counted here is shared with the other processes. */
const shareMs = 500;
/** Rows of minutes that nobody asks about any more are deleted after this. */
const keptMs = 10 * minuteMs;

interface Counted {
  /** Start of the minute. */
  readonly minute: number;
  /** Over all processes, as of the last sharing. */
  shared: number;
  /** Here, since then. */
  own: number;
}

/**
 * How often a caller asked within the present minute, over all processes. Counted in memory and shared twice a second, so
 * that a limit costs no round trip per request; it may be passed by what a process lets in within half a second.
 */
@Injectable()
export class RateCounts implements OnModuleDestroy {
  private readonly counts = new Map<string, Counted>();
  private timer: NodeJS.Timeout | undefined;
  private nextCleaning = 0;

  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Counts a request. @returns which one it is in its minute, and how many milliseconds that minute still has */
  hit(key: string): { readonly hits: number; readonly restMs: number } {
    const now = this.clock.now().getTime();
    const minute = Math.floor(now / minuteMs) * minuteMs;
    let counted = this.counts.get(key);
    if (counted?.minute !== minute) {
      counted = { minute, shared: 0, own: 0 };
      this.counts.set(key, counted);
    }
    counted.own += 1;
    this.timer ??= setTimeout(() => void this.share(), shareMs).unref();
    return { hits: counted.shared + counted.own, restMs: minute + minuteMs - now };
  }

  /** Never throws: while the database is away each process counts for itself. */
  async share(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const now = this.clock.now().getTime();
    const minute = Math.floor(now / minuteMs) * minuteMs;
    for (const [key, counted] of this.counts) if (counted.minute < minute) this.counts.delete(key);
    const rows = [...this.counts].map(([key, counted]) => ({ key, own: counted.own }));
    if (rows.length === 0) return;
    try {
      const totals = await this.database.query<{ key: string; hits: number }[]>(
        `INSERT INTO rate_counts AS counted (key, minute, hits)
         SELECT key, $3, hits FROM unnest($1::text[], $2::int[]) AS row(key, hits) ORDER BY key
         ON CONFLICT (key, minute) DO UPDATE SET hits = counted.hits + excluded.hits
         RETURNING key, hits`,
        [rows.map(({ key }) => key), rows.map(({ own }) => own), new Date(minute)],
      );
      const written = new Map(rows.map(({ key, own }) => [key, own]));
      for (const { key, hits } of totals) {
        const counted = this.counts.get(key);
        if (counted?.minute !== minute) continue;
        counted.shared = hits;
        counted.own -= written.get(key) ?? 0;
      }
      await this.clean(now);
    } catch (error) {
      this.logger.warn({ err: error }, 'rate limits are not shared just now');
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.share();
  }

  private async clean(now: number): Promise<void> {
    if (now < this.nextCleaning) return;
    this.nextCleaning = now + keptMs;
    await this.database.query('DELETE FROM rate_counts WHERE minute < $1', [new Date(now - keptMs)]);
  }
}
