import { Inject, Injectable } from '@nestjs/common';
import { type AnyOrder, awaitsPsu } from '@tributary/domain';
import { entityReader, type Payment, PaymentEntity, runStatement, type Statement } from '@tributary/persistence';
import { failpoint } from '@tributary/platform';
import {
  type CallbackTarget,
  type CallContext,
  type PaymentInitiation,
  ProviderError,
  type ProviderErrorKind,
} from '@tributary/providers';
import { DataSource } from 'typeorm';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { CLOCK, type Clock } from '../tokens.js';
import { HeldPayments } from './held-payments.js';
import { observeSending, type SendFinding } from './observe.js';
import { type FirstAnswer, PaymentAnswers } from './payment-answers.js';
import { PaymentRecorder } from './payment-recorder.js';
import type { AnyPaymentView } from './payment-view.js';
import { timed } from './timed.js';

/**
 * How long a process that sends is believed alive: longer than an answer usually takes. One that comes back later does no
 * harm: what it found out counts only for its own sending, and only while nothing better is known.
 */
export const sendLeaseSeconds = 60;

/** A payment that the upstream has. */
export interface SentPayment {
  readonly payment: Payment;
  /** False where its answer does not fit the order: people were alerted, and the PSU is asked for nothing. */
  readonly believed: boolean;
  /** Whether its SCA is to be opened next, before the app is told where the payment stands. */
  readonly untold: boolean;
  /** What the app hears, where that was kept with what the upstream said; else it is still to be kept. */
  readonly answer: AnyPaymentView | null;
}

/** The right to send, for one caller. */
const claiming: Statement = {
  name: 'payment-send',
  text: `
    UPDATE payments
    SET send_state = CASE WHEN $2 = 'created' THEN 'sending' ELSE 'unknown' END,
        state = CASE WHEN $2 = 'unknown' THEN 'unknown' WHEN step_open THEN state ELSE 'processing' END,
        send_attempts = send_attempts + 1, sent_at = coalesce(sent_at, now()), updated_at = now(),
        send_lease_until = now() + $3 * interval '1 second', next_poll_at = now() + $3 * interval '1 second',
        version = version + 1
    WHERE id = $1 AND reference IS NULL AND iso_status IS NULL
      AND (($2 = 'created' AND send_state = 'created')
        OR ($2 = 'unknown' AND send_state IN ('sending', 'unknown')
            AND (send_lease_until IS NULL OR send_lease_until < now())))
    RETURNING *`,
};

/**
 * What a failed sending means for the payment. `created` again only where the instruction provably did nothing: no byte
 * left us, or the upstream refused it in words that we could read.
 */
const findings: Readonly<Record<ProviderErrorKind, SendFinding>> = {
  'outcome-unknown': 'outcome-unknown',
  // An answer that does not decode is no refusal: the bank may well have taken the payment.
  malformed: 'outcome-unknown',
  rejected: 'refused',
  // Found out before anything was sent.
  unsupported: 'not-sent',
  unavailable: 'not-sent',
  'rate-limited': 'not-sent',
  'psu-credentials': 'not-sent',
  'consent-invalid': 'not-sent',
  unauthorised: 'not-sent',
  'not-found': 'not-sent',
};

/**
 * The send rule: `created` or `unknown` (and only where the upstream recognises a repeated instruction) becomes
 * `sending`, committed, before the one request leaves us; then the row says `sent`, `unknown` or `refused`.
 */
@Injectable()
export class PaymentSender {
  private readonly paymentOf: (row: Readonly<Record<string, unknown>>) => Payment;

  constructor(
    private readonly database: DataSource,
    private readonly held: HeldPayments,
    private readonly recorder: PaymentRecorder,
    private readonly authorisations: AuthorisationsService,
    private readonly answers: PaymentAnswers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.paymentOf = entityReader(database, PaymentEntity);
  }

  /**
   * Sends the instruction once and records what came of it.
   * @param payment as it was just read, with all that the instruction is made of
   * @param from `created`: nothing has left us yet; `unknown`: the answer to an earlier sending was lost, and the upstream
   *   recognises the same instruction
   * @returns null where another process has the payment in hand
   * @throws ProviderError after the finding is on disk, so that an app hears why
   */
  async send(
    payment: Payment,
    from: 'created' | 'unknown',
    payments: PaymentInitiation<AnyOrder>,
    callback: CallbackTarget,
    context: CallContext,
  ): Promise<SentPayment | null> {
    // Whatever can fail on our side fails before the claim: afterwards a fault means that nobody knows.
    const { id } = payment;
    const held = await this.held.hold(payment);
    const claimed = await this.claim(id, from);
    if (claimed === null) return null;
    failpoint('sending.committed');
    const attempt = claimed.sendAttempts;
    const { result: snapshot, latencyMs } = await timed(() => payments.initiate(held, callback, context)).catch(
      async (error: unknown) => {
        await this.recordFailure(id, attempt, from, error);
        throw error;
      },
    );
    failpoint('sending.answered');
    let believed = true;
    let untold = false;
    let answer: FirstAnswer | undefined;
    const sent = await this.recorder.record(
      id,
      (current) => {
        const change = this.held.observe(current, snapshot, 'initiation', latencyMs);
        believed = change.alert === null;
        if (from === 'unknown') return { ...change, after: { ...change.after, sendLeaseUntil: null } };
        // The first sender still owes its app an answer: its lease runs on, and a repeated key waits for those words. Nor does
        // it tell of a moment that ends as soon as the SCA is open.
        const { isoStatus, state, signInBasket } = change.after;
        const opensNext = !snapshot.authorisation && !signInBasket && awaitsPsu(isoStatus);
        untold = believed && opensNext && state === 'processing';
        if (untold) return { ...change, events: [] };
        // By the database's clock, which the claim was written by; where there was an SCA before, the answer shows that too.
        const at = new Date(Math.max(current.updatedAt.getTime(), claimed.updatedAt.getTime() + latencyMs));
        answer =
          believed && !payments.prepare ? this.answers.first(change.after, snapshot.authorisation, at) : undefined;
        return { ...change, answer };
      },
      claimed,
    );
    failpoint('sending.recorded');
    // The name of another payment: what was said under it, its SCA too, may be about that one.
    if (sent.reference !== snapshot.reference) {
      believed = false;
      untold = false;
    }
    // Written with what the upstream said about the payment, in one transaction: the SCA and what the app hears.
    if (answer && sent.answerEnvelope === answer.envelope) {
      failpoint('answer.kept');
      return { payment: sent, believed, untold, answer: answer.view };
    }
    // A bank that names another amount or payee gets no PSU's authorisation for it.
    if (!sent.authorisationId || !believed) return { payment: sent, believed, untold, answer: null };
    if (snapshot.authorisation) {
      await this.authorisations.record(this.database.manager, sent.authorisationId, snapshot.authorisation);
    } else if (!sent.signInBasket) {
      // The process that sends first opens the SCA next. If it dies before, or it is the worker, the worker does.
      await this.authorisations.expectStart(
        this.database.manager,
        sent.authorisationId,
        from === 'created' ? sendLeaseSeconds : 0,
      );
    }
    return { payment: sent, believed, untold, answer: null };
  }

  /**
   * Claims the right to send: exactly one caller gets it, and the row says so, committed, before anything leaves us. An
   * `unknown` payment stays `unknown` while it is sent again.
   * @returns the payment as it is now; null for everybody else
   */
  private async claim(id: string, from: 'created' | 'unknown'): Promise<Payment | null> {
    const values = [id, from, sendLeaseSeconds];
    const [row] = await runStatement<Readonly<Record<string, unknown>>>(this.database, claiming, values);
    return row ? this.paymentOf(row) : null;
  }

  private async recordFailure(id: string, attempt: number, from: 'created' | 'unknown', error: unknown): Promise<void> {
    const facts = error instanceof ProviderError ? error.facts : null;
    // A fault of our own after the claim proves nothing about the bank; and whatever becomes of a second sending, short of
    // an answer, says nothing about the first.
    const finding = facts && from === 'created' ? findings[facts.kind] : 'outcome-unknown';
    await this.recorder.record(id, (current) =>
      observeSending(current, finding, 'initiation', {
        upstreamStatus: facts?.upstream?.code ?? facts?.kind ?? 'fault',
        reason: facts?.isoReason ?? facts?.upstream?.code,
        at: this.clock.now(),
        attempt,
      }),
    );
  }
}
