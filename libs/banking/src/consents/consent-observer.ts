import { Inject, Injectable } from '@nestjs/common';
import { consentIsFinal, type ConsentState, judgeConsent, type ObservationSource } from '@tributary/domain';
import { type Consent, ConsentEntity, ConsentEventEntity } from '@tributary/persistence';
import type { ConsentSnapshot } from '@tributary/providers';
import { DataSource, type EntityManager } from 'typeorm';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { disclosed } from '../disclosure.js';
import { addEvent } from '../events/outbox.js';
import { LOGGER, type Logger } from '../tokens.js';
import { Grants } from '../upstreams/grants.js';
import { HeldConsents } from './held-consents.js';

/** Who said something about a consent: an observation of the upstream, the app itself, or the clock. */
export type ConsentSource = ObservationSource | 'app' | 'clock';

/** What somebody said about a consent. */
export interface ConsentReport {
  /** null: a word without a meaning to us. */
  readonly state: ConsentState | null;
  /** The upstream's own word; null where it said none. */
  readonly upstreamStatus: string | null;
  readonly source: ConsentSource;
  /** What happened, where it is more than the word that was reported. */
  readonly why?: string | undefined;
  /** Columns that the report settles, besides the status. */
  readonly facts?: Partial<
    Pick<
      Consent,
      | 'reference'
      | 'validUntil'
      | 'frequencyPerDay'
      | 'access'
      | 'continuationEnvelope'
      | 'disclosure'
      | 'authorisationId'
    >
  >;
}

/**
 * The one place where a consent changes: what is said about it is judged against its states, and the row, its history
 * and the event for the app are written together. An ended consent never comes back.
 */
@Injectable()
export class ConsentObserver {
  constructor(
    private readonly database: DataSource,
    private readonly held: HeldConsents,
    private readonly grants: Grants,
    private readonly authorisations: AuthorisationsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** A report out of an upstream's snapshot. What it does not mention stays as it was. */
  report(consent: Consent, snapshot: ConsentSnapshot, source: ConsentSource): ConsentReport {
    const { state, upstreamStatus, reference, validUntil, frequencyPerDay, access, continuation } = snapshot;
    return {
      // A consent that the upstream has made waits for its PSU, whatever the upstream calls that.
      state: state === 'created' ? 'awaitingAuthorisation' : state,
      upstreamStatus,
      source,
      facts: {
        disclosure: disclosed(disclosed(consent.disclosure, snapshot), snapshot.authorisation?.disclosure),
        ...(reference !== null && { reference }),
        ...(validUntil !== undefined && { validUntil }),
        ...(frequencyPerDay !== undefined && { frequencyPerDay }),
        // Some can only grant more than was asked for: that stays closed.
        ...(access !== undefined && { access: access.filter((kind) => consent.askedAccess.includes(kind)) }),
        ...(continuation !== null && { continuationEnvelope: this.held.seal(consent, continuation) }),
      },
    };
  }

  /** Applies a report. @returns the consent as it is then */
  async observe(consentId: string, report: ConsentReport): Promise<Consent> {
    return this.database.transaction((manager) => this.observeWith(manager, consentId, report));
  }

  /** The same inside the caller's transaction. */
  async observeWith(manager: EntityManager, consentId: string, report: ConsentReport): Promise<Consent> {
    const consents = manager.getRepository(ConsentEntity);
    // Waits for whoever else has something to say about it, then judges what is there by then.
    const before = await consents.findOneOrFail({ where: { id: consentId }, lock: { mode: 'pessimistic_write' } });
    const state = await this.named(manager, before, report);
    const verdict = judgeConsent(before.status, state);
    const status = verdict.applied && state !== null ? state : before.status;
    const after: Consent = {
      ...before,
      ...(consentIsFinal(before.status) ? {} : report.facts),
      status,
      upstreamStatus: report.upstreamStatus ?? before.upstreamStatus,
      version: before.version + 1,
    };
    const news = verdict.applied || after.upstreamStatus !== before.upstreamStatus;
    if (!news && !differs(before, after)) return before;
    const updatedAt = await this.write(manager, after);
    if (news) await this.remember(manager, after, report, verdict);
    if (verdict.applied) await this.spread(manager, after);
    return { ...after, updatedAt };
  }

  private async write(manager: EntityManager, after: Consent): Promise<Date> {
    const [rows] = await manager.query<[{ updated_at: Date }[], number]>(
      `UPDATE consents SET status = $2, upstream_status = $3, reference = $4, valid_until = $5, frequency_per_day = $6,
         access = $7, continuation_envelope = $8, authorisation_id = $9, version = $10, disclosure = $11,
         updated_at = now()
       WHERE id = $1 RETURNING updated_at`,
      [
        after.id,
        after.status,
        after.upstreamStatus,
        after.reference,
        after.validUntil,
        after.frequencyPerDay,
        after.access,
        after.continuationEnvelope,
        after.authorisationId,
        after.version,
        after.disclosure,
      ],
    );
    return rows[0]?.updated_at ?? after.updatedAt;
  }

  private async remember(
    manager: EntityManager,
    after: Consent,
    { source, upstreamStatus, why }: ConsentReport,
    verdict: ReturnType<typeof judgeConsent>,
  ): Promise<void> {
    await manager.getRepository(ConsentEventEntity).insert({
      consentId: after.id,
      appId: after.appId,
      at: () => 'now()',
      source,
      status: after.status,
      upstreamStatus,
      applied: verdict.applied,
      why: why ?? verdict.why,
    });
    if (verdict.why === 'unknown-word' || verdict.why === 'not-allowed') {
      this.logger.warn(
        { event: 'consent.not-applied', consentId: after.id, connectionId: after.connectionId },
        `the upstream said something about a consent that was not applied: ${verdict.why}`,
      );
    }
  }

  /** What follows from a new status: the app is told, and what an ended consent needed is let go. */
  private async spread(manager: EntityManager, after: Consent): Promise<void> {
    await addEvent(manager, {
      appId: after.appId,
      type: 'consent.statusChanged',
      subjectId: after.id,
      sequence: after.version,
      data: { consentId: after.id, status: after.status },
    });
    if (!consentIsFinal(after.status)) return;
    await this.authorisations.close(manager, [after.id]);
    await this.grants.drop(manager, [after.id]);
  }

  /**
   * Banks that keep one recurring consent per PSU end the older one without saying why (Berlin Group: expired or
   * terminatedByTpp). Where a newer one stands in its place, we know.
   */
  private async named(
    manager: EntityManager,
    consent: Consent,
    { state, source }: ConsentReport,
  ): Promise<ConsentState | null> {
    const bankEnded = (state === 'expired' || state === 'revoked') && source !== 'app' && source !== 'clock';
    if (!bankEnded || !consent.recurring) return state;
    const newer = await manager.query<unknown[]>(
      `SELECT 1 FROM consents
       WHERE app_id = $1 AND psu_id = $2 AND institution_id = $3 AND provider = $4 AND id > $5
         AND recurring AND status = 'authorised' LIMIT 1`,
      [consent.appId, consent.psuId, consent.institutionId, consent.provider, consent.id],
    );
    return newer.length > 0 ? 'superseded' : state;
  }
}

function differs(before: Consent, after: Consent): boolean {
  const columns = [
    'reference',
    'validUntil',
    'frequencyPerDay',
    'authorisationId',
    'continuationEnvelope',
    'disclosure',
  ] as const;
  return columns.some((column) => before[column] !== after[column]) || before.access.join() !== after.access.join();
}
