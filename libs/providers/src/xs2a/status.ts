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

/** A bank's own words for those of the framework, from its profile. */
export type StatusWords<T extends string> = Readonly<Record<string, T>> | undefined;

function standard(word: string, words: StatusWords<string>): string {
  return words !== undefined && Object.hasOwn(words, word) ? (words[word] ?? word) : word;
}

/** Our state for a bank's consent word; null for a word that neither the framework nor the profile has. Words are compared exactly. */
export function consentState(word: string, words?: StatusWords<WireConsentStatus>): ConsentState | null {
  const known = standard(word, words);
  return Object.hasOwn(consentStatuses, known) ? consentStatuses[known as WireConsentStatus] : null;
}

/** The ISO 20022 code for a bank's payment word; null for any other word (ACTV occurs). */
export function paymentStatus(word: string, words?: StatusWords<IsoPaymentStatus>): IsoPaymentStatus | null {
  const known = standard(word, words);
  return isIsoPaymentStatus(known) && Object.hasOwn(transactionStatuses, known) ? transactionStatuses[known] : null;
}

/** The SCA status for a bank's word: the domain speaks the framework's words. */
export function scaStatus(word: string, words?: StatusWords<ScaStatus>): ScaStatus | null {
  const known = standard(word, words);
  return isScaStatus(known) ? known : null;
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
