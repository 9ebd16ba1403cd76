import { Injectable } from '@nestjs/common';
import type { AnyOrder, ObservationSource } from '@tributary/domain';
import type { Payment } from '@tributary/persistence';
import { type CallContext, type PaymentInitiation, type PaymentSnapshot, ProviderError } from '@tributary/providers';
import { Refusal } from '../refusal.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { HeldPayments } from './held-payments.js';
import { initiationOf } from './initiation-of.js';
import type { PaymentChange } from './observe.js';
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

  /**
   * Asks, for the caller to write down.
   * @param tokensEnvelope the payment's tokens where they were read together with it; null: it has none
   * @throws ProviderError
   */
  async ask(
    payment: Payment,
    initiation: PaymentInitiation<AnyOrder>,
    source: ObservationSource,
    context: CallContext,
    tokensEnvelope?: string | null,
  ): Promise<Learnt> {
    const held = await this.held.hold(payment, tokensEnvelope);
    const { result: snapshot, latencyMs } = await timed(() => initiation.fetch(held, context));
    return this.heard(payment, snapshot, source, latencyMs);
  }

  /**
   * What an upstream said, with what it wants back next time.
   * @param asked the payment as the upstream was asked about it
   */
  heard(asked: Payment, snapshot: PaymentSnapshot, source: ObservationSource, latencyMs: number | null = null): Learnt {
    return (current) => this.held.observe(current, snapshot, source, latencyMs, asked);
  }

  /** Asks and writes it down, where there is somebody to ask; an upstream that does not answer leaves what we know. */
  async refresh(payment: Payment, source: ObservationSource, context: CallContext): Promise<Payment> {
    if (payment.reference === null) return payment;
    try {
      const initiation = initiationOf(await this.upstreams.provider(payment.connectionId), payment.kind);
      if (!initiation) return payment;
      return await this.recorder.record(payment.id, await this.ask(payment, initiation, source, context));
    } catch (error) {
      // A Refusal: the connection is gone.
      if (error instanceof ProviderError || error instanceof Refusal) return payment;
      throw error;
    }
  }
}
