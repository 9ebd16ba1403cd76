import { Injectable } from '@nestjs/common';
import type { Consent } from '@tributary/persistence';
import type { UnattendedReads } from '@tributary/providers';
import { DataSource } from 'typeorm';

/** Counts, for all processes together, how often a consent was used without its PSU. */
@Injectable()
export class UnattendedReadCounts {
  constructor(private readonly database: DataSource) {}

  of({ id, appId, frequencyPerDay }: Pick<Consent, 'id' | 'appId' | 'frequencyPerDay'>): UnattendedReads {
    return { take: (endpoint, most) => this.take(id, appId, endpoint, Math.min(most, frequencyPerDay)) };
  }

  /** One statement, so that simultaneous callers get what is left and no more. Days of before are forgotten with it. */
  private async take(consentId: string, appId: string, endpoint: string, limit: number): Promise<Date | null> {
    const [counted] = await this.database.query<unknown[]>(
      `INSERT INTO unattended_reads AS held (consent_id, endpoint, app_id, day, calls)
       SELECT $1, $2, $3, (now() AT TIME ZONE 'UTC')::date, 1 WHERE $4::int > 0
       ON CONFLICT (consent_id, endpoint) DO UPDATE
       SET calls = CASE WHEN held.day = excluded.day THEN held.calls + 1 ELSE 1 END, day = excluded.day
       WHERE held.day <> excluded.day OR held.calls < $4
       RETURNING calls`,
      [consentId, endpoint, appId, limit],
    );
    if (counted) return null;
    const [next] = await this.database.query<{ at: Date }[]>(
      `SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '1 day' AS at`,
    );
    if (!next) throw new Error('the database has no clock');
    return next.at;
  }
}
