import type { ConsentEventView, ConsentView, NewConsent } from '@tributary/banking';
import { toIdentifier } from '../http/account.dto.js';
import type { ConsentDto, ConsentEventDto, NewConsentDto } from './consents.dto.js';

/** The request, once validated, as the use case takes it. */
export function toNewConsent({ psu, accounts, provider, ...request }: NewConsentDto): NewConsent {
  return {
    ...request,
    provider: provider ?? undefined,
    psu: { id: psu.id, corporateId: psu.corporateId ?? undefined },
    accounts: accounts?.map(toIdentifier),
  };
}

/** A consent in the words of the contract. */
export function consentDto(consent: ConsentView): ConsentDto {
  return {
    id: consent.id,
    institutionId: consent.institutionId,
    provider: consent.provider,
    psuId: consent.psuId,
    status: consent.status,
    subStatus: consent.subStatus,
    access: [...consent.access],
    recurring: consent.recurring,
    validUntil: consent.validUntil,
    frequencyPerDay: consent.frequencyPerDay,
    psuMessage: consent.psuMessage,
    warnings: consent.warnings,
    combinedService: consent.combinedService,
    signInBasket: consent.signInBasket,
    authorisationId: consent.authorisationId,
    authorisationIds: consent.authorisationIds,
    nextStep: consent.nextStep,
    createdAt: consent.createdAt.toISOString(),
    updatedAt: consent.updatedAt.toISOString(),
  };
}

export function consentEventDto({
  at,
  source,
  status,
  upstreamStatus,
  applied,
  why,
}: ConsentEventView): ConsentEventDto {
  return { at: at.toISOString(), source, status, upstreamStatus, applied, why };
}
