import { Inject, Injectable } from '@nestjs/common';
import type { DailyPerformance } from '@tributary/providers';
import { DataSource, type EntityManager } from 'typeorm';
import { PerformanceService } from '../performance/performance.service.js';
import { Refusal } from '../refusal.js';
import { CLOCK, type Clock } from '../tokens.js';
import { addReport } from './bank-reports.js';
import { Desks } from './desks.js';

/**
 * How long customers took, from the first sight of a page to their yes: what hubs want to know every day. The figures are those
 * of the performance report, and there is no other measurement.
 */
@Injectable()
export class BankPerformance {
  constructor(
    private readonly database: DataSource,
    private readonly desks: Desks,
    private readonly performance: PerformanceService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Notes how long a customer took at a page of ours, in the transaction of their yes. Nothing where nobody logged in there:
   * an app with pages of its own decides for them.
   */
  async decided(
    manager: EntityManager,
    activity: 'consent' | 'payment',
    { id, connectionId }: { readonly id: string; readonly connectionId: string },
  ): Promise<void> {
    const [shown] = await manager.query<{ shown_at: Date }[]>(
      'SELECT shown_at FROM bank_sessions WHERE subject_id = $1 AND psu_id IS NOT NULL AND shown_at IS NOT NULL',
      [id],
    );
    if (!shown) return;
    const at = this.clock.now();
    const durationMs = Math.max(0, at.getTime() - shown.shown_at.getTime());
    await this.performance.note(manager, connectionId, activity, { at, durationMs });
  }

  /** Averages of one UTC day over one connection; absent where nobody did it. */
  async ofDay(manager: EntityManager, connectionId: string, date: string): Promise<DailyPerformance> {
    const average = (activity: 'consent' | 'payment') =>
      this.performance.averageOf(manager, connectionId, activity, date);
    return { date, consentMs: await average('consent'), paymentMs: await average('payment') };
  }

  /** Has the hubs of an app told about a day, again if they were. @returns what they are told, by connection
   * @throws Refusal `invalid_request` for a day to come */
  async report(
    appId: string,
    date: string,
  ): Promise<readonly { readonly connectionId: string; readonly performance: DailyPerformance }[]> {
    if (date > this.clock.now().toISOString().slice(0, 10)) {
      throw new Refusal('invalid_request', 'Nothing can be said about a day that has not begun.', {
        errors: [{ pointer: '/date', code: 'invalid', message: 'must be today or a day before' }],
      });
    }
    const connections = await this.desks.connectionsOf(appId);
    return this.database.transaction(async (manager) => {
      const reported: { readonly connectionId: string; readonly performance: DailyPerformance }[] = [];
      for (const { id: connectionId } of connections) {
        const performance = await this.ofDay(manager, connectionId, date);
        const { date: subject, ...payload } = performance;
        await addReport(manager, { connectionId, appId, kind: 'dailyPerformance', subject, payload });
        reported.push({ connectionId, performance });
      }
      return reported;
    });
  }

  /**
   * Has every hub told about yesterday that was not yet; a day that no process was up for is made up for a week. A report that was
   * asked for while the day went on is not that one: its figures were not complete.
   */
  async reportDue(): Promise<void> {
    const due = await this.database.query<{ connection_id: string; app_id: string; day: string }[]>(
      `SELECT connection.id AS connection_id, connection.bank_app_id AS app_id, day::date AS day
       FROM connections AS connection, generate_series(
         greatest((connection.created_at AT TIME ZONE 'UTC')::date, (now() AT TIME ZONE 'UTC')::date - 7),
         (now() AT TIME ZONE 'UTC')::date - 1, interval '1 day') AS day
       WHERE connection.bank_app_id IS NOT NULL AND connection.deleted_at IS NULL AND NOT EXISTS (
         SELECT 1 FROM bank_reports AS report WHERE report.connection_id = connection.id
           AND report.kind = 'dailyPerformance' AND report.subject = to_char(day, 'YYYY-MM-DD')
           AND (report.created_at AT TIME ZONE 'UTC')::date > day::date)`,
    );
    for (const { connection_id: connectionId, app_id: appId, day } of due)
      await this.reportOnce(connectionId, appId, day);
  }

  /** Locked, so that two workers at once make one report. */
  private async reportOnce(connectionId: string, appId: string, date: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.query('SELECT id FROM connections WHERE id = $1 FOR UPDATE', [connectionId]);
      const made = await manager.query<unknown[]>(
        `SELECT 1 FROM bank_reports WHERE connection_id = $1 AND kind = 'dailyPerformance' AND subject = $2
           AND (created_at AT TIME ZONE 'UTC')::date > $2::date`,
        [connectionId, date],
      );
      if (made.length > 0) return;
      const { date: subject, ...payload } = await this.ofDay(manager, connectionId, date);
      await addReport(manager, { connectionId, appId, kind: 'dailyPerformance', subject, payload });
    });
  }
}
