import { Injectable } from '@nestjs/common';
import { consentIsFinal, type ObservationSource, scaStatuses, scaSucceeded } from '@tributary/domain';
import { AuthorisationEntity, type Consent, ConsentEntity } from '@tributary/persistence';
import type { AuthorisationSnapshot, CallContext, ProviderError } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { AuthorisationsService, type OpenedAuthorisation } from '../authorisations/authorisations.service.js';
import type { LoadedSubject, SubjectHandler } from '../authorisations/subject.js';
import { inLiveBasket } from '../baskets/live-basket.js';
import { ConsentEstablishment } from './consent-establishment.js';
import { ConsentObserver } from './consent-observer.js';
import { HeldConsents } from './held-consents.js';

/** What an SCA does to its consent: the upstream is asked how the consent stands, or makes it at last. */
@Injectable()
export class ConsentSubject implements SubjectHandler {
  readonly type = 'consent';

  constructor(
    private readonly database: DataSource,
    private readonly held: HeldConsents,
    private readonly observer: ConsentObserver,
    private readonly establishment: ConsentEstablishment,
    private readonly authorisations: AuthorisationsService,
  ) {
    authorisations.register(this);
  }

  async load(subjectId: string): Promise<LoadedSubject> {
    const consent = await this.find(subjectId);
    return {
      subject: { type: 'consent', consent: await this.held.hold(consent) },
      scaPreference: consent.scaPreference ?? undefined,
      redirectUri: consent.redirectUri,
      appState: consent.appState,
      returnedAs: 'consentId',
    };
  }

  async moved(
    subjectId: string,
    snapshot: AuthorisationSnapshot,
    source: ObservationSource,
    context: CallContext,
  ): Promise<void | 'ask-again'> {
    const consent = await this.find(subjectId);
    if (consentIsFinal(consent.status)) return;
    const over = snapshot.scaStatus !== null && scaStatuses[snapshot.scaStatus].final;
    if (consent.reference === null) {
      if (over) await this.afterPreStep(consent, snapshot, source, context);
      return;
    }
    // Nothing that a browser brings is proof, and an SCA that ended well is not yet a consent: the bank is asked.
    if (!over && source !== 'callback') return;
    const now = await this.establishment.refresh(consent, source, context);
    return over && now.status === 'awaitingAuthorisation' ? 'ask-again' : undefined;
  }

  async refused(
    subjectId: string,
    { facts }: ProviderError,
    source: ObservationSource,
    _context: CallContext,
  ): Promise<void> {
    if (facts.kind !== 'consent-invalid' || facts.consentState === undefined) return;
    await this.observer.observe(subjectId, {
      state: facts.consentState,
      upstreamStatus: facts.upstream?.code ?? null,
      source,
    });
  }

  /** Nobody came: a consent that still waits is given up. One that is authorised keeps what it has. */
  async lapsed(subjectId: string): Promise<void> {
    const consent = await this.find(subjectId);
    if (consent.status !== 'created' && consent.status !== 'awaitingAuthorisation') return;
    // It is the basket's SCA that lapses, or not.
    if ((await inLiveBasket(this.database.manager, [subjectId])).length > 0) return;
    await this.observer.observe(subjectId, {
      state: 'failed',
      upstreamStatus: null,
      source: 'clock',
      why: 'authorisation-lapsed',
    });
  }

  async status(subjectId: string): Promise<string> {
    return (await this.find(subjectId)).status;
  }

  /** The upstream wanted to know the PSU first. Now it does, or never will. */
  private async afterPreStep(
    consent: Consent,
    { scaStatus, upstreamStatus, continuation }: AuthorisationSnapshot,
    source: ObservationSource,
    context: CallContext,
  ): Promise<void> {
    if (scaStatus === null || !scaSucceeded(scaStatus)) {
      await this.observer.observe(consent.id, { state: 'rejected', upstreamStatus, source, why: 'sca-failed' });
      return;
    }
    const opened = await this.openNext(consent);
    if (opened) await this.establishment.establish(consent, opened, continuation, context);
  }

  /** The callback and the worker can both notice the end of the pre-step; one of them goes on. */
  private openNext(consent: Consent): Promise<OpenedAuthorisation | null> {
    return this.database.transaction(async (manager) => {
      const now = await manager
        .getRepository(ConsentEntity)
        .findOneOrFail({ where: { id: consent.id }, lock: { mode: 'pessimistic_write' } });
      if (now.reference !== null || now.authorisationId !== consent.authorisationId) return null;
      const { appId, authorisationId } = now;
      if (authorisationId === null) return null;
      const before = await manager.getRepository(AuthorisationEntity).findOneByOrFail({ id: authorisationId });
      if (before.scaStatus !== 'finalised' && before.scaStatus !== 'exempted') return null;
      const opened = await this.authorisations.open(manager, {
        subjectType: 'consent',
        subjectId: now.id,
        appId,
        connectionId: now.connectionId,
        approach: now.scaPreference ?? undefined,
      });
      await this.observer.observeWith(manager, now.id, {
        state: now.status,
        upstreamStatus: null,
        source: 'initiation',
        facts: { authorisationId: opened.authorisationId },
      });
      return opened;
    });
  }

  private find(id: string): Promise<Consent> {
    return this.database.getRepository(ConsentEntity).findOneByOrFail({ id });
  }
}
