import type { DataSource, EntityManager } from 'typeorm';

/** Calls over one connection that began in one minute. */
export interface MinuteCounts {
  readonly connectionId: string;
  readonly minute: Date;
  calls: number;
  errors: number;
  totalMs: number;
  answered: number;
  answeredMs: number;
  lastSuccessAt: Date | null;
  lastFailureAt: Date | null;
  /** Seconds of the minute in which a call began that was answered. */
  readonly answeredSeconds: Set<number>;
}

/** Calls without an answer that began in one second. */
export interface SilentSecond {
  readonly connectionId: string;
  readonly second: Date;
  calls: number;
}

/**
 * A reply that takes longer counts as none (RTS on SCA, Article 33(1); EBA/GL/2018/07, guideline 2.4). So does a request
 * that we gave up earlier: nobody will ever know.
 */
export const replyWithinMs = 30_000;

/**
 * Adds counts of this process to what all processes counted. One statement for each table, whatever the number of rows.
 * Rows are joined to connections: the catalogue's examples and removed connections count for nobody.
 */
export async function addMinutes(database: DataSource, rows: readonly MinuteCounts[]): Promise<void> {
  if (rows.length === 0) return;
  await database.query(
    `INSERT INTO connection_minutes AS held
       (connection_id, minute, calls, errors, total_ms, last_success_at, last_failure_at, answered_seconds)
     SELECT new.* FROM unnest($1::text[], $2::timestamptz[], $3::int[], $4::int[], $5::int[], $6::timestamptz[],
       $7::timestamptz[], $8::bigint[])
       AS new(connection_id, minute, calls, errors, total_ms, last_success_at, last_failure_at, answered_seconds)
     JOIN connections ON connections.id = new.connection_id
     ORDER BY new.connection_id, new.minute
     ON CONFLICT (connection_id, minute) DO UPDATE SET
       calls = held.calls + excluded.calls,
       errors = held.errors + excluded.errors,
       total_ms = held.total_ms + excluded.total_ms,
       last_success_at = greatest(held.last_success_at, excluded.last_success_at),
       last_failure_at = greatest(held.last_failure_at, excluded.last_failure_at),
       answered_seconds = held.answered_seconds | excluded.answered_seconds`,
    [
      rows.map((row) => row.connectionId),
      rows.map((row) => row.minute),
      rows.map((row) => row.calls),
      rows.map((row) => row.errors),
      rows.map((row) => row.totalMs),
      rows.map((row) => row.lastSuccessAt),
      rows.map((row) => row.lastFailureAt),
      rows.map((row) => bitsOf(row.answeredSeconds)),
    ],
  );
}

/** What a step or a call adds to its day. */
export interface DayCounts {
  readonly connectionId: string;
  readonly at: Date;
  readonly calls: number;
  readonly errors: number;
  readonly answered: number;
  readonly answeredMs: number;
}

/** Adds to the UTC days of one activity. */
export async function addDays(
  database: Pick<DataSource | EntityManager, 'query'>,
  activity: string,
  rows: readonly DayCounts[],
): Promise<void> {
  if (rows.length === 0) return;
  await database.query(
    `INSERT INTO connection_days AS held (connection_id, day, activity, calls, errors, answered, answered_ms)
     SELECT new.connection_id, (new.at AT TIME ZONE 'UTC')::date AS day, $1,
       sum(new.calls), sum(new.errors), sum(new.answered), sum(new.answered_ms)
     FROM unnest($2::text[], $3::timestamptz[], $4::int[], $5::int[], $6::int[], $7::bigint[])
       AS new(connection_id, at, calls, errors, answered, answered_ms)
     JOIN connections ON connections.id = new.connection_id
     GROUP BY new.connection_id, day ORDER BY new.connection_id, day
     ON CONFLICT (connection_id, day, activity) DO UPDATE SET
       calls = held.calls + excluded.calls,
       errors = held.errors + excluded.errors,
       answered = held.answered + excluded.answered,
       answered_ms = held.answered_ms + excluded.answered_ms`,
    [
      activity,
      rows.map((row) => row.connectionId),
      rows.map((row) => row.at),
      rows.map((row) => row.calls),
      rows.map((row) => row.errors),
      rows.map((row) => row.answered),
      rows.map((row) => Math.round(row.answeredMs)),
    ],
  );
}

export async function addSilences(database: DataSource, rows: readonly SilentSecond[]): Promise<void> {
  if (rows.length === 0) return;
  await database.query(
    `INSERT INTO connection_silences AS held (connection_id, second, calls)
     SELECT new.* FROM unnest($1::text[], $2::timestamptz[], $3::int[]) AS new(connection_id, second, calls)
     JOIN connections ON connections.id = new.connection_id
     ORDER BY new.connection_id, new.second
     ON CONFLICT (connection_id, second) DO UPDATE SET calls = held.calls + excluded.calls`,
    [rows.map((row) => row.connectionId), rows.map((row) => row.second), rows.map((row) => row.calls)],
  );
}

function bitsOf(seconds: ReadonlySet<number>): string {
  let bits = 0n;
  for (const second of seconds) bits |= 1n << BigInt(second);
  return bits.toString();
}
