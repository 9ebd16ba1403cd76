import { Inject, Injectable } from '@nestjs/common';
import type { AnyOrder } from '@tributary/domain';
import { type Payment, PaymentEntity } from '@tributary/persistence';
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
import { observe, observeSending, type SendFinding } from './observe.js';
import { PaymentRecorder } from './payment-recorder.js';
import { timed } from './timed.js';

/** How long a process that sends is believed alive; longer than every timeout of the one request. */
export const sendLeaseSeconds = 60;

/**
 * What a failed sending means for the payment. `created` again only where the instruction provably did nothing: no byte
 * left us, or the upstream refused it in words that we could read.
 */
const findings: Readonly<Record<ProviderErrorKind, SendFinding>> = {
  'outcome-unknown': 'outcome-unknown',
  // An answer that does not decode is no refusal: the bank may well have taken the payment.
  malformed: 'outcome-unknown',
  rejected: 'refused',
  unsupported: 'refused',
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
  constructor(
    private readonly database: DataSource,
    private readonly held: HeldPayments,
    private readonly recorder: PaymentRecorder,
    private readonly authorisations: AuthorisationsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Claims the right to send. Exactly one caller gets the row; everybody else gets null.
   * @param from states in which sending is allowed now; `unknown` and a dead `sending` only with a provider key
   */
  async claim(paymentId: string, from: 'created' | 'unknown'): Promise<Payment | null> {
    const [rows] = await this.database.query<[{ id: string }[], number]>(
      `UPDATE payments
       SET send_state = 'sending', send_attempts = send_attempts + 1, sent_at = now(), updated_at = now(),
           send_lease_until = now() + $3 * interval '1 second', next_poll_at = now() + $3 * interval '1 second',
           state = CASE WHEN step_open AND iso_status IS NULL THEN state ELSE 'processing' END, version = version + 1
       WHERE id = $1 AND reference IS NULL
         AND (send_state = $2 OR ($2 = 'unknown' AND send_state = 'sending' AND send_lease_until < now()))
       RETURNING id`,
      [paymentId, from, sendLeaseSeconds],
    );
    return rows.length === 0 ? null : this.database.getRepository(PaymentEntity).findOneByOrFail({ id: paymentId });
  }

  /**
   * Sends the instruction of a payment that the caller has claimed, and records what came of it.
   * @param from what it was claimed from: after `unknown`, a second sending that surely did not leave us says nothing
   *   about the first
   * @throws ProviderError after the finding is on disk, so that an app hears why
   */
  async send(
    payment: Payment,
    from: 'created' | 'unknown',
    payments: PaymentInitiation<AnyOrder>,
    callback: CallbackTarget,
    context: CallContext,
  ): Promise<Payment> {
    const held = await this.held.hold(payment);
    const { result: snapshot, latencyMs } = await timed(() => payments.initiate(held, callback, context)).catch(
      async (error: unknown) => {
        await this.recordFailure(payment.id, from, error);
        throw error;
      },
    );
    const sent = await this.recorder.record(payment.id, (current) => {
      const change = observe(current, snapshot, 'initiation', latencyMs);
      const continuationEnvelope = this.held.seal(current, snapshot.continuation);
      return { ...change, after: { ...change.after, continuationEnvelope, sendLeaseUntil: null } };
    });
    if (!sent.authorisationId) return sent;
    if (snapshot.authorisation) {
      await this.authorisations.record(this.database.manager, sent.authorisationId, snapshot.authorisation);
    } else if (!sent.signInBasket) {
      // The process that sends first opens the SCA next. If it dies before, or it is the worker, the worker does.
      await this.authorisations.expectStart(sent.authorisationId, from === 'created' ? sendLeaseSeconds : 0);
    }
    return sent;
  }

  private async recordFailure(paymentId: string, from: 'created' | 'unknown', error: unknown): Promise<void> {
    const facts = error instanceof ProviderError ? error.facts : null;
    // A fault of our own between the claim and the answer proves nothing about the bank.
    const found = facts ? findings[facts.kind] : 'outcome-unknown';
    const finding = from === 'unknown' && found === 'not-sent' ? 'outcome-unknown' : found;
    await this.recorder.record(paymentId, (current) =>
      observeSending(current, finding, 'initiation', {
        upstreamStatus: facts?.upstream?.code ?? facts?.kind ?? 'fault',
        reason: facts?.isoReason ?? facts?.upstream?.code,
        at: this.clock.now(),
      }),
    );
  }
}
