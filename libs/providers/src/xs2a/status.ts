import {
  type ConsentState,
  type IsoPaymentStatus,
  isIsoPaymentStatus,
  type ScaStatus,
  scaStatuses,
} from '@tributary/domain';
import type { StatusRow } from '../port/index.js';

/** Consent status words of the framework (1.3.11, schema consentStatus). Banks may add others. */
export type WireConsentStatus =
  'received' | 'rejected' | 'valid' | 'revokedByPsu' | 'expired' | 'terminatedByTpp' | 'partiallyAuthorised';

export const consentStatuses = {
  received: 'awaitingAuthorisation',
  partiallyAuthorised: 'awaitingAuthorisation',
  valid: 'authorised',
  rejected: 'rejected',
  revokedByPsu: 'revoked',
  terminatedByTpp: 'revoked',
  expired: 'expired',
} as const satisfies Record<WireConsentStatus, ConsentState>;

/** Transaction status words of the framework (1.3.11, schema transactionStatus): ISO 20022 codes, the same words. */
export type WireTransactionStatus =
  | 'ACCC'
  | 'ACCP'
  | 'ACSC'
  | 'ACSP'
  | 'ACTC'
  | 'ACWC'
  | 'ACWP'
  | 'RCVD'
  | 'PDNG'
  | 'RJCT'
  | 'CANC'
  | 'ACFC'
  | 'PATC'
  | 'PART';

export const transactionStatuses = {
  RCVD: 'RCVD',
  PDNG: 'PDNG',
  ACTC: 'ACTC',
  PATC: 'PATC',
  ACCP: 'ACCP',
  ACFC: 'ACFC',
  ACWC: 'ACWC',
  ACSP: 'ACSP',
  PART: 'PART',
  ACWP: 'ACWP',
  ACSC: 'ACSC',
  ACCC: 'ACCC',
  RJCT: 'RJCT',
  CANC: 'CANC',
} as const satisfies Record<WireTransactionStatus, IsoPaymentStatus>;

/** Our state for a bank's consent word; null for a word that the framework does not have. Words are compared exactly. */
export function consentState(word: string): ConsentState | null {
  return Object.hasOwn(consentStatuses, word) ? consentStatuses[word as WireConsentStatus] : null;
}

/** The ISO 20022 code for a bank's payment word; null for any other word (ACTV occurs). */
export function paymentStatus(word: string): IsoPaymentStatus | null {
  return isIsoPaymentStatus(word) && Object.hasOwn(transactionStatuses, word) ? transactionStatuses[word] : null;
}

/** The SCA status for a bank's word: the domain speaks the framework's words. */
export function scaStatus(word: string): ScaStatus | null {
  return isScaStatus(word) ? word : null;
}

function isScaStatus(word: string): word is ScaStatus {
  return Object.hasOwn(scaStatuses, word);
}

/** For the catalogue. */
export const statusRows: readonly StatusRow[] = [
  ...Object.entries(transactionStatuses).map(([upstream, iso]) => ({ upstream, iso })),
  { upstream: 'any other word', iso: null, note: 'kept verbatim, reported, changes nothing' },
];
