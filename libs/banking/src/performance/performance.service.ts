import { Injectable } from '@nestjs/common';
import { type Connection, ConnectionEntity } from '@tributary/persistence';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { addDays } from '../connections/call-counts.js';
import { UpstreamCalls } from '../connections/upstream-calls.js';
import { notFound } from '../refusal.js';
import { readOutages, secondsDown, type Outage } from './outages.js';
import { ServedRequests } from './served-requests.js';

/**
 * What is measured over a connection: our calls to an upstream; where somebody calls us, the requests that we answer, and how
 * long customers took at our pages, from the first sight to their yes.
 */
export const activities = ['call', 'request', 'consent', 'payment'] as const;
export type Activity = (typeof activities)[number];

/** How one activity went on one UTC day, or over several of them. */
export interface Performance {
  /** 0 to 100: 100 less the share of the time in which the interface was down. 100 without calls. */
  readonly uptimePercent: number;
  /** Whole milliseconds over the answered ones; null without any. */
  readonly averageMs: number | null;
  /** 0 to 100: the share that failed on the other side (no answer, 5xx, 429). 0 without calls. */
  readonly errorPercent: number;
  readonly calls: number;
  readonly errors: number;
  readonly downSeconds: number;
}

export interface PerformanceDay extends Performance {
  /** YYYY-MM-DD, UTC. */
  readonly date: string;
}

export interface ConnectionPerformance {
  readonly connection: Pick<Connection, 'id' | 'name' | 'provider' | 'environment' | 'createdAt'>;
  /** Since when it is down; null while it answers. */
  readonly downSince: Date | null;
  /** Over all days that are listed. */
  readonly summary: Performance;
  /** Oldest first, from the day of its creation, until today. */
  readonly days: readonly PerformanceDay[];
}

export interface PerformanceRequest {
  /** First and last day, YYYY-MM-DD, both included. */
  readonly from: string;
  readonly to: string;
  /** All that exist without it. */
  readonly connectionId?: string | undefined;
  /** `call` without it. Downtime is known of calls only. */
  readonly activity?: Activity | undefined;
  /** Only connections over which this app is called as the bank. */
  readonly bankAppId?: string | undefined;
}

interface CountRow {
  connection_id: string;
  date: string;
  calls: number;
  errors: number;
  answered: number;
  answered_ms: string;
}

/** The counts of a day with what is needed to add days up. */
interface Measured {
  readonly date: string;
  readonly calls: number;
  readonly errors: number;
  readonly answered: number;
  readonly answeredMs: number;
  readonly downSeconds: number;
  readonly seconds: number;
}

const dayMs = 86_400_000;

/** Daily performance of the interfaces that we call, and of those that we offer. */
@Injectable()
export class PerformanceService {
  constructor(
    private readonly database: DataSource,
    private readonly calls: UpstreamCalls,
    private readonly served: ServedRequests,
  ) {}

  /** Notes one step of a customer, in the transaction in which it is made. Requests and calls are counted by themselves. */
  async note(
    manager: Pick<EntityManager, 'query'>,
    connectionId: string,
    activity: Exclude<Activity, 'call' | 'request'>,
    { at, durationMs }: { readonly at: Date; readonly durationMs: number },
  ): Promise<void> {
    const counts = { calls: 1, errors: 0, answered: 1, answeredMs: durationMs };
    await addDays(manager, activity, [{ connectionId, at, ...counts }]);
  }

  /** Whole milliseconds on one UTC day; undefined where there is nothing to take the average of. */
  async averageOf(
    manager: Pick<EntityManager, 'query'>,
    connectionId: string,
    activity: Activity,
    date: string,
  ): Promise<number | undefined> {
    const [row] = await manager.query<{ ms: number }[]>(
      `SELECT round(answered_ms::numeric / answered)::int AS ms FROM connection_days
       WHERE connection_id = $1 AND activity = $2 AND day = $3 AND answered > 0`,
      [connectionId, activity, date],
    );
    return row?.ms;
  }

  /**
   * Per connection and day: uptime, average time, error rate.
   * @throws Refusal `not_found` for a connection that does not exist
   */
  async daily({
    from,
    to,
    connectionId,
    bankAppId,
    activity = 'call',
  }: PerformanceRequest): Promise<ConnectionPerformance[]> {
    const where = {
      deletedAt: IsNull(),
      ...(connectionId !== undefined && { id: connectionId }),
      ...(bankAppId !== undefined && { bankAppId }),
    };
    const connections = await this.database.getRepository(ConnectionEntity).find({ where, order: { id: 'ASC' } });
    if (connectionId !== undefined && connections.length === 0) throw notFound();
    // What this process saw a moment ago counts as well.
    await Promise.all([this.calls.flush(), this.served.flush()]);
    const [clock] = await this.database.query<{ now: Date }[]>('SELECT now() AS now');
    const now = clock?.now ?? new Date();
    const ids = connections.map(({ id }) => id);
    const counts = await this.counts(ids, activity, from, to);
    const end = new Date(Math.min(startOf(to).getTime() + dayMs, now.getTime()));
    const outages = activity === 'call' ? await readOutages(this.database, ids, startOf(from), now) : [];
    return connections.map((connection) => {
      const own = outages.filter((outage) => outage.connectionId === connection.id);
      const measured = daysOf(connection, from, end).map((date) =>
        measure(date, counts.get(`${connection.id} ${date}`), own, now),
      );
      const { id, name, provider, environment, createdAt } = connection;
      return {
        connection: { id, name, provider, environment, createdAt },
        downSince: own.find(({ endedAt }) => endedAt === null)?.startedAt ?? null,
        summary: performanceOf(measured),
        days: measured.map((day) => ({ date: day.date, ...performanceOf([day]) })),
      };
    });
  }

  private async counts(
    ids: readonly string[],
    activity: Activity,
    from: string,
    to: string,
  ): Promise<ReadonlyMap<string, CountRow>> {
    const rows = await this.database.query<CountRow[]>(
      `SELECT connection_id, day::text AS date, calls, errors, answered, answered_ms FROM connection_days
       WHERE connection_id = ANY($1) AND activity = $2 AND day BETWEEN $3 AND $4`,
      [ids, activity, from, to],
    );
    return new Map(rows.map((row) => [`${row.connection_id} ${row.date}`, row]));
  }
}

function startOf(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}

/** From the first day asked for or of the connection's own, whichever is later. */
function daysOf({ createdAt }: Connection, from: string, end: Date): string[] {
  const created = createdAt.toISOString().slice(0, 10);
  const days: string[] = [];
  for (let at = startOf(from > created ? from : created).getTime(); at < end.getTime(); at += dayMs) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

/** Today counts as far as it has come. */
function measure(date: string, row: CountRow | undefined, outages: readonly Outage[], now: Date): Measured {
  const start = startOf(date);
  const end = new Date(Math.min(start.getTime() + dayMs, now.getTime()));
  return {
    date,
    calls: row?.calls ?? 0,
    errors: row?.errors ?? 0,
    answered: row?.answered ?? 0,
    answeredMs: Number(row?.answered_ms ?? 0),
    downSeconds: secondsDown(outages, start, end),
    seconds: (end.getTime() - start.getTime()) / 1_000,
  };
}

function performanceOf(days: readonly Measured[]): Performance {
  const sum = (field: Exclude<keyof Measured, 'date'>) => days.reduce((total, day) => total + day[field], 0);
  const [calls, errors, answered, downSeconds, seconds] = [
    sum('calls'),
    sum('errors'),
    sum('answered'),
    sum('downSeconds'),
    sum('seconds'),
  ];
  return {
    uptimePercent: seconds === 0 ? 100 : Math.max(0, 100 - (100 * downSeconds) / seconds),
    averageMs: answered === 0 ? null : Math.round(sum('answeredMs') / answered),
    errorPercent: calls === 0 ? 0 : (100 * errors) / calls,
    calls,
    errors,
    downSeconds,
  };
}
