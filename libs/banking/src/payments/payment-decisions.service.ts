import { Inject, Injectable } from '@nestjs/common';
import type { IsoPaymentStatus } from '@tributary/domain';
import {
  type DecidedOutcome,
  type Payment,
  type PaymentDecision,
  PaymentDecisionEntity,
  PaymentEntity,
} from '@tributary/persistence';
import { errorCode, newId } from '@tributary/platform';
import { DataSource, MoreThan } from 'typeorm';
import type { Principal } from '../apps/principal.js';
import type { PageRequest } from '../page.js';
import { notFound, Refusal } from '../refusal.js';
import { CLOCK, type Clock, LOGGER, type Logger } from '../tokens.js';
import { observe } from './observe.js';
import { isInDoubt } from './payment-doubt.js';
import { PaymentRecorder } from './payment-recorder.js';

/** What an outcome is in the bank's words. */
const statusOf = { settled: 'ACSC', rejected: 'RJCT', cancelled: 'CANC' } as const satisfies Record<
  DecidedOutcome,
  IsoPaymentStatus
>;

export interface NewDecision {
  readonly paymentId: string;
  readonly outcome: DecidedOutcome;
  readonly evidence: string;
}

/** Who decides. */
export type Decider = Pick<Principal, 'appId' | 'clientId'>;

export interface DecisionFilter extends PageRequest {
  readonly paymentId?: string | undefined;
  readonly status?: PaymentDecision['status'] | undefined;
}

const secondAdmin =
  'If there is no other app with the scope "admin": make one (POST /v1/apps, POST /v1/apps/{id}/credentials), give it to ' +
  'somebody else, withdraw this proposal and make it anew, since a credential confirms only what was proposed after it was made.';

/** A confirmed decision that its process did not live to apply is applied by the worker after this time. */
const applyAgainSeconds = 30;

/**
 * The last resort for a payment that nobody upstream can tell about: one person says what became of it and how they know,
 * another one confirms. The payment hears of it as the source `operator`, through the one reducer; the bank may still
 * contradict it, and then people are alerted as with any final status.
 */
@Injectable()
export class PaymentDecisions {
  constructor(
    private readonly database: DataSource,
    private readonly recorder: PaymentRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * @param by who proposes
   * @throws Refusal `not_found`; `conflict` for a payment that is not in doubt, or has an open decision
   */
  async propose({ paymentId, outcome, evidence }: NewDecision, by: Decider): Promise<PaymentDecision> {
    const { appId } = await this.requireDoubt(paymentId);
    const id = newId('dec');
    try {
      await this.database.query(
        `INSERT INTO payment_decisions (id, payment_id, app_id, status, outcome, evidence, proposed_by, proposed_by_app, proposed_at,
           updated_at)
         VALUES ($1, $2, $3, 'proposed', $4, $5, $6, $7, now(), now())`,
        [id, paymentId, appId, outcome, evidence, by.clientId, by.appId],
      );
    } catch (error) {
      // The unique index: one open decision per payment.
      if (errorCode(error) !== '23505') throw error;
      throw new Refusal('conflict', 'This payment has an open decision: confirm that one, or withdraw it first.');
    }
    return this.get(id);
  }

  /**
   * Confirms and applies. Repeating it is safe.
   * @param by who confirms: of another app than who proposed, with a credential that is older than the proposal
   * @throws Refusal `not_found`; `second_person_required` for what may be the same person; `conflict` where it is no longer open
   */
  async confirm(id: string, { clientId, appId }: Decider): Promise<PaymentDecision> {
    const decision = await this.get(id);
    if (decision.proposedBy === clientId || decision.proposedByApp === appId) {
      throw new Refusal(
        'second_person_required',
        `Somebody else than who proposed a decision has to confirm it, with a client id of another app. ${secondAdmin}`,
      );
    }
    if (!(await this.isOlder(clientId, decision))) {
      throw new Refusal(
        'second_person_required',
        'This credential was made after the proposal, and confirms only later ones: confirm with an older one of another ' +
          'app, or withdraw the proposal and have the first administrator make it anew.',
      );
    }
    if (decision.status === 'proposed') {
      await this.requireDoubt(decision.paymentId);
      await this.move(
        `status = 'confirmed', confirmed_by = $2, confirmed_by_app = $3, confirmed_at = now()`,
        `id = $1 AND status = 'proposed' AND proposed_by <> $2 AND proposed_by_app <> $3`,
        [id, clientId, appId],
      );
    }
    const confirmed = await this.get(id);
    if (confirmed.confirmedBy !== clientId) throw notOpen(confirmed);
    return this.apply(confirmed);
  }

  /** Takes a proposal back; anybody may, since nothing comes of it. @throws Refusal `not_found`, `conflict` */
  async withdraw(id: string): Promise<PaymentDecision> {
    const moved = await this.move(`status = 'withdrawn'`, `id = $1 AND status = 'proposed'`, [id]);
    const decision = await this.get(id);
    if (!moved) throw notOpen(decision);
    return decision;
  }

  /** @throws Refusal `not_found` */
  async get(id: string): Promise<PaymentDecision> {
    const decision = await this.database.getRepository(PaymentDecisionEntity).findOneBy({ id });
    if (!decision) throw notFound();
    return decision;
  }

  /** Oldest first; up to `limit + 1` rows, keyed by their id. */
  list({ paymentId, status, limit, after }: DecisionFilter): Promise<PaymentDecision[]> {
    return this.database.getRepository(PaymentDecisionEntity).find({
      where: {
        ...(paymentId !== undefined && { paymentId }),
        ...(status !== undefined && { status }),
        ...(after !== null && { id: MoreThan(after) }),
      },
      order: { id: 'ASC' },
      take: limit + 1,
    });
  }

  /** Applies what was confirmed by a process that died before it could. */
  async applyConfirmed(limit = 100): Promise<void> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT id FROM payment_decisions
       WHERE status = 'confirmed' AND confirmed_at < now() - $1 * interval '1 second' ORDER BY id LIMIT $2`,
      [applyAgainSeconds, limit],
    );
    for (const { id } of rows) await this.apply(await this.get(id));
  }

  /** Applying it twice is harmless: the second time its status is the one that the payment has. */
  private async apply(decision: PaymentDecision): Promise<PaymentDecision> {
    if (decision.status !== 'confirmed') return decision;
    const { id, paymentId, outcome, evidence, proposedBy, confirmedBy } = decision;
    const status = statusOf[outcome];
    const payment = await this.recorder.record(paymentId, (current) =>
      observe(
        current,
        {
          reference: null,
          status,
          upstreamStatus: `decided: ${outcome}`,
          continuation: null,
          observedAt: this.clock.now(),
          raw: { decisionId: id, evidence, proposedBy, confirmedBy },
        },
        'operator',
      ),
    );
    const applied = payment.isoStatus === status;
    await this.move(`status = 'applied', applied = $2`, `id = $1 AND status = 'confirmed'`, [id, applied]);
    this.logger.warn({ event: 'payment.decided', paymentId, decisionId: id, outcome, applied }, 'people decided');
    return this.get(id);
  }

  /** Who proposes could make a credential for a second person that does not exist. */
  private async isOlder(clientId: string, { id }: PaymentDecision): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      `SELECT FROM app_credentials AS credential JOIN payment_decisions AS decision ON decision.id = $2
       WHERE credential.client_id = $1 AND credential.created_at < decision.proposed_at`,
      [clientId, id],
    );
    return rows.length > 0;
  }

  private async move(set: string, where: string, values: readonly unknown[]): Promise<boolean> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `UPDATE payment_decisions SET ${set}, updated_at = now() WHERE ${where}`,
      [...values],
    );
    return count > 0;
  }

  private async requireDoubt(paymentId: string): Promise<Payment> {
    const payment = await this.database.getRepository(PaymentEntity).findOneBy({ id: paymentId });
    if (!payment) throw notFound();
    const [sending] = await this.database.query<unknown[]>(
      `SELECT FROM payments WHERE id = $1 AND send_state = 'sending' AND send_lease_until > now()`,
      [paymentId],
    );
    if (isInDoubt(payment) && !sending) return payment;
    throw new Refusal(
      'conflict',
      `This payment is ${payment.state}: people decide only where the outcome is unknown or nothing was heard for long.`,
    );
  }
}

function notOpen({ status }: PaymentDecision): Refusal {
  return new Refusal('conflict', `This decision is ${status}: make a new one if the payment is still in doubt.`);
}
