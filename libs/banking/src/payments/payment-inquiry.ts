import { Injectable } from '@nestjs/common';
import type { AnyOrder, ObservationSource } from '@tributary/domain';
import type { Payment } from '@tributary/persistence';
import { type CallContext, type PaymentInitiation, type PaymentSnapshot, ProviderError } from '@tributary/providers';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { HeldPayments } from './held-payments.js';
import { initiationOf } from './initiation-of.js';
import { observe, type PaymentChange } from './observe.js';
import { PaymentRecorder } from './payment-recorder.js';
import { timed } from './timed.js';

/** What was learnt, as a change of the payment as it is when it is written. */
export type Learnt = (current: Payment) => PaymentChange;

/** Asks upstreams how payments stand. */
@Injectable()
export class PaymentInquiry {
  constructor(
    private readonly upstreams: UpstreamsService,
    private readonly held: HeldPayments,
    private readonly recorder: PaymentRecorder,
  ) {}

  /** Asks, for the caller to write down. @throws ProviderError */
  async ask(
    payment: Payment,
    initiation: PaymentInitiation<AnyOrder>,
    source: ObservationSource,
    context: CallContext,
  ): Promise<Learnt> {
    const held = await this.held.hold(payment);
    const { result: snapshot, latencyMs } = await timed(() => initiation.fetch(held, context));
    return this.heard(payment, snapshot, source, latencyMs);
  }

  /**
   * What an upstream said, with what it wants back next time.
   * @param asked the payment as the upstream was asked about it
   */
  heard(asked: Payment, snapshot: PaymentSnapshot, source: ObservationSource, latencyMs: number | null = null): Learnt {
    return (current) => {
      const change = observe(current, snapshot, source, latencyMs);
      const continuationEnvelope = this.held.continued(current, asked, snapshot.continuation);
      return { ...change, after: { ...change.after, continuationEnvelope } };
    };
  }

  /** Asks and writes it down, where there is somebody to ask; an upstream that does not answer leaves what we know. */
  async refresh(payment: Payment, source: ObservationSource, context: CallContext): Promise<Payment> {
    if (payment.reference === null) return payment;
    const initiation = initiationOf(await this.upstreams.provider(payment.connectionId), payment.kind);
    if (!initiation) return payment;
    try {
      return await this.recorder.record(payment.id, await this.ask(payment, initiation, source, context));
    } catch (error) {
      if (error instanceof ProviderError) return payment;
      throw error;
    }
  }
}
