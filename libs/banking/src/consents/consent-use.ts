import { Injectable } from '@nestjs/common';
import { consentIsFinal } from '@tributary/domain';
import { type Consent, ConsentEntity } from '@tributary/persistence';
import { type CallContext, type HeldConsent, type Provider, ProviderError } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { notFound, Refusal } from '../refusal.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { ConsentEstablishment } from './consent-establishment.js';
import { ConsentObserver } from './consent-observer.js';
import { HeldConsents } from './held-consents.js';

/** SQL: the consent in `consent` gives access today. Its last day counts, in UTC. */
export const consentIsUsable = `consent.status = 'authorised' AND consent.valid_until >= (now() AT TIME ZONE 'UTC')::date`;

/** Uses a consent: only while it is good, and with an eye on what the upstream says about it by refusing. */
@Injectable()
export class ConsentUse {
  constructor(
    private readonly database: DataSource,
    private readonly held: HeldConsents,
    private readonly observer: ConsentObserver,
    private readonly establishment: ConsentEstablishment,
    private readonly upstreams: UpstreamsService,
  ) {}

  /** @throws Refusal `not_found`, `consent_not_usable` */
  async require(appId: string, consentId: string): Promise<Consent> {
    const consent = await this.database.getRepository(ConsentEntity).findOneBy({ id: consentId, appId });
    if (!consent) throw notFound();
    const usable = await this.database.query<unknown[]>(
      `SELECT 1 FROM consents AS consent WHERE consent.id = $1 AND ${consentIsUsable}`,
      [consentId],
    );
    if (usable.length === 0) throw notUsable(consent);
    return consent;
  }

  /**
   * One call to the upstream under a consent. When the upstream says that the consent is over, so it is here from then on.
   * @param tokensEnvelope the consent's tokens where the caller has read them together with it
   * @throws Refusal `consent_not_usable` with the way on; ProviderError
   */
  async call<T>(
    consent: Consent,
    context: CallContext,
    ask: (provider: Provider, held: HeldConsent) => Promise<T>,
    tokensEnvelope?: string | null,
  ): Promise<T> {
    const provider = await this.upstreams.provider(consent.connectionId);
    try {
      return await ask(provider, await this.held.hold(consent, tokensEnvelope));
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind !== 'consent-invalid') throw error;
      throw notUsable(await this.learn(consent, error, context));
    }
  }

  /** Why the upstream does not accept the consent: it says so with the refusal, or is asked. */
  private async learn(consent: Consent, { facts }: ProviderError, context: CallContext): Promise<Consent> {
    if (facts.consentState !== undefined) {
      return this.observer.observe(consent.id, {
        state: facts.consentState,
        upstreamStatus: facts.upstream?.code ?? null,
        source: 'poll',
      });
    }
    try {
      return await this.establishment.refresh(consent, 'poll', context);
    } catch (error) {
      if (error instanceof ProviderError) return consent;
      throw error;
    }
  }
}

/** 403, with what the app can do about it. */
export function notUsable({ id, status }: Pick<Consent, 'id' | 'status'>): Refusal {
  if (consentIsFinal(status)) {
    return new Refusal('consent_not_usable', `The consent is over (${status}). Ask the PSU for a new one.`, {
      nextAction: { type: 'createConsent', href: '/v1/consents' },
    });
  }
  const why = status === 'authorised' ? 'The bank wants the PSU to authorise the consent again' : `It is ${status}`;
  return new Refusal('consent_not_usable', `${why}. Let the PSU authorise it, then repeat the request.`, {
    nextAction: { type: 'authorise', href: `/v1/consents/${id}/authorisations` },
  });
}
