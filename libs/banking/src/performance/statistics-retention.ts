import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * For so many days it is known how connections performed: the quarter that runs, and the twelve before it that the status page
 * shows. Counts, seconds without an answer and days go together, since uptime is made of all of them and would look better
 * without one.
 */
export const statisticsKeptDays = 1_200;

/** What is measured about connections, with the column that says when. */
const statistics = [
  { table: 'connection_minutes', column: 'minute' },
  { table: 'connection_silences', column: 'second' },
  { table: 'connection_days', column: 'day' },
] as const;

/** Deletes measurements that no report shows any more. */
@Injectable()
export class StatisticsRetention {
  constructor(private readonly database: DataSource) {}

  /** @returns how many rows were deleted; as many as the limit: there may be more */
  async forgetOld(limit: number): Promise<number> {
    let deleted = 0;
    for (const { table, column } of statistics) {
      const [, count] = await this.database.query<[unknown[], number]>(
        // By connection, so that the primary key finds them.
        `WITH old AS MATERIALIZED (
           SELECT held.ctid FROM connections
           CROSS JOIN LATERAL (SELECT ctid FROM ${table} WHERE connection_id = connections.id
             AND ${column} < (date_trunc('day', now() AT TIME ZONE 'UTC') - $1 * interval '1 day') AT TIME ZONE 'UTC'
             LIMIT $2 FOR UPDATE SKIP LOCKED) AS held
           LIMIT $2)
         DELETE FROM ${table} USING old WHERE ${table}.ctid = old.ctid`,
        [statisticsKeptDays, limit - deleted],
      );
      deleted += count;
      if (deleted >= limit) break;
    }
    return deleted;
  }
}
