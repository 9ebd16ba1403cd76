import { Injectable } from '@nestjs/common';
import { basketIsFinal, type ScaApproach } from '@tributary/domain';
import { type SigningBasket, SigningBasketEntity } from '@tributary/persistence';
import { newId } from '@tributary/platform';
import {
  attended,
  type BasketSnapshot,
  type CallContext,
  ProviderError,
  type Psu,
  type SigningBaskets,
} from '@tributary/providers';
import { DataSource } from 'typeorm';
import { requireRedirectUri } from '../apps/redirect-uri.js';
import {
  AuthorisationsService,
  type AuthorisationView,
  type NewSca,
  type OpenedAuthorisation,
} from '../authorisations/authorisations.service.js';
import { otherSigner } from '../authorisations/subject.js';
import { notFound, Refusal } from '../refusal.js';
import { BasketMembers, type Members } from './basket-members.js';
import { BasketObserver } from './basket-observer.js';
import { type BasketView, viewBasket } from './basket-view.js';

/** What an app wants to have signed together. */
export interface NewBasket {
  /** Single and bulk payments. At least one member in all. */
  readonly paymentIds: readonly string[];
  readonly consentIds: readonly string[];
  /** Who signs. */
  readonly psu: Psu;
  readonly redirectUri: string;
  readonly state?: string | undefined;
  readonly scaPreference?: ScaApproach | undefined;
}

/** Signing baskets as apps see them: make one, follow it, dissolve it. */
@Injectable()
export class BasketsService {
  constructor(
    private readonly database: DataSource,
    private readonly members: BasketMembers,
    private readonly observer: BasketObserver,
    private readonly authorisations: AuthorisationsService,
  ) {}

  /**
   * Makes the basket at the bank and opens its SCA. Nothing here moves money: where the outcome is unknown the basket
   * ends as `failed`, nobody can sign what the bank may have made of it, and its members are free again.
   * @throws Refusal `invalid_request`, `not_found`, `conflict`, `redirect_uri_not_registered`, `capability_unsupported`;
   *   ProviderError
   */
  async create(appId: string, request: NewBasket, context: CallContext): Promise<BasketView> {
    const members = await this.members.find(appId, request);
    await this.members.check(members);
    await requireRedirectUri(this.database, appId, request.redirectUri);
    const [first] = [...members.payments, ...members.consents];
    if (!first) {
      throw new Refusal('invalid_request', 'Name at least one payment or consent.', {
        errors: [{ pointer: '/paymentIds', code: 'required', message: 'nothing to sign: name a payment or a consent' }],
      });
    }
    const upstream = await this.observer.upstream(first);
    const { basket, opened } = await this.insert(appId, request, first, members);
    const snapshot = await this.createAt(upstream, basket, opened, context);
    const report = this.observer.report(basket, snapshot);
    // A word that we do not know: the upstream has made the basket, so it waits.
    const made = await this.observer.observe(basket.id, { ...report, state: report.state ?? 'awaitingAuthorisation' });
    if (snapshot.authorisation) {
      await this.authorisations.record(this.database.manager, opened.authorisationId, snapshot.authorisation);
    } else if (!basketIsFinal(made.status)) {
      await this.startSca(made, opened, context);
    }
    return this.view(made);
  }

  /** While the PSU is there, the upstream is asked how an open basket stands; if it does not answer, what we know. */
  async get(appId: string, id: string, context: CallContext): Promise<BasketView> {
    const basket = await this.find(appId, id);
    if (!attended(context)) return this.view(basket);
    try {
      return await this.view(await this.observer.refresh(basket, context));
    } catch (error) {
      if (error instanceof ProviderError) return this.view(basket);
      throw error;
    }
  }

  /**
   * Dissolves a basket that nobody has begun to sign; its members stay. Safe to repeat.
   * @throws Refusal `not_found`, `conflict`; ProviderError
   */
  async remove(appId: string, id: string, context: CallContext): Promise<BasketView> {
    const basket = await this.find(appId, id);
    if (basket.status === 'removed') return this.view(basket);
    if (basketIsFinal(basket.status)) throw new Refusal('conflict', `The basket has ended as ${basket.status}.`);
    if (basket.reference !== null) {
      try {
        await (await this.observer.upstream(basket)).remove(await this.observer.hold(basket), context);
      } catch (error) {
        // What the upstream does not know any more is dissolved there.
        if (!(error instanceof ProviderError) || error.kind !== 'not-found') throw error;
      }
    }
    return this.view(await this.observer.observe(id, { state: 'removed', upstreamStatus: null }));
  }

  /** The SCA of the next signer, or of the same one once more. @throws Refusal `not_found`, `conflict`; ProviderError */
  async authorise(
    appId: string,
    id: string,
    { psu, scaPreference }: NewSca,
    context: CallContext,
  ): Promise<AuthorisationView> {
    const basket = await this.find(appId, id);
    if (basket.reference === null || basketIsFinal(basket.status)) {
      throw new Refusal('conflict', `The basket is ${basket.status}: there is nothing to sign.`);
    }
    const opened = await this.authorisations.openAt(
      {
        subjectType: 'basket',
        subjectId: id,
        appId,
        connectionId: basket.connectionId,
        approach: scaPreference,
        signer: otherSigner(basket, psu),
      },
      { type: 'basket', basket: await this.observer.hold(basket) },
      scaPreference ?? basket.scaPreference ?? undefined,
      context,
    );
    await this.observer.observe(id, { state: basket.status, upstreamStatus: null, facts: { authorisationId: opened } });
    return this.authorisations.view(appId, opened);
  }

  private async insert(
    appId: string,
    request: NewBasket,
    { institutionId, connectionId, provider }: Pick<SigningBasket, 'institutionId' | 'connectionId' | 'provider'>,
    members: Members,
  ): Promise<{ basket: SigningBasket; opened: OpenedAuthorisation }> {
    const id = newId('bsk');
    return this.database.transaction(async (manager) => {
      const opened = await this.authorisations.open(manager, {
        subjectType: 'basket',
        subjectId: id,
        appId,
        connectionId,
        approach: request.scaPreference,
      });
      await manager.query(
        `INSERT INTO signing_baskets
           (id, app_id, institution_id, connection_id, provider, psu_id, psu_corporate_id, status, redirect_uri,
            app_state, sca_preference, authorisation_id, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'created', $8, $9, $10, $11, 1, now(), now())`,
        [
          id,
          appId,
          institutionId,
          connectionId,
          provider,
          request.psu.id,
          request.psu.corporateId ?? null,
          request.redirectUri,
          request.state ?? null,
          request.scaPreference ?? null,
          opened.authorisationId,
        ],
      );
      await this.members.put(manager, id, appId, members);
      return { basket: await manager.getRepository(SigningBasketEntity).findOneByOrFail({ id }), opened };
    });
  }

  private async createAt(
    upstream: SigningBaskets,
    basket: SigningBasket,
    { callback }: OpenedAuthorisation,
    context: CallContext,
  ): Promise<BasketSnapshot> {
    try {
      return await upstream.create(await this.observer.hold(basket), callback, context);
    } catch (error) {
      const facts = error instanceof ProviderError ? error.facts : null;
      await this.observer.observe(basket.id, {
        state: facts?.kind === 'rejected' ? 'rejected' : 'failed',
        upstreamStatus: facts?.upstream?.code ?? null,
      });
      throw error;
    }
  }

  private async startSca(basket: SigningBasket, opened: OpenedAuthorisation, context: CallContext): Promise<void> {
    await this.authorisations.expectStart(this.database.manager, opened.authorisationId, startSeconds);
    const subject = { type: 'basket', basket: await this.observer.hold(basket) } as const;
    try {
      await this.authorisations.start(opened, subject, basket.scaPreference ?? undefined, context);
    } catch (error) {
      // The bank has the basket: an empty step to its authorisation, or the worker, opens the SCA.
      if (!(error instanceof ProviderError)) throw error;
    }
  }

  private async find(appId: string, id: string): Promise<SigningBasket> {
    const basket = await this.database.getRepository(SigningBasketEntity).findOneBy({ id, appId });
    if (!basket) throw notFound();
    return basket;
  }

  private async view(basket: SigningBasket): Promise<BasketView> {
    const { payments, consents } = await this.members.of(basket.id);
    const ids = { paymentIds: payments.map(({ id }) => id), consentIds: consents.map(({ id }) => id) };
    const authorisations = await this.authorisations.ofSubjects([basket.id]);
    return viewBasket(basket, ids, authorisations.get(basket.id) ?? []);
  }
}

/** Longer than the call that opens the SCA takes; after it the worker opens it. */
const startSeconds = 60;
