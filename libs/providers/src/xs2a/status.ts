import {
  type ConsentState,
  type IsoPaymentStatus,
  isIsoPaymentStatus,
  type ScaStatus,
  scaStatuses,
} from '@tributary/domain';
import type { StatusRow } from '../port/index.js';
import type { WireTppMessage } from './wire.js';

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

/**
 * Why a payment ended, from the messages beside its status. The framework has no member for an ISO 20022 reason; banks put the code
 * (ExternalStatusReason1Code: AM04, DS02, DS0H, ...) into the message code or at the start of its text. Without one, the bank's own word.
 */
export function reasonOf(messages: readonly WireTppMessage[] = []): string | undefined {
  for (const { code, text } of messages) {
    const found = isoReason(code) ?? isoReason(text);
    if (found !== undefined) return found;
  }
  return messages.find(({ code }) => code !== undefined)?.code?.slice(0, 100);
}

/** Two letters and two digits, or DS0 and a letter, alone or at the start of a text. */
function isoReason(words: string | undefined): string | undefined {
  return /^\s*([A-Z]{2}[0-9]{2}|DS0[A-Z])(?![A-Za-z0-9_])/.exec(words ?? '')?.[1];
}
