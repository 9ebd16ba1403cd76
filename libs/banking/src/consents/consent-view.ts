import type { AccessKind, AccountIdentifier, ConsentState, NextStep } from '@tributary/domain';
import type { Consent, ConsentEvent } from '@tributary/persistence';
import type { SubjectAuthorisation } from '../authorisations/authorisations.service.js';
import { authorisationIds, openStep } from '../authorisations/open-step.js';
import { type DisclosureView, viewDisclosure } from '../disclosure.js';

/** A consent in the words of the REST contract. */
export interface ConsentView extends DisclosureView {
  readonly id: string;
  readonly institutionId: string;
  readonly provider: string;
  readonly psuId: string;
  readonly status: ConsentState;
  /** The upstream's own word; null until it said one. */
  readonly subStatus: string | null;
  readonly access: readonly AccessKind[];
  readonly accounts: readonly AccountIdentifier[] | null;
  readonly recurring: boolean;
  /** Bank date, inclusive. */
  readonly validUntil: string;
  readonly frequencyPerDay: number;
  readonly combinedService: boolean;
  readonly signInBasket: boolean;
  /** The newest one. */
  readonly authorisationId: string | null;
  /** One per signer and try, oldest first. */
  readonly authorisationIds: readonly string[];
  readonly nextStep: NextStep | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** @param authorisations all of the consent, oldest first */
export function viewConsent(consent: Consent, authorisations: readonly SubjectAuthorisation[]): ConsentView {
  return {
    ...viewDisclosure(consent.disclosure),
    id: consent.id,
    institutionId: consent.institutionId,
    provider: consent.provider,
    psuId: consent.psuId,
    status: consent.status,
    subStatus: consent.upstreamStatus,
    access: consent.access,
    accounts: consent.accounts,
    recurring: consent.recurring,
    validUntil: consent.validUntil,
    frequencyPerDay: consent.frequencyPerDay,
    combinedService: consent.combinedService,
    signInBasket: consent.signInBasket,
    authorisationId: consent.authorisationId,
    authorisationIds: authorisationIds(authorisations, 'consent'),
    nextStep: openStep(authorisations, 'consent'),
    createdAt: consent.createdAt,
    updatedAt: consent.updatedAt,
  };
}

/** An entry of a consent's history. */
export interface ConsentEventView {
  readonly sequence: number;
  readonly at: Date;
  readonly source: string;
  readonly status: ConsentState;
  readonly upstreamStatus: string | null;
  /** Whether it changed the status. */
  readonly applied: boolean;
  readonly why: string;
}

export function viewConsentEvent({
  sequence,
  at,
  source,
  status,
  upstreamStatus,
  applied,
  why,
}: ConsentEvent): ConsentEventView {
  return { sequence, at, source, status, upstreamStatus, applied, why };
}
