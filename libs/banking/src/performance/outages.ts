import type { DataSource } from 'typeorm';

/** A time in which an upstream was down. */
export interface Outage {
  readonly connectionId: string;
  readonly startedAt: Date;
  /** null: it is down now. */
  readonly endedAt: Date | null;
}

/** So many requests in a row without an answer mean that the interface is down. */
const silentCalls = 5;

/**
 * Reads when upstreams were down: from the first of five consecutive requests that got no answer within 30 seconds, until
 * the next request that got one, whichever process sent them (RTS on SCA, Article 33(1); EBA/GL/2018/07, guideline 2.4).
 * Requests are in the order in which they began, to the second: an answered one in the same second ends the row.
 */
export async function readOutages(
  database: DataSource,
  connectionIds: readonly string[],
  from: Date,
  to: Date,
): Promise<Outage[]> {
  const rows = await database.query<{ connection_id: string; started_at: Date; ended_at: Date | null }[]>(
    `SELECT silence.connection_id, min(silence.second) AS started_at, next.answered_at AS ended_at
     FROM unnest($1::text[]) AS wanted(id)
     -- A row of silence that began before the window reaches into it only if nothing was answered since.
     CROSS JOIN LATERAL (
       SELECT coalesce(max(minute), '-infinity') AS since FROM connection_minutes
       WHERE connection_id = wanted.id AND answered_seconds <> 0 AND minute < $2) AS before
     JOIN connection_silences AS silence
       ON silence.connection_id = wanted.id AND silence.second >= before.since AND silence.second < $3
     CROSS JOIN LATERAL (
       SELECT min(answered.minute + second * interval '1 second') AS answered_at
       FROM (SELECT minute, answered_seconds FROM connection_minutes
             WHERE connection_id = silence.connection_id AND answered_seconds <> 0
               AND minute >= date_trunc('minute', silence.second)
             ORDER BY minute LIMIT 2) AS answered, generate_series(0, 59) AS second
       WHERE (answered.answered_seconds >> second) & 1 = 1
         AND answered.minute + second * interval '1 second' >= silence.second) AS next
     GROUP BY silence.connection_id, next.answered_at
     HAVING sum(silence.calls) >= $4 AND (next.answered_at IS NULL OR next.answered_at > $2)
     ORDER BY silence.connection_id, started_at`,
    [connectionIds, from, to, silentCalls],
  );
  return rows.map((row) => ({ connectionId: row.connection_id, startedAt: row.started_at, endedAt: row.ended_at }));
}

/** Seconds of a span that fall into outages of one connection. */
export function secondsDown(outages: readonly Outage[], from: Date, to: Date): number {
  const ms = outages.reduce((sum, { startedAt, endedAt }) => {
    const start = Math.max(startedAt.getTime(), from.getTime());
    const end = Math.min(endedAt?.getTime() ?? to.getTime(), to.getTime());
    return sum + Math.max(0, end - start);
  }, 0);
  return Math.round(ms / 1_000);
}
