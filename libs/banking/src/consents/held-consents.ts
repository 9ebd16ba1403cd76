import { Injectable } from '@nestjs/common';
import type { Consent } from '@tributary/persistence';
import { Vault } from '@tributary/platform';
import type { CallbackTarget, ConsentOrder, Continuation, HeldConsent } from '@tributary/providers';
import { Grants } from '../upstreams/grants.js';
import { Routes } from '../upstreams/routes.js';
import { UnattendedReadCounts } from './unattended-reads.js';

/** Turns stored consents into what a provider is asked with. */
@Injectable()
export class HeldConsents {
  /** What was unsealed of consents that their readers keep: for as long as they keep them. */
  private readonly opened = new WeakMap<Consent, { readonly envelope: string; readonly continuation: Continuation }>();

  constructor(
    private readonly vault: Vault,
    private readonly grants: Grants,
    private readonly routes: Routes,
    private readonly unattended: UnattendedReadCounts,
  ) {}

  /** @param tokensEnvelope the consent's tokens where they were read together with it; null: it has none */
  async hold(consent: Consent, tokensEnvelope?: string | null): Promise<HeldConsent> {
    return {
      id: consent.id,
      reference: consent.reference,
      institutionReference: await this.routes.reference(consent.institutionId, consent.connectionId),
      psu: { id: consent.psuId, corporateId: consent.psuCorporateId ?? undefined },
      access: consent.access,
      continuation: this.continuation(consent),
      tokens: this.grants.store(consent.id, consent.appId, tokensEnvelope),
      unattended: this.unattended.of(consent),
    };
  }

  /** @param before what an SCA left behind that the upstream wanted before it makes the consent */
  async order(consent: Consent, callback: CallbackTarget, before: Continuation | null): Promise<ConsentOrder> {
    const { id, institutionReference, psu, access, continuation, tokens, unattended } = await this.hold(consent);
    return {
      id,
      institutionReference,
      psu,
      access,
      tokens,
      unattended,
      callback,
      accounts: consent.accounts ?? undefined,
      recurring: consent.recurring,
      validUntil: consent.validUntil,
      frequencyPerDay: consent.frequencyPerDay,
      scaPreference: consent.scaPreference ?? undefined,
      explicitStart: consent.signInBasket,
      combinedService: consent.combinedService,
      continuation: before === null ? continuation : { ...continuation, ...before },
    };
  }

  /** Seals what a provider wants back with the next call. The same content keeps its envelope: nothing is written. */
  seal(consent: Consent, continuation: Continuation): string | null {
    const held = this.continuation(consent);
    if (JSON.stringify(held) === JSON.stringify(continuation)) return consent.continuationEnvelope;
    return this.vault.sealJson(continuation, place(consent));
  }

  private continuation(consent: Consent): Continuation | null {
    const { continuationEnvelope: envelope } = consent;
    if (envelope === null) return null;
    const opened = this.opened.get(consent);
    if (opened?.envelope === envelope) return opened.continuation;
    const continuation = this.vault.unsealJson<Continuation>(envelope, place(consent));
    this.opened.set(consent, { envelope, continuation });
    return continuation;
  }
}

const place = ({ id, appId }: Pick<Consent, 'id' | 'appId'>) => ({
  appId,
  table: 'consents',
  row: id,
  column: 'continuation_envelope',
});
