import { Inject, Injectable } from '@nestjs/common';
import { type ObservationSource, scaStatuses, scaSucceeded } from '@tributary/domain';
import { AuthorisationEntity, type Payment, PaymentEntity } from '@tributary/persistence';
import { type AuthorisationSnapshot, type CallContext, ProviderError } from '@tributary/providers';
import { DataSource, Not } from 'typeorm';
import { AuthorisationsService, type OpenedAuthorisation } from '../authorisations/authorisations.service.js';
import type { LoadedSubject, SubjectHandler } from '../authorisations/subject.js';
import { CLOCK, type Clock } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { HeldPayments } from './held-payments.js';
import { initiationOf } from './initiation-of.js';
import { observeSending, observeStep } from './observe.js';
import { PaymentInitiator } from './payment-initiator.js';
import { PaymentInquiry } from './payment-inquiry.js';
import { PaymentRecorder } from './payment-recorder.js';
import { sendLeaseSeconds } from './payment-sender.js';

/** What an SCA does to its payment: it opens and closes steps, lets a prepared payment go out, and hints at news. */
@Injectable()
export class PaymentSubject implements SubjectHandler {
  readonly type = 'payment';

  constructor(
    private readonly database: DataSource,
    private readonly initiator: PaymentInitiator,
    private readonly inquiry: PaymentInquiry,
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
    const held = await this.held.hold(payment);
    return {
      subject: { type: 'payment', payment: held },
      scaPreference: held.scaPreference,
      redirectUri: payment.redirectUri,
      appState: payment.appState,
      returnedAs: 'paymentId',
    };
  }

  async moved(
    subjectId: string,
    snapshot: AuthorisationSnapshot,
    source: ObservationSource,
    context: CallContext,
  ): Promise<void | 'ask-again'> {
    const payment = await this.stepped(subjectId, snapshot);
    if (payment.sendState === 'created') return this.prepared(payment, snapshot, context);
    // The browser, or the bank's word about its SCA, is a hint: the bank's word about the payment is what counts.
    if (snapshot.nextStep === null || source === 'callback') await this.inquiry.refresh(payment, source, context);
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

  /** A step is open as long as any signer has one. Two of them can move at once, so whoever writes looks again. */
  private async stepped(subjectId: string, { disclosure }: AuthorisationSnapshot): Promise<Payment> {
    for (;;) {
      const open = await this.authorisations.stepOpen('payment', subjectId);
      const payment = await this.recorder.record(subjectId, (current) => observeStep(current, open, disclosure));
      if ((await this.authorisations.stepOpen('payment', subjectId)) === open) return payment;
    }
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
          ? observeSending(current, 'declined', 'callback', {
              upstreamStatus: snapshot.upstreamStatus,
              at: snapshot.observedAt,
            })
          : observeStep(current, false),
      );
      return undefined;
    }
    const initiation = initiationOf(await this.upstreams.provider(payment.connectionId), payment.kind);
    if (!initiation || payment.authorisationId === null) return undefined;
    try {
      const own = await this.ownAuthorisation(payment.id);
      await this.initiator.carryOut(own.payment, initiation, own.opened, context);
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
  private async ownAuthorisation(id: string): Promise<{ payment: Payment; opened: OpenedAuthorisation }> {
    const own = await this.database.transaction(async (manager) => {
      const payments = manager.getRepository(PaymentEntity);
      const payment = await payments.findOneOrFail({ where: { id }, lock: { mode: 'pessimistic_write' } });
      const { authorisationId, appId, connectionId, scaPreference } = payment;
      const { open } = await manager.getRepository(AuthorisationEntity).findOneByOrFail({ id: authorisationId ?? '' });
      if (open) return { payment, authorisationId: authorisationId ?? '' };
      const subject = { subjectType: 'payment', subjectId: id, appId, connectionId } as const;
      const opened = await this.authorisations.open(manager, { ...subject, approach: scaPreference ?? undefined });
      const changed = { authorisationId: opened.authorisationId, version: payment.version + 1 };
      await payments.update(id, changed);
      // Should the instruction not get out now, the worker takes it up.
      await this.authorisations.expectStart(manager, opened.authorisationId, sendLeaseSeconds);
      return { payment: { ...payment, ...changed }, authorisationId: opened.authorisationId };
    });
    const { payment, authorisationId } = own;
    return { payment, opened: { authorisationId, callback: await this.authorisations.renewCallback(authorisationId) } };
  }

  private find(id: string): Promise<Payment> {
    return this.database.getRepository(PaymentEntity).findOneByOrFail({ id });
  }
}
