import { Injectable } from '@nestjs/common';
import { consentIsFinal, type ConsentState, type ScaApproach } from '@tributary/domain';
import { type Consent, ConsentEntity, ConsentEventEntity } from '@tributary/persistence';
import { newId } from '@tributary/platform';
import { attended, type CallContext, type ConsentSnapshot, ProviderError, type Psu } from '@tributary/providers';
import { DataSource, type EntityManager } from 'typeorm';
import { requireRedirectUri } from '../apps/redirect-uri.js';
import {
  AuthorisationsService,
  type AuthorisationView,
  type NewSca,
  type OpenedAuthorisation,
} from '../authorisations/authorisations.service.js';
import { otherSigner } from '../authorisations/subject.js';
import { bankToday } from '../bank-date.js';
import type { PageRequest } from '../page.js';
import { notFound, Refusal } from '../refusal.js';
import { type Route, Routes } from '../upstreams/routes.js';
import { ConsentEstablishment } from './consent-establishment.js';
import { ConsentObserver } from './consent-observer.js';
import { checkCapabilities, checkRequest, leastFor, type NewConsent } from './consent-request.js';
import { type ConsentEventView, type ConsentView, viewConsent, viewConsentEvent } from './consent-view.js';

/** Unattended reads per day that every bank has to allow (RTS Art. 36(5)(b)). */
const usualFrequency = 4;

export interface ConsentFilter extends PageRequest {
  readonly psuId?: string | undefined;
  readonly status?: ConsentState | undefined;
  /** Bank date: only those whose last day is before it. */
  readonly expiresBefore?: string | undefined;
}

/** Consents as apps see them: ask for one, follow it, authorise it again, revoke it. */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly database: DataSource,
    private readonly routes: Routes,
    private readonly authorisations: AuthorisationsService,
    private readonly establishment: ConsentEstablishment,
    private readonly observer: ConsentObserver,
  ) {}

  /**
   * Asks for a consent. It is on disk before the upstream is asked; if that fails, or its outcome stays unknown, the
   * consent ends as `failed` and the error says whether to ask again: a new request makes a new consent, no money moves.
   * @throws Refusal, ProviderError
   */
  async create(appId: string, request: NewConsent, context: CallContext): Promise<ConsentView> {
    checkRequest(request, await bankToday(this.database));
    await requireRedirectUri(this.database, appId, request.redirectUri);
    const { institutionId, provider } = request;
    const route = await this.routes.choose(institutionId, { provider, capabilities: leastFor(request) });
    checkCapabilities(request, route);
    const { consent, opened } = await this.insert(appId, request, route);
    return this.view(await this.establishment.establish(consent, opened, null, context));
  }

  /**
   * @param filter `after`: id of the last consent of the page before
   * @returns newest first, one more than `limit` where there are more
   */
  async list(appId: string, { psuId, status, expiresBefore, limit, after }: ConsentFilter): Promise<ConsentView[]> {
    const query = this.database
      .getRepository(ConsentEntity)
      .createQueryBuilder('consent')
      .where('consent.appId = :appId', { appId })
      .orderBy('consent.id', 'DESC')
      .limit(limit + 1);
    if (psuId !== undefined) query.andWhere('consent.psuId = :psuId', { psuId });
    if (status !== undefined) query.andWhere('consent.status = :status', { status });
    if (expiresBefore !== undefined) query.andWhere('consent.validUntil < :expiresBefore', { expiresBefore });
    if (after !== null) query.andWhere('consent.id < :after', { after });
    const consents = await query.getMany();
    const authorisations = await this.authorisations.ofSubjects(consents.map(({ id }) => id));
    return consents.map((consent) => viewConsent(consent, authorisations.get(consent.id) ?? []));
  }

  /** While the PSU is there, the upstream is asked how an open consent stands; if it does not answer, what we know. */
  async get(appId: string, id: string, context: CallContext): Promise<ConsentView> {
    const consent = await this.find(appId, id);
    return this.view(attended(context) ? await this.refreshed(consent, context) : consent);
  }

  /**
   * Revokes a consent. Its status comes from the upstream's answer: some want an SCA even for that.
   * An ended consent is answered as it is.
   */
  async revoke(appId: string, id: string, context: CallContext): Promise<ConsentView> {
    const consent = await this.find(appId, id);
    if (consentIsFinal(consent.status)) return this.view(consent);
    if (consent.reference === null) return this.view(await this.end(consent, null));
    try {
      return await this.view(await this.recordRevocation(consent, await this.establishment.revoke(consent, context)));
    } catch (error) {
      // What the upstream does not know any more is over there.
      const gone = error instanceof ProviderError && (error.kind === 'not-found' || error.kind === 'consent-invalid');
      if (!gone) throw error;
      return this.view(await this.end(consent, error.facts.upstream?.code ?? null));
    }
  }

  /**
   * A new SCA for a consent that needs one, or the one of the next signer; accounts keep their ids. Earlier open ones of
   * the same signer end.
   * @throws Refusal, ProviderError
   */
  async authorise(
    appId: string,
    id: string,
    { psu, scaPreference }: NewSca,
    context: CallContext,
  ): Promise<AuthorisationView> {
    const consent = await this.find(appId, id);
    if (consentIsFinal(consent.status)) {
      throw new Refusal('conflict', `The consent is over (${consent.status}): make a new one.`, {
        nextAction: { type: 'createConsent', href: '/v1/consents' },
      });
    }
    const opened = await this.database.transaction((manager) =>
      this.open(manager, consent, scaPreference, otherSigner(consent, psu)),
    );
    if (consent.reference === null) await this.establishment.establish(consent, opened, null, context);
    else await this.establishment.authorise(consent, opened, scaPreference, context);
    return this.authorisations.view(appId, opened.authorisationId);
  }

  /** Everything that was said about a consent, oldest first. `after`: sequence of the last entry of the page before. */
  async events(appId: string, id: string, { limit, after }: PageRequest): Promise<ConsentEventView[]> {
    await this.find(appId, id);
    const entries = await this.database
      .getRepository(ConsentEventEntity)
      .createQueryBuilder('entry')
      .where('entry.consentId = :id AND entry.sequence > :after', { id, after: after ?? '0' })
      .orderBy('entry.sequence')
      .limit(limit + 1)
      .getMany();
    return entries.map(viewConsentEvent);
  }

  private async insert(
    appId: string,
    request: NewConsent,
    { connectionId, provider }: Route,
  ): Promise<{ consent: Consent; opened: OpenedAuthorisation }> {
    const id = newId('con');
    return this.database.transaction(async (manager) => {
      await manager.query(
        `INSERT INTO consents
           (id, app_id, institution_id, connection_id, provider, psu_id, psu_corporate_id, status, asked_access, access,
            accounts, recurring, valid_until, frequency_per_day, redirect_uri, app_state, sca_preference,
            combined_service, sign_in_basket, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'created', $8, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, now(),
                 now())`,
        [
          id,
          appId,
          request.institutionId,
          connectionId,
          provider,
          request.psu.id,
          request.psu.corporateId ?? null,
          [...new Set(request.access)],
          request.accounts ? JSON.stringify(request.accounts) : null,
          request.recurring,
          request.validUntil,
          request.frequencyPerDay ?? (request.recurring ? usualFrequency : 1),
          request.redirectUri,
          request.state ?? null,
          request.scaPreference ?? null,
          request.combinedService ?? false,
          request.signInBasket ?? false,
        ],
      );
      await manager.query(
        `INSERT INTO consent_events (consent_id, app_id, at, source, status, applied, why)
         VALUES ($1, $2, now(), 'app', 'created', true, 'created')`,
        [id, appId],
      );
      const inserted = await manager.getRepository(ConsentEntity).findOneByOrFail({ id });
      const opened = await this.open(manager, inserted, request.scaPreference);
      return { consent: { ...inserted, authorisationId: opened.authorisationId }, opened };
    });
  }

  /** Opens an authorisation and makes it the consent's. */
  private async open(
    manager: EntityManager,
    { id, appId, connectionId, status }: Consent,
    approach: ScaApproach | undefined,
    signer?: Psu,
  ): Promise<OpenedAuthorisation> {
    const opened = await this.authorisations.open(manager, {
      subjectType: 'consent',
      subjectId: id,
      appId,
      connectionId,
      approach,
      signer,
    });
    const facts = { authorisationId: opened.authorisationId };
    await this.observer.observeWith(manager, id, { state: status, upstreamStatus: null, source: 'app', facts });
    return opened;
  }

  private async refreshed(consent: Consent, context: CallContext): Promise<Consent> {
    try {
      return await this.establishment.refresh(consent, 'poll', context);
    } catch (error) {
      if (error instanceof ProviderError || error instanceof Refusal) return consent;
      throw error;
    }
  }

  private async recordRevocation(consent: Consent, snapshot: ConsentSnapshot): Promise<Consent> {
    return this.database.transaction(async (manager) => {
      const report = this.observer.report(consent, snapshot, 'app');
      const { authorisation } = snapshot;
      if (!authorisation) return this.observer.observeWith(manager, consent.id, report);
      const { authorisationId } = await this.open(manager, consent, authorisation.approach);
      await this.authorisations.record(manager, authorisationId, authorisation);
      return this.observer.observeWith(manager, consent.id, report);
    });
  }

  private end(consent: Consent, upstreamStatus: string | null): Promise<Consent> {
    return this.observer.observe(consent.id, { state: 'revoked', upstreamStatus, source: 'app' });
  }

  private async find(appId: string, id: string): Promise<Consent> {
    const consent = await this.database.getRepository(ConsentEntity).findOneBy({ id, appId });
    if (!consent) throw notFound();
    return consent;
  }

  private async view(consent: Consent): Promise<ConsentView> {
    const authorisations = await this.authorisations.ofSubjects([consent.id]);
    return viewConsent(consent, authorisations.get(consent.id) ?? []);
  }
}
