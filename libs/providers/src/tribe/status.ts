import { type IsoPaymentStatus, isIsoPaymentStatus } from '@tributary/domain';
import type { StatusRow } from '../port/index.js';

/** Payment status words of both planes (BANK API v2; TPP API v2, transactionStatus): ISO 20022 codes, the same words. */
export const paymentStatuses = {
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
} as const satisfies Record<WirePaymentStatus, IsoPaymentStatus>;

export type WirePaymentStatus =
  | 'RCVD'
  | 'PDNG'
  | 'ACTC'
  | 'PATC'
  | 'ACCP'
  | 'ACFC'
  | 'ACWC'
  | 'ACSP'
  | 'PART'
  | 'ACWP'
  | 'ACSC'
  | 'ACCC'
  | 'RJCT'
  | 'CANC';

/** The ISO 20022 code for a word of Tribe's, compared exactly; null for any other word. */
export function paymentStatus(word: string): IsoPaymentStatus | null {
  return isIsoPaymentStatus(word) && Object.hasOwn(paymentStatuses, word) ? paymentStatuses[word] : null;
}

const notes: Readonly<Partial<Record<WirePaymentStatus, string>>> = {
  ACTC: 'usually waiting for the PSU at the confirmation page',
  PART: 'bulk payments only',
  ACSC: "settled on the debtor's account",
  ACCC: "settled on the creditor's account",
  RJCT: 'refused by the bank, or the confirmation link ended',
  CANC: 'refused by the PSU',
};

/** For the catalogue. */
export const statusRows: readonly StatusRow[] = [
  ...Object.values(paymentStatuses).map((word) => ({ upstream: word, iso: word, note: notes[word] })),
  { upstream: 'any other word', iso: null, note: 'kept verbatim, reported, changes nothing' },
];
