import { Inject, Injectable } from '@nestjs/common';
import type { IsoPaymentStatus } from '@tributary/domain';
import { type BankReport, BankReportEntity, BankTokenEntity, entityReader, withTenant } from '@tributary/persistence';
import { Vault } from '@tributary/platform';
import { type CallContext, type DailyPerformance, type InboundBank, ProviderError } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { Refusal } from '../refusal.js';
import { LOGGER, type Logger } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { tokenPlace } from './bank-tokens.js';

/** On top of what the hub may take to answer: for our own part of telling it. */
const ownSeconds = 30;
const slowestSeconds = 3_600;
/**
 * After so many attempts a report that the hub refuses holds back the later ones about the same subject no more. One that the hub
 * could not be asked about holds them back for as long as that lasts.
 */
const patientAttempts = 6;

/** The failure of a report that ended because the hub had a later word. */
const overtaken = 'overtaken';

/** Telling hubs what changed: an outbox, sent in the order of each subject until the hub says that it has it. */
@Injectable()
export class BankReportsService {
  private readonly reportOf: (row: Readonly<Record<string, unknown>>) => BankReport;

  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly upstreams: UpstreamsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.reportOf = entityReader(database, BankReportEntity);
  }

  /** Connections with something to tell. */
  async dueConnections(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      'SELECT DISTINCT connection_id AS id FROM bank_reports WHERE next_attempt_at <= now()',
    );
    return rows.map(({ id }) => id);
  }

  /** Tells what is due, one after another. @param limit of how many @returns how many were tried */
  async sendDue(connectionId: string, limit: number, context: CallContext): Promise<number> {
    let tried = 0;
    while (tried < limit && context.signal?.aborted !== true) {
      const report = await this.claim(connectionId);
      if (!report) break;
      tried += 1;
      await withTenant(report.appId, () => this.send(report, context));
    }
    return tried;
  }

  /** Takes the first report that is due; nobody else does for longer than the hub may take to answer. */
  private async claim(connectionId: string): Promise<BankReport | null> {
    const [rows] = await this.database.query<[Record<string, unknown>[], number]>(
      `UPDATE bank_reports AS report
       SET attempts = report.attempts + 1, next_attempt_at = now() + $2 * interval '1 second'
       FROM (SELECT sequence FROM bank_reports AS due
             WHERE connection_id = $1 AND next_attempt_at <= now() AND NOT EXISTS (
               SELECT 1 FROM bank_reports AS earlier
               WHERE earlier.connection_id = due.connection_id AND earlier.subject = due.subject
                 AND earlier.sequence < due.sequence AND earlier.next_attempt_at IS NOT NULL
                 AND (earlier.attempts < $3 OR NOT earlier.refused))
             ORDER BY sequence LIMIT 1 FOR UPDATE SKIP LOCKED) AS due
       WHERE report.sequence = due.sequence RETURNING report.*`,
      [connectionId, (await this.answerSeconds(connectionId)) + ownSeconds, patientAttempts],
    );
    const [row] = rows;
    return row ? this.reportOf(row) : null;
  }

  /** How long the hub may take; where nothing can be sent at all, the attempt itself will say why. */
  private async answerSeconds(connectionId: string): Promise<number> {
    try {
      return (await this.upstreams.provider(connectionId)).bank?.reportSeconds ?? 0;
    } catch {
      return 0;
    }
  }

  private async send(report: BankReport, context: CallContext): Promise<void> {
    try {
      // The last word about a day counts: an earlier one that the hub did not take must not come after it.
      if (report.kind === 'dailyPerformance' && (await this.overtaken(report)))
        return await this.end(report, overtaken);
      const { bank } = await this.upstreams.provider(report.connectionId);
      if (!bank) throw new Error('the connection has no settings of a bank: the hub cannot be told');
      await this.tell(bank, report, context);
      await this.end(report, null);
    } catch (error) {
      await this.failed(report, error);
    }
  }

  private async tell(bank: InboundBank, { kind, subject, payload }: BankReport, context: CallContext): Promise<void> {
    switch (kind) {
      case 'paymentStatus': {
        const { reference, status } = payload as { reference: string; status: IsoPaymentStatus };
        return bank.reportStatus(reference, status, context);
      }
      case 'dailyPerformance':
        return bank.reportPerformance({ date: subject, ...(payload as Omit<DailyPerformance, 'date'>) }, context);
      case 'tokenRevocation': {
        const token = await this.database.getRepository(BankTokenEntity).findOneByOrFail({ id: subject });
        return bank.revokeToken(this.vault.unseal(token.tokenEnvelope, tokenPlace(token)), context);
      }
    }
  }

  private async failed(report: BankReport, error: unknown): Promise<void> {
    const { kind, subject, connectionId, attempts } = report;
    // Nobody is there any more who could be told.
    if (error instanceof Refusal && error.code === 'no_route') return this.end(report, 'the connection was removed');
    const known = error instanceof ProviderError;
    // What the hub does not know is dead there already.
    if (known && error.kind === 'not-found' && kind === 'tokenRevocation') return this.end(report, error.message);
    const no = known && (error.kind === 'rejected' || error.kind === 'not-found');
    // The hub has a later word about the payment: this one would only be refused again and again.
    if (no && kind === 'paymentStatus' && (await this.overtaken(report))) return this.end(report, overtaken);
    const failure = known ? error.message : 'our own fault: see the log';
    const seconds = Math.min(2 ** Math.min(attempts, 12), slowestSeconds);
    await this.database.query(
      // Not where another process has taken it over meanwhile: what that one finds counts.
      `UPDATE bank_reports SET next_attempt_at = now() + $2 * interval '1 second', failure = $3, refused = $4
       WHERE sequence = $1 AND attempts = $5 AND next_attempt_at IS NOT NULL`,
      [report.sequence, seconds, failure, no, attempts],
    );
    const facts = { event: 'bank.report-failed', kind, subject, connectionId, attempts, err: error };
    if (known && error.kind === 'unavailable') this.logger.warn(facts, 'a hub could not be told yet');
    else this.logger.error(facts, 'a hub does not take a report; it is told again later');
  }

  private async overtaken({ connectionId, subject, sequence }: BankReport): Promise<boolean> {
    const later = await this.database.query<unknown[]>(
      `SELECT 1 FROM bank_reports
       WHERE connection_id = $1 AND subject = $2 AND sequence > $3 AND sent_at IS NOT NULL LIMIT 1`,
      [connectionId, subject, sequence],
    );
    return later.length > 0;
  }

  private async end({ sequence }: BankReport, failure: string | null): Promise<void> {
    await this.database.query(
      'UPDATE bank_reports SET next_attempt_at = NULL, sent_at = CASE WHEN $2::text IS NULL THEN now() END, failure = $2 WHERE sequence = $1',
      [sequence, failure],
    );
  }
}
