import { Inject, Injectable } from '@nestjs/common';
import { type Payment, PaymentEntity } from '@tributary/persistence';
import { type CallContext, type CancellationSnapshot, ProviderError } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { AuthorisationsService, type OpenedAuthorisation } from '../authorisations/authorisations.service.js';
import { notFound, Refusal } from '../refusal.js';
import { CLOCK, type Clock } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { HeldPayments } from './held-payments.js';
import { requireInitiation } from './initiation-of.js';
import { observeSending, observeStep } from './observe.js';
import { PaymentInquiry } from './payment-inquiry.js';
import { PaymentRecorder } from './payment-recorder.js';
import { sendLeaseSeconds } from './payment-sender.js';
import type { AnyPaymentView } from './payment-view.js';
import { PaymentViews } from './payment-views.js';
import type { PlannedChange } from './payment-writer.js';

/**
 * Cancelling a payment. Only the bank's own CANC ends it: neither our request nor an SCA does. A request whose answer was
 * lost may be repeated, since it can cancel no more than the first did.
 */
@Injectable()
export class PaymentCancellation {
  constructor(
    private readonly database: DataSource,
    private readonly upstreams: UpstreamsService,
    private readonly held: HeldPayments,
    private readonly inquiry: PaymentInquiry,
    private readonly recorder: PaymentRecorder,
    private readonly views: PaymentViews,
    private readonly authorisations: AuthorisationsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws Refusal `not_found`, `conflict`, `capability_unsupported`; ProviderError, for example `rejected` where it is
   *   too late, unless the bank says when asked that the payment is cancelled
   */
  async cancel(appId: string, id: string, context: CallContext): Promise<AnyPaymentView> {
    const payment = await this.withdrawn(await this.find(appId, id));
    if (payment.sendState === 'withdrawn') return this.views.one(payment);
    if (payment.final) throw new Refusal('conflict', `The payment has ended as ${payment.state}.`);
    const initiation = await requireInitiation(this.upstreams, payment);
    if (!initiation.cancel) throw new Refusal('capability_unsupported', 'This route cannot cancel a payment.');
    if (payment.reference === null) {
      throw new Refusal('conflict', 'The bank has not named the payment yet. Read it, and cancel it once it has.');
    }
    const opened = await this.open(payment);
    let answered: CancellationSnapshot;
    try {
      answered = await initiation.cancel(await this.held.hold(payment), opened.callback, context);
    } catch (error) {
      await this.authorisations.discard(this.database.manager, opened.authorisationId);
      if (!(error instanceof ProviderError)) throw error;
      // It may have arrived all the same, or the payment ended before: the bank's status tells.
      const after = await this.inquiry.refresh(payment, 'poll', context);
      if (after.isoStatus !== 'CANC') throw error;
      return this.views.one(after);
    }
    const after = await this.record(payment, opened, answered);
    if (answered.authorisationRequired && !after.final) return this.authorise(after, opened, answered, context);
    await this.authorisations.discard(this.database.manager, opened.authorisationId);
    return this.views.one(after.final ? after : await this.inquiry.refresh(after, 'poll', context));
  }

  /** What never left us ends here: nothing can have moved. */
  private async withdrawn(payment: Payment): Promise<Payment> {
    if (payment.sendState !== 'created' || payment.final) return payment;
    const at = this.clock.now();
    const after = await this.recorder.record(payment.id, (current) =>
      current.sendState === 'created'
        ? observeSending(current, 'withdrawn', 'app', { upstreamStatus: 'never sent', at })
        : observeStep(current, current.stepOpen),
    );
    if (after.sendState === 'withdrawn') await this.authorisations.close(this.database.manager, [payment.id]);
    return after;
  }

  /** An SCA under way from an earlier request goes on until the bank has answered this one. */
  private open({ id, appId, connectionId, scaPreference }: Payment): Promise<OpenedAuthorisation> {
    return this.database.transaction((manager) =>
      this.authorisations.open(manager, {
        subjectType: 'cancellation',
        subjectId: id,
        appId,
        connectionId,
        approach: scaPreference ?? undefined,
        keepEarlier: true,
      }),
    );
  }

  private record(payment: Payment, opened: OpenedAuthorisation, answered: CancellationSnapshot): Promise<Payment> {
    const { payment: said, authorisationRequired, continuation = null } = answered;
    return this.recorder.record(payment.id, (current) => {
      const change: PlannedChange = said
        ? this.inquiry.heard(payment, said, 'poll')(current)
        : observeStep(current, current.stepOpen);
      const { after } = change;
      return {
        ...change,
        after: {
          ...after,
          continuationEnvelope: continuation ? this.held.keep(current, continuation) : after.continuationEnvelope,
          ...(authorisationRequired && { cancellationAuthorisationId: opened.authorisationId }),
        },
      };
    });
  }

  /** The bank wants an SCA of the cancellation: the one it opened, or one that is started now. */
  private async authorise(
    payment: Payment,
    opened: OpenedAuthorisation,
    { authorisation }: CancellationSnapshot,
    context: CallContext,
  ): Promise<AnyPaymentView> {
    const { manager } = this.database;
    await this.authorisations.replaceEarlier(manager, opened.authorisationId);
    if (authorisation) {
      await this.authorisations.record(manager, opened.authorisationId, authorisation);
      return this.views.one(payment);
    }
    await this.authorisations.expectStart(manager, opened.authorisationId, sendLeaseSeconds);
    const held = await this.held.hold(payment);
    try {
      await this.authorisations.start(opened, { type: 'cancellation', payment: held }, held.scaPreference, context);
    } catch (error) {
      // The bank knows of the cancellation: an empty step to its authorisation, or the worker, opens the SCA.
      if (!(error instanceof ProviderError)) throw error;
    }
    return this.views.one(payment);
  }

  private async find(appId: string, id: string): Promise<Payment> {
    const payment = await this.database.getRepository(PaymentEntity).findOneBy({ id, appId });
    if (!payment) throw notFound();
    return payment;
  }
}
