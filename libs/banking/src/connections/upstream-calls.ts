import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { UpstreamCall } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { LOGGER, type Logger, METRICS, type Metrics } from '../tokens.js';

interface Minute {
  readonly connectionId: string;
  readonly minute: Date;
  calls: number;
  errors: number;
  totalMs: number;
  lastSuccessAt: Date | null;
  lastFailureAt: Date | null;
}

const flushMs = 2_000;

/**
 * Counts what the upstreams did for us, by connection and minute: the source of a connection's health.
 * Calls are gathered in memory and written set-wise, so that measuring costs no statement per call; what a killed
 * process had not written yet is lost, which health can afford.
 */
@Injectable()
export class UpstreamCalls implements OnModuleDestroy {
  private minutes = new Map<string, Minute>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: DataSource,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  record(call: UpstreamCall): void {
    const { provider, operation, connectionId, startedAt, durationMs, ok } = call;
    this.metrics.upstreamRequests.observe(
      { provider, operation, outcome: ok ? 'ok' : call.httpStatus === null ? 'no-answer' : 'failed' },
      durationMs / 1_000,
    );
    const minute = new Date(Math.floor(startedAt.getTime() / 60_000) * 60_000);
    const key = `${connectionId} ${minute.getTime()}`;
    const counted = this.minutes.get(key) ?? {
      connectionId,
      minute,
      calls: 0,
      errors: 0,
      totalMs: 0,
      lastSuccessAt: null,
      lastFailureAt: null,
    };
    counted.calls += 1;
    counted.errors += ok ? 0 : 1;
    counted.totalMs += Math.round(durationMs);
    if (ok) counted.lastSuccessAt = startedAt;
    else counted.lastFailureAt = startedAt;
    this.minutes.set(key, counted);
    this.timer ??= setTimeout(() => void this.flush(), flushMs).unref();
  }

  /** Writes what was gathered. Never throws: a database that is away must not fail a call to a bank. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const rows = [...this.minutes.values()];
    this.minutes = new Map();
    if (rows.length === 0) return;
    try {
      // Joined to connections: the catalogue's examples and removed connections count for nobody.
      await this.database.query(
        `INSERT INTO connection_minutes AS held
           (connection_id, minute, calls, errors, total_ms, last_success_at, last_failure_at)
         SELECT new.* FROM unnest($1::text[], $2::timestamptz[], $3::int[], $4::int[], $5::int[], $6::timestamptz[],
           $7::timestamptz[]) AS new(connection_id, minute, calls, errors, total_ms, last_success_at, last_failure_at)
         JOIN connections ON connections.id = new.connection_id
         ORDER BY new.connection_id, new.minute
         ON CONFLICT (connection_id, minute) DO UPDATE SET
           calls = held.calls + excluded.calls,
           errors = held.errors + excluded.errors,
           total_ms = held.total_ms + excluded.total_ms,
           last_success_at = greatest(held.last_success_at, excluded.last_success_at),
           last_failure_at = greatest(held.last_failure_at, excluded.last_failure_at)`,
        [
          rows.map((row) => row.connectionId),
          rows.map((row) => row.minute),
          rows.map((row) => row.calls),
          rows.map((row) => row.errors),
          rows.map((row) => row.totalMs),
          rows.map((row) => row.lastSuccessAt),
          rows.map((row) => row.lastFailureAt),
        ],
      );
    } catch (error) {
      this.logger.warn({ err: error, count: rows.length }, 'counts of upstream calls were lost');
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.flush();
  }
}
