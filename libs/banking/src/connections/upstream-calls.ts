import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { UpstreamCall } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { LOGGER, type Logger, METRICS, type Metrics } from '../tokens.js';
import {
  addDays,
  addMinutes,
  addSilences,
  type MinuteCounts,
  replyWithinMs,
  type SilentSecond,
} from './call-counts.js';

const flushMs = 2_000;

/**
 * Counts what the upstreams did for us, by connection and minute, day, and second of silence: the source of a connection's
 * health and of the performance reports. Calls are gathered in memory and written set-wise, so that measuring costs no
 * statement per call; what a killed process had not written yet is lost, which both can afford.
 */
@Injectable()
export class UpstreamCalls implements OnModuleDestroy {
  private minutes = new Map<string, MinuteCounts>();
  private silences = new Map<string, SilentSecond>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: DataSource,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  record(call: UpstreamCall): void {
    const { provider, operation, startedAt, durationMs, ok } = call;
    const answered = call.httpStatus !== null && durationMs <= replyWithinMs;
    this.metrics.upstreamRequests.observe(
      { provider, operation, outcome: ok ? 'ok' : call.httpStatus === null ? 'no-answer' : 'failed' },
      durationMs / 1_000,
    );
    const counted = this.minuteOf(call);
    counted.calls += 1;
    counted.errors += ok ? 0 : 1;
    counted.totalMs += Math.round(durationMs);
    if (ok) counted.lastSuccessAt = startedAt;
    else counted.lastFailureAt = startedAt;
    if (answered) {
      counted.answered += 1;
      counted.answeredMs += durationMs;
      counted.answeredSeconds.add(startedAt.getUTCSeconds());
    } else {
      this.silenceOf(call).calls += 1;
    }
    this.timer ??= setTimeout(() => void this.flush(), flushMs).unref();
  }

  /** Writes what was gathered. Never throws: a database that is away must not fail a call to a bank. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const [minutes, silences] = [[...this.minutes.values()], [...this.silences.values()]];
    this.minutes = new Map();
    this.silences = new Map();
    try {
      await addMinutes(this.database, minutes);
      await addDays(
        this.database,
        'call',
        minutes.map((row) => ({ ...row, at: row.minute })),
      );
      await addSilences(this.database, silences);
    } catch (error) {
      this.logger.warn({ err: error, count: minutes.length }, 'counts of upstream calls were lost');
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.flush();
  }

  private minuteOf({ connectionId, startedAt }: UpstreamCall): MinuteCounts {
    const minute = floor(startedAt, 60_000);
    const key = `${connectionId} ${minute.getTime()}`;
    const counted = this.minutes.get(key) ?? {
      connectionId,
      minute,
      calls: 0,
      errors: 0,
      totalMs: 0,
      answered: 0,
      answeredMs: 0,
      lastSuccessAt: null,
      lastFailureAt: null,
      answeredSeconds: new Set(),
    };
    this.minutes.set(key, counted);
    return counted;
  }

  private silenceOf({ connectionId, startedAt }: UpstreamCall): SilentSecond {
    const second = floor(startedAt, 1_000);
    const key = `${connectionId} ${second.getTime()}`;
    const counted = this.silences.get(key) ?? { connectionId, second, calls: 0 };
    this.silences.set(key, counted);
    return counted;
  }
}

function floor(instant: Date, unitMs: number): Date {
  return new Date(Math.floor(instant.getTime() / unitMs) * unitMs);
}
