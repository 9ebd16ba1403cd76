import { Inject, Injectable } from '@nestjs/common';
import { ConnectionEntity } from '@tributary/persistence';
import type { Provider, Quota } from '@tributary/providers';
import { DataSource, IsNull } from 'typeorm';
import { notFound } from '../refusal.js';
import { LOGGER, type Logger } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { UpstreamCalls } from './upstream-calls.js';

/** Minutes that the rates look back. */
export const healthWindowMinutes = 15;

/** How a connection does. */
export interface ConnectionHealth {
  /** `unknown` until it was used within the window; `failing` also where its settings cannot be opened. */
  readonly status: 'healthy' | 'degraded' | 'failing' | 'unknown';
  readonly calls: number;
  readonly errors: number;
  /** 0 to 1; null without calls. */
  readonly errorRate: number | null;
  readonly averageLatencyMs: number | null;
  readonly lastSuccessAt: Date | null;
  readonly lastFailureAt: Date | null;
  readonly certificates: NonNullable<Provider['certificates']>;
  /** Calls that the upstream limits, as the process that answers saw it last. */
  readonly quotas: readonly Quota[];
}

interface Row {
  calls: number;
  errors: number;
  total_ms: number;
  last_success_at: Date | null;
  last_failure_at: Date | null;
}

/** From this share of failed calls on a connection is degraded, and failing. */
const degradedFrom = 0.1;
const failingFrom = 0.5;

/** Reads how the upstreams answered lately. */
@Injectable()
export class ConnectionHealthReader {
  constructor(
    private readonly database: DataSource,
    private readonly upstreams: UpstreamsService,
    private readonly calls: UpstreamCalls,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws Refusal `not_found` */
  async read(connectionId: string): Promise<ConnectionHealth> {
    const where = { id: connectionId, deletedAt: IsNull() };
    if (!(await this.database.getRepository(ConnectionEntity).existsBy(where))) throw notFound();
    // What this process saw a moment ago counts as well.
    await this.calls.flush();
    const [row] = await this.database.query<Row[]>(
      `SELECT coalesce(sum(calls) FILTER (WHERE recent), 0)::int AS calls,
              coalesce(sum(errors) FILTER (WHERE recent), 0)::int AS errors,
              coalesce(sum(total_ms) FILTER (WHERE recent), 0)::float AS total_ms,
              max(last_success_at) AS last_success_at, max(last_failure_at) AS last_failure_at
       FROM (SELECT *, minute > now() - make_interval(mins => $2) AS recent
             FROM connection_minutes WHERE connection_id = $1) AS minutes`,
      [connectionId, healthWindowMinutes],
    );
    const { calls = 0, errors = 0, total_ms: totalMs = 0 } = row ?? {};
    const errorRate = calls === 0 ? null : errors / calls;
    const told = await this.told(connectionId);
    return {
      status: told === null ? 'failing' : judge(errorRate),
      calls,
      errors,
      errorRate,
      averageLatencyMs: calls === 0 ? null : Math.round(totalMs / calls),
      lastSuccessAt: row?.last_success_at ?? null,
      lastFailureAt: row?.last_failure_at ?? null,
      certificates: told?.certificates ?? [],
      quotas: told?.quotas ?? [],
    };
  }

  /** null: the connection cannot be opened. */
  private async told(connectionId: string): Promise<Pick<ConnectionHealth, 'certificates' | 'quotas'> | null> {
    try {
      const { certificates = [], quotas } = await this.upstreams.provider(connectionId);
      return { certificates, quotas: quotas?.() ?? [] };
    } catch (error) {
      this.logger.error({ event: 'connection.unopened', err: error, connectionId }, 'a connection cannot be opened');
      return null;
    }
  }
}

function judge(errorRate: number | null): ConnectionHealth['status'] {
  if (errorRate === null) return 'unknown';
  if (errorRate >= failingFrom) return 'failing';
  return errorRate >= degradedFrom ? 'degraded' : 'healthy';
}
