import { rightsOf, type AccountAccess, type Rights } from './access.js';
import type { Account } from './customer.js';
import type { ReportQuery } from './reports/report-query.js';
import type { ScaContext } from './subject.js';

/** consentStatus of the specification. */
export type ConsentStatus =
  'received' | 'rejected' | 'partiallyAuthorised' | 'valid' | 'revokedByPsu' | 'expired' | 'terminatedByTpp';

/** What may follow what; everything else is a mistake of the simulator. */
export const CONSENT_LIFE: Readonly<Record<ConsentStatus, readonly ConsentStatus[]>> = {
  received: ['valid', 'rejected', 'partiallyAuthorised', 'expired', 'terminatedByTpp'],
  partiallyAuthorised: ['valid', 'rejected', 'expired', 'terminatedByTpp'],
  valid: ['expired', 'revokedByPsu', 'terminatedByTpp'],
  rejected: [],
  revokedByPsu: [],
  expired: [],
  terminatedByTpp: [],
};

export interface ConsentOrder {
  access: AccountAccess;
  recurring: boolean;
  validUntil: string;
  frequencyPerDay: number;
  combinedService: boolean;
}

export interface Consent extends ScaContext, ConsentOrder {
  kind: 'consent';
  status: ConsentStatus;
  lastActionDate: string;
  /** The PSU's choice for bank-offered access. */
  chosen: readonly Account[];
  /** Reads so far, by endpoint, account and day; see frequency.ts. */
  reads: Map<string, number>;
  /** Reads of a one-off consent that came to their end. */
  completed: Set<string>;
  /** Delta reports: how many booked entries were read, by account. */
  deltas: Map<string, number>;
  /** Reports behind download links, by the unguessable part of the link. */
  downloads: Map<string, ReportQuery>;
  /** False for the access behind a token without a consent: nobody counts there. */
  metered: boolean;
}

/** What the consent allows now; undefined before a PSU is known. */
export function consentRights(consent: Consent): Rights | undefined {
  return consent.psu && rightsOf(consent.access, consent.psu, consent.chosen);
}
