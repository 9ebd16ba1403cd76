import { Inject, Injectable } from '@nestjs/common';
import { formatMoney, type NextStep, type PaymentState } from '@tributary/domain';
import {
  ConsentEntity,
  type Payment,
  PaymentEntity,
  type PaymentObservation,
  PaymentObservationEntity,
} from '@tributary/persistence';
import { isId, Vault, type VaultPlace } from '@tributary/platform';
import {
  attended,
  type CallbackTarget,
  type CallContext,
  type PaymentInitiation,
  ProviderError,
} from '@tributary/providers';
import { DataSource } from 'typeorm';
import { requireRedirectUri } from '../apps/redirect-uri.js';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import type { PageRequest } from '../page.js';
import { notFound, Refusal } from '../refusal.js';
import { CLOCK, type Clock } from '../tokens.js';
import { Routes } from '../upstreams/routes.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { HeldPayments } from './held-payments.js';
import { observe, observeStep } from './observe.js';
import { type IdempotencyClaim, type NewPayment, PaymentIntents, requestHash } from './payment-intent.js';
import { PaymentRecorder } from './payment-recorder.js';
import { PaymentSender } from './payment-sender.js';
import { timed } from './timed.js';
import { type PaymentView, viewPayment } from './payment-view.js';

/** What POST /v1/payments gives: the first answer, or that answer again. */
export interface InitiatedPayment {
  readonly payment: PaymentView;
  readonly replayed: boolean;
}

export interface PaymentFilter extends PageRequest {
  readonly status?: PaymentState | undefined;
  readonly isoStatus?: string | undefined;
  readonly psuId?: string | undefined;
  /** RFC 3339; creation time. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Payments as apps see them: initiate, read, follow, cancel. */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly intents: PaymentIntents,
    private readonly sender: PaymentSender,
    private readonly recorder: PaymentRecorder,
    private readonly held: HeldPayments,
    private readonly authorisations: AuthorisationsService,
    private readonly routes: Routes,
    private readonly upstreams: UpstreamsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * One payment for one key. The intent is committed, then sent once; an answer that we did not get leaves the payment
   * `unknown`, and the same key asked again says so instead of sending again.
   * @throws Refusal, or ProviderError where the upstream refused or could not be asked (the same key may then be
   *   used again: nothing has moved)
   */
  async initiate(appId: string, request: NewPayment, key: string, context: CallContext): Promise<InitiatedPayment> {
    const claim: IdempotencyClaim = {
      appId,
      operation: 'payments',
      key,
      requestHash: requestHash({ ...request, order: { ...request.order, amount: formatMoney(request.order.amount) } }),
    };
    const known = await this.intents.find(claim);
    if (known) return this.replay(known, context);

    await requireRedirectUri(this.database, appId, request.redirectUri);
    requireFutureDate(request.order.executionDate, this.clock.now());
    const route = await this.routes.choose(request.institutionId, {
      provider: request.provider,
      capability: 'payments',
    });
    const payments = await this.payments(route.connectionId);
    if (request.consentId !== undefined) await this.requireConsent(appId, request, route.connectionId);
    payments.check({
      institutionReference: route.reference,
      psu: request.psu,
      order: { endToEndId: '', ...request.order },
      scaPreference: request.scaPreference,
    });
    const inserted = await this.intents.insert(claim, request, route);
    if (inserted) return this.carryOut(inserted.payment, payments, inserted.callback, context);
    const first = await this.intents.find(claim);
    if (!first) throw notFound();
    return this.replay(first, context);
  }

  async get(appId: string, id: string, context: CallContext): Promise<PaymentView> {
    const payment = await this.find(appId, id);
    return this.view(attended(context) && !payment.final ? await this.refresh(payment, context) : payment);
  }

  /** Newest first; up to `limit + 1` rows, keyed by their id. */
  async list(appId: string, filter: PaymentFilter): Promise<PaymentView[]> {
    const query = this.database
      .getRepository(PaymentEntity)
      .createQueryBuilder('payment')
      .where('payment.appId = :appId', { appId })
      .orderBy('payment.id', 'DESC')
      .limit(filter.limit + 1);
    if (filter.status) query.andWhere('payment.state = :status', { status: filter.status });
    if (filter.isoStatus) query.andWhere('payment.isoStatus = :isoStatus', { isoStatus: filter.isoStatus });
    if (filter.psuId) query.andWhere('payment.psuId = :psuId', { psuId: filter.psuId });
    if (filter.from) query.andWhere('payment.createdAt >= :from', { from: filter.from });
    if (filter.to) query.andWhere('payment.createdAt <= :to', { to: filter.to });
    if (filter.after !== null) query.andWhere('payment.id < :after', { after: paymentIdOf(filter.after) });
    const payments = await query.getMany();
    const steps = await this.nextSteps(payments);
    return payments.map((payment) => viewPayment(payment, steps.get(payment.authorisationId ?? '') ?? null));
  }

  /** Every observation, oldest first; up to `limit + 1` rows, keyed by their sequence. */
  async timeline(appId: string, id: string, { limit, after }: PageRequest): Promise<PaymentObservation[]> {
    await this.find(appId, id);
    return this.database
      .getRepository(PaymentObservationEntity)
      .createQueryBuilder('entry')
      .where('entry.paymentId = :id AND entry.sequence > :after', { id, after: sequenceOf(after) })
      .orderBy('entry.sequence')
      .limit(limit + 1)
      .getMany();
  }

  /** Asks the upstream to cancel, where the route can. */
  async cancel(appId: string, id: string, context: CallContext): Promise<PaymentView> {
    const payment = await this.find(appId, id);
    if (payment.final) throw new Refusal('conflict', `The payment has ended as ${payment.state}.`);
    const payments = await this.payments(payment.connectionId);
    if (!payments.cancel || !payment.reference) {
      throw new Refusal('capability_unsupported', 'This route cannot cancel a payment.');
    }
    const callback = await this.authorisations.renewCallback(payment.authorisationId ?? '');
    const snapshot = await payments.cancel(await this.held.hold(payment), callback, context);
    return this.view(await this.recorder.record(id, (current) => observe(current, snapshot, 'poll')));
  }

  /** Asks the upstream now, where it can be asked; an upstream that does not answer leaves what we know. */
  async refresh(payment: Payment, context: CallContext): Promise<Payment> {
    if (payment.sendState !== 'sent' || payment.reference === null) return payment;
    try {
      const payments = await this.payments(payment.connectionId);
      const held = await this.held.hold(payment);
      const { result: snapshot, latencyMs } = await timed(() => payments.fetch(held, context));
      return await this.recorder.record(payment.id, (current) =>
        this.held.observe(current, snapshot, 'poll', latencyMs),
      );
    } catch (error) {
      if (error instanceof ProviderError || error instanceof Refusal) return payment;
      throw error;
    }
  }

  /**
   * The road from a committed intent to the PSU's first step: what must come before the instruction, the instruction,
   * and the SCA where the upstream did not open it itself.
   */
  async carryOut(
    payment: Payment,
    payments: PaymentInitiation,
    callback: CallbackTarget,
    context: CallContext,
  ): Promise<InitiatedPayment> {
    try {
      const first = await payments.prepare?.(await this.held.hold(payment), callback, context);
      if (first) return { payment: await this.answer(await this.openStep(payment, first)), replayed: false };
      const sent = await this.sender.send(payment.id, 'created', payments, callback, context);
      if (!sent) return await this.replay(await this.find(payment.appId, payment.id), context);
      const opened = sent.believed ? await this.startSca(sent.payment, callback, context) : sent.payment;
      return { payment: await this.answer(opened), replayed: false };
    } catch (error) {
      await this.intents.release(payment.id);
      const after = await this.find(payment.appId, payment.id);
      // Unknown and refused are what became of the payment; anything else means that nothing has moved: try again.
      if (!(error instanceof ProviderError) || after.sendState === 'created') throw error;
      return { payment: await this.answer(after), replayed: false };
    }
  }

  /** Opens the SCA of a payment that the upstream knows, where it is still to be opened. */
  private async startSca(payment: Payment, callback: CallbackTarget, context: CallContext): Promise<Payment> {
    if (payment.final || payment.stepOpen || !payment.authorisationId) return payment;
    const { authorisation } = await this.upstreams.provider(payment.connectionId);
    const [row] = await this.database.query<{ started: boolean }[]>(
      'SELECT (reference IS NOT NULL OR NOT open) AS started FROM authorisations WHERE id = $1',
      [payment.authorisationId],
    );
    if (!authorisation || row?.started) return payment;
    const held = await this.held.hold(payment);
    try {
      const wish = { approach: held.scaPreference, callback };
      const snapshot = await authorisation.start({ type: 'payment', payment: held }, wish, context);
      return await this.openStep(payment, snapshot);
    } catch (error) {
      // The bank has the payment: its SCA can be asked for again, with an empty step to the authorisation.
      if (error instanceof ProviderError) return payment;
      throw error;
    }
  }

  private async openStep(payment: Payment, snapshot: Parameters<AuthorisationsService['record']>[2]): Promise<Payment> {
    if (payment.authorisationId) {
      await this.authorisations.record(this.database.manager, payment.authorisationId, snapshot);
    }
    return this.recorder.record(payment.id, (current) => observeStep(current, snapshot.nextStep !== null));
  }

  /** The same answer again, or word that the first request is still running, or the road taken up where it broke off. */
  private async replay(payment: Payment, context: CallContext): Promise<InitiatedPayment> {
    if (payment.answerEnvelope !== null) {
      const first = this.vault.unsealJson<PaymentView>(payment.answerEnvelope, answerPlace(payment));
      return { payment: first, replayed: true };
    }
    if (await this.intents.isBeingMade(payment)) {
      throw new Refusal('idempotency_in_progress', 'Ask again with the same key in a few seconds.', {
        retryAfterSeconds: 2,
      });
    }
    if (payment.sendState === 'created' && !payment.final) {
      // Nothing has left us: the first request failed or died before it sent.
      const callback = await this.authorisations.renewCallback(payment.authorisationId ?? '');
      const { payment: view } = await this.carryOut(
        payment,
        await this.payments(payment.connectionId),
        callback,
        context,
      );
      return { payment: view, replayed: false };
    }
    return { payment: await this.view(payment), replayed: true };
  }

  /** Keeps the answer with the payment, so that a repeated key hears the same words. */
  private async answer(payment: Payment): Promise<PaymentView> {
    const view = await this.view(payment);
    await this.database.query('UPDATE payments SET answer_envelope = $2 WHERE id = $1 AND answer_envelope IS NULL', [
      payment.id,
      this.vault.sealJson(view, answerPlace(payment)),
    ]);
    return view;
  }

  private async view(payment: Payment): Promise<PaymentView> {
    const steps = await this.nextSteps([payment]);
    return viewPayment(payment, steps.get(payment.authorisationId ?? '') ?? null);
  }

  private nextSteps(payments: readonly Payment[]): Promise<ReadonlyMap<string, NextStep | null>> {
    return this.authorisations.nextSteps(
      payments.flatMap((payment) => (payment.stepOpen && payment.authorisationId ? [payment.authorisationId] : [])),
    );
  }

  /** A payment may run in the session of a consent of the same app, at the same bank, that its PSU has authorised. */
  private async requireConsent(appId: string, { consentId, psu }: NewPayment, connectionId: string): Promise<void> {
    const consent = await this.database.getRepository(ConsentEntity).findOneBy({ id: consentId ?? '', appId });
    if (!consent) throw notFound();
    const fits = consent.connectionId === connectionId && consent.psuId === psu.id;
    if (consent.status === 'authorised' && fits) return;
    const message = 'must be authorised, at the same bank, by the same PSU';
    throw new Refusal('consent_not_usable', `The consent is ${consent.status}; it ${message}.`, {
      errors: [{ pointer: '/consentId', code: 'consent_not_usable', message }],
    });
  }

  private async find(appId: string, id: string): Promise<Payment> {
    const payment = await this.database.getRepository(PaymentEntity).findOneBy({ id, appId });
    if (!payment) throw notFound();
    return payment;
  }

  private async payments(connectionId: string): Promise<PaymentInitiation> {
    const { payments } = await this.upstreams.provider(connectionId);
    if (!payments) throw new Refusal('capability_unsupported', 'This route cannot initiate payments.');
    return payments;
  }
}

/** @throws Refusal for a cursor that is not one of this list */
function sequenceOf(after: string | null): number {
  if (after === null) return 0;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw foreignCursor();
}

/** @throws Refusal for a cursor that is not one of this list */
function paymentIdOf(after: string): string {
  if (isId('pay', after)) return after;
  throw foreignCursor();
}

function foreignCursor(): Refusal {
  return new Refusal('invalid_request', 'The cursor is not a nextCursor of this list: start again without it.', {
    errors: [
      { pointer: '/query/cursor', code: 'invalid', message: 'cursor must be the nextCursor of the page before' },
    ],
  });
}

/** A day that is over everywhere on earth cannot be asked for. @throws Refusal */
function requireFutureDate(executionDate: string | undefined, now: Date): void {
  const yesterday = new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10);
  if (executionDate === undefined || executionDate >= yesterday) return;
  throw new Refusal('invalid_request', 'The execution date is over.', {
    errors: [{ pointer: '/executionDate', code: 'past', message: 'executionDate must be today or later' }],
  });
}

const answerPlace = ({ id, appId }: Payment): VaultPlace => ({
  appId,
  table: 'payments',
  row: id,
  column: 'answer_envelope',
});
