import { Injectable } from '@nestjs/common';
import { consentIsFinal, type ScaApproach, scaSucceeded } from '@tributary/domain';
import type { Consent } from '@tributary/persistence';
import {
  type AuthorisationSnapshot,
  type CallContext,
  type ConsentSnapshot,
  type Continuation,
  ProviderError,
} from '@tributary/providers';
import { DataSource } from 'typeorm';
import { AuthorisationsService, type OpenedAuthorisation } from '../authorisations/authorisations.service.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { ConsentObserver, type ConsentSource } from './consent-observer.js';
import { consentsOf } from './consent-port.js';
import { HeldConsents } from './held-consents.js';

/** Makes consents at upstreams, starts their SCA, and asks how they stand. */
@Injectable()
export class ConsentEstablishment {
  constructor(
    private readonly database: DataSource,
    private readonly held: HeldConsents,
    private readonly observer: ConsentObserver,
    private readonly authorisations: AuthorisationsService,
    private readonly upstreams: UpstreamsService,
  ) {}

  /**
   * Asks the upstream to make the consent and, where that does not open the SCA, opens it. Nothing here moves money: when
   * the outcome is unknown, or anything fails, the consent ends as `failed` (`rejected` if the upstream refused it), and
   * what the upstream may have made of it is never authorised by anybody.
   * @param before what an SCA left behind that came before the consent
   * @throws ProviderError, after the end of the consent is on disk
   */
  async establish(
    consent: Consent,
    opened: OpenedAuthorisation,
    before: Continuation | null,
    context: CallContext,
  ): Promise<Consent> {
    const { authorisationId, callback } = opened;
    try {
      const provider = await this.upstreams.provider(consent.connectionId);
      const snapshot = await consentsOf(provider, consent.askedAccess).createConsent(
        await this.held.order(consent, callback, before),
        context,
      );
      const made = await this.recordMade(consent, authorisationId, snapshot);
      if (made.status !== 'awaitingAuthorisation') return made;
      // Signed in a basket: opening an SCA of its own would be in the way.
      if (made.signInBasket && !snapshot.authorisation) return made;
      const sca = snapshot.authorisation ?? (await this.authorise(made, opened, undefined, context));
      // An SCA that needs nobody (exempted, or one factor is enough) has decided already.
      return sca.scaStatus !== null && scaSucceeded(sca.scaStatus) ? await this.refreshed(made, context) : made;
    } catch (error) {
      await this.recordFailure(consent, error);
      throw error;
    }
  }

  /**
   * Opens an SCA of a consent that the upstream knows.
   * @throws ProviderError; the consent stays as it is
   */
  async authorise(
    consent: Consent,
    opened: OpenedAuthorisation,
    approach: ScaApproach | undefined,
    context: CallContext,
  ): Promise<AuthorisationSnapshot> {
    const subject = { type: 'consent', consent: await this.held.hold(consent) } as const;
    return this.authorisations.start(opened, subject, approach ?? consent.scaPreference ?? undefined, context);
  }

  /** Asks the upstream how the consent stands, and applies it. @throws ProviderError */
  async refresh(consent: Consent, source: ConsentSource, context: CallContext): Promise<Consent> {
    if (consent.reference === null || consentIsFinal(consent.status)) return consent;
    const consents = consentsOf(await this.upstreams.provider(consent.connectionId), consent.askedAccess);
    const snapshot = await consents.readConsent(await this.held.hold(consent), context);
    return this.observer.observe(consent.id, this.observer.report(consent, snapshot, source));
  }

  /** Ends the consent at the upstream. @throws ProviderError */
  async revoke(consent: Consent, context: CallContext): Promise<ConsentSnapshot> {
    const consents = consentsOf(await this.upstreams.provider(consent.connectionId), consent.askedAccess);
    return consents.revokeConsent(await this.held.hold(consent), context);
  }

  /** What the upstream does not say now, the worker asks again: the authorisation stays due until then. */
  private async refreshed(consent: Consent, context: CallContext): Promise<Consent> {
    try {
      return await this.refresh(consent, 'initiation', context);
    } catch (error) {
      if (error instanceof ProviderError) return consent;
      throw error;
    }
  }

  private async recordMade(consent: Consent, authorisationId: string, snapshot: ConsentSnapshot): Promise<Consent> {
    const report = this.observer.report(consent, snapshot, 'initiation');
    return this.database.transaction(async (manager) => {
      const made = await this.observer.observeWith(manager, consent.id, {
        ...report,
        // A word that we do not know: the upstream has made the consent, so it waits.
        state: report.state ?? 'awaitingAuthorisation',
      });
      const { authorisation } = snapshot;
      if (authorisation) await this.authorisations.record(manager, authorisationId, authorisation);
      else if (made.status === 'authorised') {
        await this.authorisations.record(manager, authorisationId, notAsked(consent, snapshot));
      }
      return made;
    });
  }

  private async recordFailure(consent: Consent, error: unknown): Promise<void> {
    const facts = error instanceof ProviderError ? error.facts : null;
    await this.observer.observe(consent.id, {
      state: facts?.kind === 'rejected' ? 'rejected' : 'failed',
      upstreamStatus: facts?.upstream?.code ?? null,
      source: 'initiation',
      why: facts?.kind ?? 'fault',
    });
  }
}

/** The bank granted access without asking the PSU (RTS Art. 10 and 13 to 18 name when it may). */
function notAsked({ scaPreference }: Consent, { upstreamStatus, observedAt }: ConsentSnapshot): AuthorisationSnapshot {
  return {
    reference: null,
    approach: scaPreference ?? 'redirect',
    scaStatus: 'exempted',
    upstreamStatus,
    nextStep: null,
    continuation: {},
    observedAt,
  };
}
