import { Inject, Injectable } from '@nestjs/common';
import { type ObservationSource, scaStatuses, scaSucceeded } from '@tributary/domain';
import { AuthorisationEntity, type Payment, PaymentEntity } from '@tributary/persistence';
import { type AuthorisationSnapshot, type CallbackTarget, type CallContext, ProviderError } from '@tributary/providers';
import { DataSource, Not } from 'typeorm';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import type { LoadedSubject, SubjectHandler } from '../authorisations/subject.js';
import { CLOCK, type Clock } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { HeldPayments } from './held-payments.js';
import { observeSending, observeStep } from './observe.js';
import { PaymentRecorder } from './payment-recorder.js';
import { sendLeaseSeconds } from './payment-sender.js';
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
    const { scaStatus } = snapshot;
    const over = scaStatus !== null && scaStatuses[scaStatus].final;
    if (!over && !(await this.loggedIn(payment))) return undefined;
    if (over && !scaSucceeded(scaStatus)) {
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
    try {
      const own = await this.ownAuthorisation(payment.id);
      await this.payments.carryOut(own.payment, payments, own.callback, context);
      return undefined;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      // Nothing has left us and the PSU has done their part: the worker tries again.
      return 'ask-again';
    }
  }

  /** Whether the login that comes before the instruction is behind the PSU. */
  private async loggedIn({ id, authorisationId }: Payment): Promise<boolean> {
    const earlier = await this.database
      .getRepository(AuthorisationEntity)
      .findBy({ subjectId: id, id: Not(authorisationId ?? ''), open: false });
    return earlier.some(({ scaStatus }) => scaStatus === 'finalised' || scaStatus === 'exempted');
  }

  /**
   * An SCA for the instruction itself, since the one that came before it is over. Whoever takes this road again finds
   * the same one.
   */
  private async ownAuthorisation(id: string): Promise<{ payment: Payment; callback: CallbackTarget }> {
    const own = await this.database.transaction(async (manager) => {
      const payments = manager.getRepository(PaymentEntity);
      const payment = await payments.findOneOrFail({ where: { id }, lock: { mode: 'pessimistic_write' } });
      const { authorisationId, appId, connectionId, provider, scaPreference } = payment;
      const { open } = await manager.getRepository(AuthorisationEntity).findOneByOrFail({ id: authorisationId ?? '' });
      if (open) return { payment, authorisationId: authorisationId ?? '' };
      const subject = { subjectType: 'payment', subjectId: id, appId, connectionId, provider } as const;
      const opened = await this.authorisations.open(manager, { ...subject, approach: scaPreference ?? undefined });
      const changed = { authorisationId: opened.authorisationId, version: payment.version + 1 };
      await payments.update(id, changed);
      // Should the instruction not get out now, the worker takes it up.
      await this.authorisations.expectStart(manager, opened.authorisationId, sendLeaseSeconds);
      return { payment: { ...payment, ...changed }, authorisationId: opened.authorisationId };
    });
    return { payment: own.payment, callback: await this.authorisations.renewCallback(own.authorisationId) };
  }

  private async ask(payment: Payment, source: ObservationSource, context: CallContext): Promise<void> {
    const { payments } = await this.upstreams.provider(payment.connectionId);
    if (!payments || payment.reference === null) return;
    try {
      const held = await this.held.hold(payment);
      const { result: snapshot, latencyMs } = await timed(() => payments.fetch(held, context));
      await this.recorder.record(payment.id, (current) => this.held.observe(current, snapshot, source, latencyMs));
    } catch (error) {
      // The worker asks again on the payment's own schedule.
      if (!(error instanceof ProviderError)) throw error;
    }
  }

  private find(id: string): Promise<Payment> {
    return this.database.getRepository(PaymentEntity).findOneByOrFail({ id });
  }
}
