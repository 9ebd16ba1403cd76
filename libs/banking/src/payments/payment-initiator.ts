import { Injectable } from '@nestjs/common';
import type { AnyOrder } from '@tributary/domain';
import { type Payment, PaymentEntity } from '@tributary/persistence';
import {
  type AuthorisationSnapshot,
  type CallContext,
  type PaymentInitiation,
  ProviderError,
} from '@tributary/providers';
import { DataSource } from 'typeorm';
import { AuthorisationsService, type OpenedAuthorisation } from '../authorisations/authorisations.service.js';
import { Refusal } from '../refusal.js';
import { HeldPayments } from './held-payments.js';
import { requireInitiation } from './initiation-of.js';
import { announced, observeStep } from './observe.js';
import { PaymentAnswers } from './payment-answers.js';
import { PaymentIntents } from './payment-intent.js';
import { PaymentRecorder } from './payment-recorder.js';
import { PaymentSender } from './payment-sender.js';
import type { AnyPaymentView } from './payment-view.js';
import { PaymentViews } from './payment-views.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';

/** What POST /v1/payments gives: the first answer, or that answer again. */
export interface InitiatedPayment {
  readonly payment: AnyPaymentView;
  readonly replayed: boolean;
}

/** The road of a payment from its committed intent to the PSU's first step, and back onto it for a repeated key. */
@Injectable()
export class PaymentInitiator {
  constructor(
    private readonly database: DataSource,
    private readonly intents: PaymentIntents,
    private readonly sender: PaymentSender,
    private readonly recorder: PaymentRecorder,
    private readonly held: HeldPayments,
    private readonly views: PaymentViews,
    private readonly answers: PaymentAnswers,
    private readonly authorisations: AuthorisationsService,
    private readonly upstreams: UpstreamsService,
  ) {}

  /** What must come before the instruction, the instruction, and the SCA where the upstream did not open it itself. */
  async carryOut(
    payment: Payment,
    initiation: PaymentInitiation<AnyOrder>,
    opened: OpenedAuthorisation,
    context: CallContext,
  ): Promise<InitiatedPayment> {
    const { callback } = opened;
    try {
      const first = await initiation.prepare?.(await this.held.hold(payment), callback, context);
      if (first) return { payment: await this.answers.keep(await this.openStep(payment, first)), replayed: false };
      // What came before may have left something behind.
      const ready = initiation.prepare ? await this.find(payment.id) : payment;
      const sent = await this.sender.send(ready, 'created', initiation, callback, context);
      if (!sent) return await this.replay(await this.find(payment.id), context);
      if (sent.answer) return { payment: sent.answer, replayed: false };
      const started = sent.believed ? await this.startSca(sent.payment, opened, context) : sent.payment;
      const untold = sent.untold && started.state === sent.payment.state;
      const after = untold ? await this.recorder.record(payment.id, announced) : started;
      return { payment: await this.answers.keep(after), replayed: false };
    } catch (error) {
      await this.intents.release(payment.id);
      const after = await this.find(payment.id);
      // Unknown and refused are what became of the payment; anything else means that nothing has moved: try again.
      if (!(error instanceof ProviderError) || after.sendState === 'created') throw error;
      return { payment: await this.answers.keep(after), replayed: false };
    }
  }

  /** The same answer again, or word that the first request is still running, or the road taken up where it broke off. */
  async replay(found: Payment, context: CallContext): Promise<InitiatedPayment> {
    if (await this.intents.isBeingMade(found)) {
      throw new Refusal('idempotency_in_progress', 'Ask again with the same key in a few seconds.', {
        retryAfterSeconds: 2,
      });
    }
    // As it is now: its maker may have gone on since the caller looked.
    const payment = await this.find(found.id);
    const first = this.answers.kept(payment);
    if (first) return { payment: first, replayed: true };
    if (payment.sendState === 'created' && payment.authorisationId !== null && !payment.final) {
      // Nothing has left us: the first request failed or died before it sent.
      const { authorisationId } = payment;
      const callback = await this.authorisations.renewCallback(authorisationId);
      const initiation = await requireInitiation(this.upstreams, payment);
      return this.carryOut(payment, initiation, { authorisationId, callback }, context);
    }
    return { payment: await this.views.one(payment), replayed: true };
  }

  /** Opens the SCA of a payment that the upstream knows, where it is still to be opened. */
  private async startSca(payment: Payment, opened: OpenedAuthorisation, context: CallContext): Promise<Payment> {
    if (payment.final || payment.stepOpen || payment.signInBasket) return payment;
    const { authorisation } = await this.upstreams.provider(payment.connectionId);
    const [row] = await this.database.query<{ started: boolean }[]>(
      'SELECT (reference IS NOT NULL OR NOT open) AS started FROM authorisations WHERE id = $1',
      [opened.authorisationId],
    );
    if (!authorisation || row?.started) return payment;
    const held = await this.held.hold(payment);
    try {
      const subject = { type: 'payment', payment: held } as const;
      const snapshot = await this.authorisations.start(opened, subject, held.scaPreference, context);
      return await this.stepped(payment, snapshot);
    } catch (error) {
      // The bank has the payment: its SCA can be asked for again, with an empty step to the authorisation.
      if (error instanceof ProviderError) return payment;
      throw error;
    }
  }

  private async openStep(payment: Payment, snapshot: AuthorisationSnapshot): Promise<Payment> {
    if (payment.authorisationId) {
      await this.authorisations.record(this.database.manager, payment.authorisationId, snapshot);
    }
    return this.stepped(payment, snapshot);
  }

  private stepped(payment: Payment, { nextStep, disclosure }: AuthorisationSnapshot): Promise<Payment> {
    return this.recorder.record(payment.id, (current) => observeStep(current, nextStep !== null, disclosure));
  }

  private find(id: string): Promise<Payment> {
    return this.database.getRepository(PaymentEntity).findOneByOrFail({ id });
  }
}
