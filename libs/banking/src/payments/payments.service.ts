import { Inject, Injectable } from '@nestjs/common';
import type { AnyOrder, PaymentState } from '@tributary/domain';
import {
  ConsentEntity,
  type Payment,
  PaymentEntity,
  type PaymentKind,
  type PaymentObservation,
  PaymentObservationEntity,
} from '@tributary/persistence';
import { failpoint, newId } from '@tributary/platform';
import { attended, type CallContext, type PaymentInitiation } from '@tributary/providers';
import { DataSource } from 'typeorm';
import type { OpenedAuthorisation } from '../authorisations/authorisations.service.js';
import { requireRedirectUri } from '../apps/redirect-uri.js';
import type { PageRequest } from '../page.js';
import { notFound, Refusal } from '../refusal.js';
import { CLOCK, type Clock } from '../tokens.js';
import { Routes } from '../upstreams/routes.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { requireInitiation } from './initiation-of.js';
import { capabilitiesFor, checkOrder, kindOf, named, type NewPayment } from './new-payment.js';
import { type InitiatedPayment, PaymentInitiator } from './payment-initiator.js';
import { PaymentInquiry } from './payment-inquiry.js';
import { type IdempotencyClaim, PaymentIntents, requestHash } from './payment-intent.js';
import type { AnyPaymentView } from './payment-view.js';
import { PaymentViews } from './payment-views.js';

export interface PaymentFilter extends PageRequest {
  readonly status?: PaymentState | undefined;
  readonly isoStatus?: string | undefined;
  readonly psuId?: string | undefined;
  /** RFC 3339; creation time. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The operations whose keys are unique by themselves. */
const operations = { single: 'payments', bulk: 'bulk-payments' } as const satisfies Record<PaymentKind, string>;

/** An intent on disk, and who carries it out. */
interface Intended {
  readonly payment: Payment;
  readonly opened: OpenedAuthorisation;
  readonly initiation: PaymentInitiation<AnyOrder>;
}

/** A list shows no items: a page of bulks could have hundreds of thousands. */
const listed = Object.keys(PaymentEntity.options.columns)
  .filter((column) => column !== 'items' && column !== 'itemStatuses')
  .map((column) => `payment.${column}`);

/** Single and bulk payments as apps see them: initiate, read, follow. The prefix of an id tells its kind. */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly database: DataSource,
    private readonly intents: PaymentIntents,
    private readonly initiator: PaymentInitiator,
    private readonly inquiry: PaymentInquiry,
    private readonly views: PaymentViews,
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
    const kind = kindOf(request);
    const claim: IdempotencyClaim = { appId, operation: operations[kind], key, requestHash: requestHash(request) };
    let intended: Intended | null = null;
    let refused: unknown;
    try {
      intended = await this.intend(claim, request);
    } catch (error) {
      refused = error;
    }
    if (intended) {
      failpoint('intent.committed');
      return this.initiator.carryOut(intended.payment, intended.initiation, intended.opened, context);
    }
    // Of a key that stands for a payment already only that payment counts, whatever else would be said of the request.
    const known = await this.intents.find(claim);
    if (known) return this.initiator.replay(known, context);
    if (refused !== undefined) throw refused;
    await requireRedirectUri(this.database, appId, request.redirectUri);
    throw notFound();
  }

  /** The intent, committed; null where the key stands for a payment already, or the redirect URI is not registered. @throws Refusal */
  private async intend(claim: IdempotencyClaim, request: NewPayment): Promise<Intended | null> {
    const { appId } = claim;
    const kind = kindOf(request);
    checkOrder(request.order, this.clock.now());
    const { institutionId, provider, psu, scaPreference, consentId } = request;
    const route = await this.routes.choose(institutionId, { provider, capabilities: capabilitiesFor(request) });
    const initiation = await requireInitiation(this.upstreams, { connectionId: route.connectionId, kind });
    if (consentId !== undefined) await this.requireConsent(appId, request, route.connectionId);
    const order = named(request.order, newId('pay'));
    initiation.check({ institutionReference: route.reference, psu, order, scaPreference });
    // Written down with the scheme that carries it: what it means to name none may change with the connection.
    const scheme = order.scheme ?? initiation.schemeFor?.(order);
    const inserted = await this.intents.insert(claim, { ...request, order: { ...request.order, scheme } }, route);
    return inserted && { ...inserted, initiation };
  }

  async get(appId: string, id: string, context: CallContext): Promise<AnyPaymentView> {
    const payment = await this.find(appId, id);
    const asked = attended(context) && !payment.final && payment.sendState === 'sent';
    return this.views.one(asked ? await this.inquiry.refresh(payment, 'poll', context) : payment);
  }

  /** Newest first; up to `limit + 1` rows, keyed by their id. */
  async list(appId: string, kind: PaymentKind, filter: PaymentFilter): Promise<AnyPaymentView[]> {
    const query = this.database
      .getRepository(PaymentEntity)
      .createQueryBuilder('payment')
      .select(listed)
      .where('payment.appId = :appId AND payment.kind = :kind', { appId, kind })
      .orderBy('payment.id', 'DESC')
      .limit(filter.limit + 1);
    if (filter.status) query.andWhere('payment.state = :status', { status: filter.status });
    if (filter.isoStatus) query.andWhere('payment.isoStatus = :isoStatus', { isoStatus: filter.isoStatus });
    if (filter.psuId) query.andWhere('payment.psuId = :psuId', { psuId: filter.psuId });
    if (filter.from) query.andWhere('payment.createdAt >= :from', { from: filter.from });
    if (filter.to) query.andWhere('payment.createdAt <= :to', { to: filter.to });
    if (filter.after !== null) query.andWhere('payment.id < :after', { after: filter.after });
    return this.views.all(await query.getMany());
  }

  /** Every observation, oldest first; up to `limit + 1` rows, keyed by their sequence. */
  async timeline(appId: string, id: string, { limit, after }: PageRequest): Promise<PaymentObservation[]> {
    await this.find(appId, id);
    return this.database
      .getRepository(PaymentObservationEntity)
      .createQueryBuilder('entry')
      .where('entry.paymentId = :id AND entry.sequence > :after', { id, after: after ?? '0' })
      .orderBy('entry.sequence')
      .limit(limit + 1)
      .getMany();
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
}
