import { Inject, Injectable } from '@nestjs/common';
import type { AnyOrder } from '@tributary/domain';
import type { Payment } from '@tributary/persistence';
import { failpoint } from '@tributary/platform';
import { type CallContext, type PaymentInitiation, type PaymentSnapshot, ProviderError } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { CLOCK, type Clock, LOGGER, type Logger } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { HeldPayments } from './held-payments.js';
import { initiationOf } from './initiation-of.js';
import { observeSending } from './observe.js';
import { PaymentInquiry } from './payment-inquiry.js';
import { PaymentRecorder } from './payment-recorder.js';
import { PaymentSender } from './payment-sender.js';
import type { PlannedChange } from './payment-writer.js';
import { type ClaimedPayment, PollingLease } from './polling-lease.js';

/** Nothing can be asked about it over this connection. */
const slowMs = 30 * 60_000;

/** The worker opens the SCA of a payment that was found when its finder has not by then. */
const scaHandOverSeconds = 60;

/** After a fault of ours, such as a database that was away. */
const faultMs = 60_000;

/** What asking about one payment gave. */
export interface PollOutcome {
  readonly payment: Payment;
  /** Applies what was learnt; also to the payment as it is after somebody else was faster. */
  readonly change: (payment: Payment) => PlannedChange;
}

/** What the worker does after an upstream's error; its table is the worker's retry policy. */
export type PollRetry = (error: ProviderError, payment: Payment, now: Date) => { readonly pollInMs: number };

/** Following payments to their end, from the worker's side: claim what is due, ask, record. */
@Injectable()
export class PaymentPolling {
  constructor(
    private readonly database: DataSource,
    private readonly upstreams: UpstreamsService,
    private readonly held: HeldPayments,
    private readonly inquiry: PaymentInquiry,
    private readonly sender: PaymentSender,
    private readonly recorder: PaymentRecorder,
    private readonly authorisations: AuthorisationsService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Connections with something due that no run is at; what the sweeper rings for. */
  async dueConnections(): Promise<string[]> {
    // One index probe per connection, however many payments are due.
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT connection.id FROM connections AS connection
       WHERE EXISTS (SELECT 1 FROM payments AS payment
                     WHERE payment.connection_id = connection.id AND payment.next_poll_at <= now())
         AND NOT EXISTS (SELECT 1 FROM polling_leases AS lease
                         WHERE lease.connection_id = connection.id AND lease.until > now())`,
    );
    return rows.map((row) => row.id);
  }

  /** The right to follow the payments of a connection; null while another run has it. */
  lease(connectionId: string): Promise<PollingLease | null> {
    return PollingLease.take(this.database, connectionId);
  }

  /**
   * Asks about one claimed payment. Never throws: an error is an outcome too.
   * @returns null where what came of it is written already
   */
  async ask(claimed: ClaimedPayment, retry: PollRetry, context: CallContext): Promise<PollOutcome | null> {
    const { payment } = claimed;
    try {
      const initiation = initiationOf(await this.upstreams.provider(payment.connectionId), payment.kind);
      if (!initiation) return { payment, change: (current) => ({ ...askedInVain(current), pollInMs: slowMs }) };
      return await this.follow(claimed, initiation, context);
    } catch (error) {
      return this.failed(payment, error, retry);
    }
  }

  /** Writes a batch of outcomes set-wise. */
  async record(outcomes: readonly PollOutcome[]): Promise<void> {
    failpoint('poll.asked');
    await this.recorder.recordAll(outcomes.map(({ payment, change }) => ({ ...change(payment), again: change })));
  }

  private async follow(
    claimed: ClaimedPayment,
    payments: PaymentInitiation<AnyOrder>,
    context: CallContext,
  ): Promise<PollOutcome | null> {
    const { payment, tokensEnvelope, claimedAt } = claimed;
    if (payment.reference !== null) {
      return { payment, change: await this.inquiry.ask(payment, payments, 'poll', context, tokensEnvelope) };
    }
    switch (payment.sendState) {
      case 'sending':
      case 'unknown':
        // Its sender is believed alive: it will say.
        if (payment.sendLeaseUntil !== null && payment.sendLeaseUntil > claimedAt) {
          return later(payment, payment.sendLeaseUntil.getTime() - claimedAt.getTime());
        }
        return this.findOut(claimed, payments, context);
      case 'created':
      case 'sent':
      case 'refused':
      case 'abandoned':
      case 'withdrawn':
        // Nothing that it could be asked about by.
        return later(payment, slowMs);
    }
  }

  /** A sending of which nobody saw the answer: found out in the one way that this upstream allows, or left unknown. */
  private async findOut(
    claimed: ClaimedPayment,
    payments: PaymentInitiation<AnyOrder>,
    context: CallContext,
  ): Promise<PollOutcome | null> {
    const { payment } = claimed;
    switch (payments.recovery.by) {
      case 'provider-key':
        return this.resend(payment, payments, context);
      case 'look-up-by-reference':
        return this.lookUp(claimed, payments, payments.recovery.quietSeconds, context);
      case 'none':
        return { payment, change: (current) => this.stillUnknown(current) };
    }
  }

  private async resend(
    payment: Payment,
    payments: PaymentInitiation<AnyOrder>,
    context: CallContext,
  ): Promise<PollOutcome | null> {
    const callback = await this.authorisations.renewCallback(payment.authorisationId ?? '');
    try {
      const sent = await this.sender.send(payment, 'unknown', payments, callback, context);
      // Null: another process has it in hand.
      return sent === null ? later(payment, faultMs) : null;
    } catch (error) {
      // The sender records what comes of it, good or bad.
      if (!(error instanceof ProviderError)) throw error;
      return null;
    }
  }

  private async lookUp(
    { payment, claimedAt }: ClaimedPayment,
    payments: PaymentInitiation<AnyOrder>,
    quietSeconds: number,
    context: CallContext,
  ): Promise<PollOutcome | null> {
    const sentAt = payment.sentAt ?? payment.createdAt;
    const quietMs = quietSeconds * 1_000 - (claimedAt.getTime() - sentAt.getTime());
    if (quietMs > 0) {
      return { payment, change: (current) => ({ ...this.stillUnknown(current), pollInMs: quietMs }) };
    }
    const held = await this.held.hold(payment);
    const snapshot = await payments.findByReference?.(held, context);
    if (!snapshot) return { payment, change: (current) => this.stillUnknown(current) };
    const heard = this.inquiry.heard(payment, snapshot, 'poll');
    // Whoever dies between the two writes below leaves the opening to the worker; without a reference it finds nothing to open.
    if (payment.authorisationId !== null && heard(payment).alert === null) {
      await this.authorisations.expectStart(this.database.manager, payment.authorisationId, scaHandOverSeconds);
    }
    let believed = false;
    const change = (current: Payment) => {
      const planned = heard(current);
      believed = planned.alert === null;
      return planned;
    };
    const found = await this.recorder.record(payment.id, change, payment);
    // A bank that names another amount or payee, or another payment of ours, gets no PSU's authorisation for it.
    if (believed && found.reference === snapshot.reference) await this.openSca(found, snapshot);
    return null;
  }

  /** The PSU's part goes on from where the upstream has it, or the worker opens it. */
  private async openSca({ authorisationId }: Payment, { authorisation }: PaymentSnapshot): Promise<void> {
    if (authorisationId === null) return;
    if (authorisation) await this.authorisations.record(this.database.manager, authorisationId, authorisation);
    else await this.authorisations.expectStart(this.database.manager, authorisationId, 0);
  }

  private failed(payment: Payment, error: unknown, retry: PollRetry): PollOutcome {
    if (!(error instanceof ProviderError)) {
      // A fault of ours, or a connection that is gone: this payment waits, the others of its batch do not.
      this.logger.error({ event: 'payment.poll-fault', paymentId: payment.id, err: error }, 'asking about it failed');
      return { payment, change: (current) => ({ ...askedInVain(current), pollInMs: faultMs }) };
    }
    const { pollInMs } = retry(error, payment, this.clock.now());
    return {
      payment,
      change: (current) => {
        const unknown = current.sendState === 'sending' && current.reference === null;
        return { ...(unknown ? this.stillUnknown(current) : askedInVain(current)), pollInMs };
      },
    };
  }

  private stillUnknown(payment: Payment): PlannedChange {
    if (payment.reference !== null || payment.sendState !== 'sending') return askedInVain(payment);
    return observeSending(payment, 'outcome-unknown', 'poll', { upstreamStatus: 'no answer', at: this.clock.now() });
  }
}

/** There is nothing to ask until then. What has learnt more meanwhile keeps the schedule of its own. */
const later = (payment: Payment, pollInMs: number): PollOutcome => ({
  payment,
  change: (current) => {
    const asItWas = current.reference === null && current.sendState === payment.sendState;
    return { ...askedInVain(current), ...(asItWas && { pollInMs }) };
  },
});

const askedInVain = (payment: Payment): PlannedChange => ({
  before: payment,
  after: { ...payment, polls: payment.polls + 1 },
  entries: [],
  events: [],
  alert: null,
});
