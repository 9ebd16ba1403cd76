import type { IsoPaymentStatus } from './payment-status.js';

/**
 * The moves that a bank may announce, as data. Stricter than {@link judgeStatus}, which takes what others say: here it is
 * our own word. Ranks only rise (stages may be left out); RJCT ends every status that is open but PART, since what a bulk
 * has accepted cannot be refused as a whole; CANC is for before the execution (ACSP); ACWC needs a validation first; a later
 * return of money is a new incoming transaction, never a status. PDNG is entered before the execution only.
 */
export const announcedMoves = {
  RCVD: ['ACTC', 'PATC', 'ACCP', 'ACFC', 'ACSP', 'ACWP', 'ACSC', 'ACCC', 'PDNG', 'RJCT', 'CANC'],
  ACTC: ['PATC', 'ACCP', 'ACFC', 'ACWC', 'ACSP', 'ACWP', 'ACSC', 'ACCC', 'PDNG', 'PART', 'RJCT', 'CANC'],
  PATC: ['ACCP', 'ACFC', 'ACWC', 'ACSP', 'ACWP', 'ACSC', 'ACCC', 'PDNG', 'PART', 'RJCT', 'CANC'],
  ACCP: ['ACFC', 'ACWC', 'ACSP', 'ACWP', 'ACSC', 'ACCC', 'PDNG', 'PART', 'RJCT', 'CANC'],
  ACFC: ['ACWC', 'ACSP', 'ACWP', 'ACSC', 'ACCC', 'PDNG', 'PART', 'RJCT', 'CANC'],
  ACWC: ['ACSP', 'ACWP', 'ACSC', 'ACCC', 'PDNG', 'PART', 'RJCT', 'CANC'],
  ACSP: ['ACWP', 'ACSC', 'ACCC', 'PART', 'RJCT'],
  ACWP: ['ACSC', 'ACCC', 'PART', 'RJCT'],
  ACSC: ['ACCC'],
  ACCC: [],
  PART: ['ACSC', 'ACCC'],
  // And back to where it was, or from there on: see `mayAnnounce`.
  PDNG: ['PART', 'RJCT', 'CANC'],
  RJCT: [],
  CANC: [],
} as const satisfies Record<IsoPaymentStatus, readonly IsoPaymentStatus[]>;

/** Where a payment stands at its bank, as far as its next status depends on it. */
export interface AnnouncedPosition {
  readonly status: IsoPaymentStatus;
  /** While PDNG: the status before; null: it began as PDNG. */
  readonly beforePending: IsoPaymentStatus | null;
  /** Only a bulk can be accepted in part. */
  readonly bulk: boolean;
}

/** Whether a bank may announce `next` for a payment in this position. The same status again is no move. */
export function mayAnnounce({ status, beforePending, bulk }: AnnouncedPosition, next: IsoPaymentStatus): boolean {
  if (next === status || (next === 'PART' && !bulk)) return false;
  const moves: readonly IsoPaymentStatus[] = announcedMoves[status];
  if (moves.includes(next)) return true;
  if (status !== 'PDNG') return false;
  const before = beforePending ?? 'RCVD';
  // Nothing is received twice.
  if (next === before) return before !== 'RCVD';
  const onwards: readonly IsoPaymentStatus[] = announcedMoves[before];
  return onwards.includes(next);
}
