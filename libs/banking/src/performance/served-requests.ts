import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { addDays, type DayCounts } from '../connections/call-counts.js';
import { LOGGER, type Logger } from '../tokens.js';

const flushMs = 2_000;

/** A request that somebody made to us over a connection, and how it was answered. */
export interface ServedRequest {
  readonly connectionId: string;
  readonly at: Date;
  readonly durationMs: number;
  /** false: it failed for a reason of ours. */
  readonly ok: boolean;
}

/**
 * Counts what we answered where somebody calls us: the performance of the interface that we offer over a connection.
 * Gathered in memory and written set-wise; what a killed process had not written yet is lost.
 */
@Injectable()
export class ServedRequests implements OnModuleDestroy {
  private waiting: DayCounts[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  record({ connectionId, at, durationMs, ok }: ServedRequest): void {
    const answered = ok ? { answered: 1, answeredMs: durationMs } : { answered: 0, answeredMs: 0 };
    this.waiting.push({ connectionId, at, calls: 1, errors: ok ? 0 : 1, ...answered });
    this.timer ??= setTimeout(() => void this.flush(), flushMs).unref();
  }

  /** Writes what was gathered. Never throws: a database that is away must not fail an answer. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { waiting } = this;
    this.waiting = [];
    try {
      await addDays(this.database, 'request', waiting);
    } catch (error) {
      this.logger.warn({ err: error, count: waiting.length }, 'counts of served requests were lost');
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.flush();
  }
}
