import type { Account } from '../customer.js';
import type { ScaContext } from '../subject.js';

/** consentStatus of a confirmation-of-funds consent: that of an account consent without partial authorisation. */
export type FundsConsentStatus = 'received' | 'rejected' | 'valid' | 'revokedByPsu' | 'expired' | 'terminatedByTpp';

/** The PSU lets a card issuer ask whether an amount is on the account. No frequency and no end date. */
export interface FundsConsent extends ScaContext {
  kind: 'fundsConsent';
  status: FundsConsentStatus;
  account: Account;
  cardNumber?: string | undefined;
  /** The request as received: GET gives it back. */
  wire: Record<string, unknown>;
}

const NEXT: Readonly<Record<FundsConsentStatus, readonly FundsConsentStatus[]>> = {
  received: ['valid', 'rejected', 'terminatedByTpp'],
  valid: ['revokedByPsu', 'expired', 'terminatedByTpp'],
  rejected: [],
  revokedByPsu: [],
  expired: [],
  terminatedByTpp: [],
};

/** Changes the status if its life allows it; a final status stays. */
export function moveFundsConsent(consent: FundsConsent, status: FundsConsentStatus): boolean {
  const allowed = NEXT[consent.status].includes(status);
  consent.status = allowed ? status : consent.status;
  return allowed;
}
