import { Inject, Injectable } from '@nestjs/common';
import { type ObservationSource, scaStatuses, scaSucceeded } from '@tributary/domain';
import { type Payment, PaymentEntity } from '@tributary/persistence';
import { type AuthorisationSnapshot, type CallContext, ProviderError } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import type { LoadedSubject, SubjectHandler } from '../authorisations/subject.js';
import { CLOCK, type Clock } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { HeldPayments } from './held-payments.js';
import { observe, observeSending, observeStep } from './observe.js';
import { PaymentRecorder } from './payment-recorder.js';
import { PaymentsService } from './payments.service.js';
import { timed } from './timed.js';

/** What an SCA does to its payment: it opens and closes steps, lets a prepared payment go out, and hints at news. */
@Injectable()
export class PaymentSubject implements SubjectHandler {
  readonly type = 'payment';

  constructor(
    private readonly database: DataSource,
    private readonly payments: PaymentsService,
    private readonly recorder: PaymentRecorder,
    private readonly held: HeldPayments,
    private readonly upstreams: UpstreamsService,
    private readonly authorisations: AuthorisationsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    authorisations.register(this);
  }

  async load(subjectId: string): Promise<LoadedSubject> {
    const payment = await this.find(subjectId);
    return {
      subject: { type: 'payment', payment: await this.held.hold(payment) },
      appId: payment.appId,
      connectionId: payment.connectionId,
      redirectUri: payment.redirectUri,
      appState: payment.appState,
    };
  }

  async moved(
    subjectId: string,
    snapshot: AuthorisationSnapshot,
    source: ObservationSource,
    context: CallContext,
  ): Promise<void | 'ask-again'> {
    const payment = await this.recorder.record(subjectId, (current) =>
      observeStep(current, snapshot.nextStep !== null),
    );
    if (payment.sendState === 'created') return this.prepared(payment, snapshot, context);
    // The browser, or the bank's word about its SCA, is a hint: the bank's word about the payment is what counts.
    if (snapshot.nextStep === null || source === 'callback') await this.ask(payment, source, context);
    return undefined;
  }

  async lapsed(subjectId: string): Promise<void> {
    await this.recorder.record(subjectId, (current) =>
      current.sendState === 'created'
        ? observeSending(current, 'abandoned', 'poll', { upstreamStatus: 'never sent', at: this.clock.now() })
        : observeStep(current, false),
    );
  }

  async status(subjectId: string): Promise<string> {
    return (await this.find(subjectId)).state;
  }

  /** The SCA that comes before the instruction: done, the instruction goes out; refused, nothing ever will. */
  private async prepared(
    payment: Payment,
    snapshot: AuthorisationSnapshot,
    context: CallContext,
  ): Promise<void | 'ask-again'> {
    if (snapshot.scaStatus === null || !scaStatuses[snapshot.scaStatus].final) return undefined;
    if (!scaSucceeded(snapshot.scaStatus)) {
      await this.recorder.record(payment.id, (current) =>
        current.sendState === 'created'
          ? observeSending(current, 'refused', 'callback', {
              upstreamStatus: snapshot.upstreamStatus,
              at: snapshot.observedAt,
            })
          : observeStep(current, false),
      );
      return undefined;
    }
    const { payments } = await this.upstreams.provider(payment.connectionId);
    if (!payments || !payment.authorisationId) return undefined;
    const callback = await this.authorisations.renewCallback(payment.authorisationId);
    try {
      await this.payments.carryOut(payment, payments, callback, context);
      return undefined;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      // Nothing has left us and the PSU has done their part: the worker tries again.
      return 'ask-again';
    }
  }

  private async ask(payment: Payment, source: ObservationSource, context: CallContext): Promise<void> {
    const { payments } = await this.upstreams.provider(payment.connectionId);
    if (!payments || payment.reference === null) return;
    try {
      const held = await this.held.hold(payment);
      const { result: snapshot, latencyMs } = await timed(() => payments.fetch(held, context));
      await this.recorder.record(payment.id, (current) => observe(current, snapshot, source, latencyMs));
    } catch (error) {
      // The worker asks again on the payment's own schedule.
      if (!(error instanceof ProviderError)) throw error;
    }
  }

  private find(id: string): Promise<Payment> {
    return this.database.getRepository(PaymentEntity).findOneByOrFail({ id });
  }
}
