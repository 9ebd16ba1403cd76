import type { IsoPaymentStatus } from '@tributary/domain';
import type { StatusRow } from '../port/index.js';

/** Words for a payment. The documentation has none; these are of the simulated interface and of tell.money's other products. */
export type WirePaymentStatus = 'submitted' | 'accepted' | 'pending' | 'settled' | 'rejected';

export const paymentStatuses = {
  submitted: 'RCVD',
  accepted: 'ACSP',
  pending: 'PDNG',
  settled: 'ACSC',
  rejected: 'RJCT',
} as const satisfies Record<WirePaymentStatus, IsoPaymentStatus>;

/** The ISO 20022 code for a word of theirs, in any case; null for any other word: never a guess. */
export function paymentStatus(word: string): IsoPaymentStatus | null {
  const known = Object.entries(paymentStatuses).find(([wire]) => wire === word.trim().toLowerCase());
  return known === undefined ? null : known[1];
}

const notes: Readonly<Partial<Record<WirePaymentStatus, string>>> = {
  submitted: 'taken; also an answer that names the payment and no status',
  pending: 'between accepted and settled; changes nothing',
};

/** For the catalogue. */
export const statusRows: readonly StatusRow[] = [
  { upstream: 'submitted', iso: 'RCVD', note: notes.submitted },
  { upstream: 'accepted', iso: 'ACSP' },
  { upstream: 'pending', iso: 'PDNG', note: notes.pending },
  { upstream: 'settled', iso: 'ACSC' },
  { upstream: 'rejected', iso: 'RJCT' },
  { upstream: 'any other word', iso: null, note: 'kept verbatim, reported, changes nothing' },
];
