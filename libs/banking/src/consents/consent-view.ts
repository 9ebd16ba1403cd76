import type { AccessKind, AccountIdentifier, ConsentState, NextStep } from '@tributary/domain';
import type { Consent, ConsentEvent } from '@tributary/persistence';

/** A consent in the words of the REST contract. */
export interface ConsentView {
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
  readonly authorisationId: string | null;
  readonly nextStep: NextStep | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function viewConsent(consent: Consent, nextStep: NextStep | null): ConsentView {
  return {
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
    authorisationId: consent.authorisationId,
    nextStep,
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
