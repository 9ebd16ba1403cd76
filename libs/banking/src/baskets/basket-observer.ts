import { Inject, Injectable } from '@nestjs/common';
import { basketIsFinal, basketMayBecome, type BasketState, basketStateOf } from '@tributary/domain';
import { type SigningBasket, SigningBasketEntity } from '@tributary/persistence';
import { Vault } from '@tributary/platform';
import type { BasketSnapshot, CallContext, Continuation, HeldBasket, SigningBaskets } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { ConsentEstablishment } from '../consents/consent-establishment.js';
import { disclosed } from '../disclosure.js';
import { addEvent } from '../events/outbox.js';
import { PaymentInquiry } from '../payments/payment-inquiry.js';
import { Refusal } from '../refusal.js';
import { LOGGER, type Logger } from '../tokens.js';
import { Grants } from '../upstreams/grants.js';
import { Routes } from '../upstreams/routes.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { BasketMembers } from './basket-members.js';

/** What somebody said about a basket. */
export interface BasketReport {
  /** null: a word without a meaning to us. */
  readonly state: BasketState | null;
  readonly upstreamStatus: string | null;
  readonly facts?: Partial<
    Pick<SigningBasket, 'reference' | 'continuationEnvelope' | 'disclosure' | 'authorisationId'>
  >;
}

/** The one place where a basket changes: its row and the event for the app are written together. */
@Injectable()
export class BasketObserver {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly grants: Grants,
    private readonly routes: Routes,
    private readonly upstreams: UpstreamsService,
    private readonly members: BasketMembers,
    private readonly payments: PaymentInquiry,
    private readonly consents: ConsentEstablishment,
    private readonly authorisations: AuthorisationsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The basket as its provider wants it. */
  async hold(basket: SigningBasket): Promise<HeldBasket> {
    return {
      ...(await this.members.hold(await this.members.of(basket.id))),
      id: basket.id,
      reference: basket.reference,
      institutionReference: await this.routes.reference(basket.institutionId, basket.connectionId),
      psu: { id: basket.psuId, corporateId: basket.psuCorporateId ?? undefined },
      scaPreference: basket.scaPreference ?? undefined,
      continuation: this.continuation(basket),
      tokens: this.grants.store(basket.id, basket.appId),
    };
  }

  /** @throws Refusal `capability_unsupported` */
  async upstream({ connectionId }: Pick<SigningBasket, 'connectionId'>): Promise<SigningBaskets> {
    const { baskets } = await this.upstreams.provider(connectionId);
    if (baskets) return baskets;
    throw new Refusal('capability_unsupported', 'This route has no signing baskets.');
  }

  /** A report out of an upstream's snapshot. */
  report(basket: SigningBasket, snapshot: BasketSnapshot): BasketReport {
    const { status, upstreamStatus, reference, continuation } = snapshot;
    return {
      state: status && basketStateOf(status),
      upstreamStatus,
      facts: {
        reference: basket.reference ?? reference,
        disclosure: disclosed(disclosed(basket.disclosure, snapshot), snapshot.authorisation?.disclosure),
        ...(continuation && { continuationEnvelope: this.seal(basket, continuation) }),
      },
    };
  }

  /** Asks the upstream, and once the basket is over also about its members. @throws ProviderError */
  async refresh(basket: SigningBasket, context: CallContext): Promise<SigningBasket> {
    if (basket.reference === null || basketIsFinal(basket.status)) return basket;
    const snapshot = await (await this.upstream(basket)).read(await this.hold(basket), context);
    const after = await this.observe(basket.id, this.report(basket, snapshot));
    if (basketIsFinal(after.status)) await this.askMembers(after, context);
    return after;
  }

  /**
   * What the signing did is theirs to say.
   * @returns whether nobody waits any more
   */
  async askMembers({ id }: SigningBasket, context: CallContext): Promise<boolean> {
    const { payments, consents } = await this.members.of(id);
    const paid = await Promise.all(payments.map((payment) => this.payments.refresh(payment, 'callback', context)));
    const granted = await Promise.all(consents.map((consent) => this.consents.refresh(consent, 'callback', context)));
    return (
      paid.every((payment) => payment.final || payment.isoStatus !== 'RCVD') &&
      granted.every((consent) => consent.status !== 'awaitingAuthorisation')
    );
  }

  /** Applies a report. An ended basket never comes back. */
  async observe(basketId: string, { state, upstreamStatus, facts = {} }: BasketReport): Promise<SigningBasket> {
    return this.database.transaction(async (manager) => {
      const baskets = manager.getRepository(SigningBasketEntity);
      const before = await baskets.findOneOrFail({ where: { id: basketId }, lock: { mode: 'pessimistic_write' } });
      const applied = state !== null && state !== before.status && basketMayBecome(before.status, state);
      const status = applied ? state : before.status;
      const after = { ...before, ...facts, status, upstreamStatus: upstreamStatus ?? before.upstreamStatus };
      if (!applied && state !== before.status) {
        this.logger.warn(
          { event: 'basket.not-applied', basketId, connectionId: before.connectionId, status: state },
          'the upstream said something about a signing basket that was not applied',
        );
      }
      if (columns.every((column) => before[column] === after[column])) return before;
      await manager.query(
        `UPDATE signing_baskets
         SET status = $2, upstream_status = $3, reference = $4, continuation_envelope = $5, disclosure = $6,
             authorisation_id = $7, version = version + 1, updated_at = now()
         WHERE id = $1`,
        [
          basketId,
          after.status,
          after.upstreamStatus,
          after.reference,
          after.continuationEnvelope,
          after.disclosure,
          after.authorisationId,
        ],
      );
      if (applied) {
        await addEvent(manager, {
          appId: before.appId,
          type: 'basket.statusChanged',
          subjectId: basketId,
          sequence: before.version + 1,
          data: { basketId, status },
        });
      }
      if (applied && basketIsFinal(status) && status !== 'authorised') {
        await this.authorisations.close(manager, [basketId]);
        await this.grants.drop(manager, [basketId]);
      }
      return baskets.findOneByOrFail({ id: basketId });
    });
  }

  /** The same content keeps its envelope: nothing is written. */
  private seal(basket: SigningBasket, continuation: Continuation): string | null {
    const same = JSON.stringify(this.continuation(basket)) === JSON.stringify(continuation);
    return same ? basket.continuationEnvelope : this.vault.sealJson(continuation, place(basket));
  }

  private continuation(basket: SigningBasket): Continuation | null {
    const { continuationEnvelope } = basket;
    if (continuationEnvelope === null) return null;
    return this.vault.unsealJson<Continuation>(continuationEnvelope, place(basket));
  }
}

const columns = [
  'status',
  'upstreamStatus',
  'reference',
  'continuationEnvelope',
  'disclosure',
  'authorisationId',
] as const;

const place = ({ id, appId }: SigningBasket) => ({
  appId,
  table: 'signing_baskets',
  row: id,
  column: 'continuation_envelope',
});
