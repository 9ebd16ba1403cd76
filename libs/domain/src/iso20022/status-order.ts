import { isFinal, isoPaymentStatuses, type IsoPaymentStatus } from './payment-status.js';

/** What becomes of a status that somebody reported, given the one we hold. */
export type StatusVerdict =
  | { readonly applied: true; readonly why: 'first' | 'advance' | 'end' }
  | { readonly applied: false; readonly why: 'same' | 'late' | 'floating' | 'unknown-word' | 'final-contradicted' };

/**
 * The one order in which statuses may follow each other: a rank never falls, a final status stays (only ACCC may
 * follow ACSC), a contradicting final is a conflict for people to look at.
 * @param held the status we hold, null before anybody at the bank said something
 * @param reported the status reported now, null where the upstream's word has no ISO 20022 code
 */
export function judgeStatus(held: IsoPaymentStatus | null, reported: IsoPaymentStatus | null): StatusVerdict {
  if (reported === null) return { applied: false, why: 'unknown-word' };
  if (held === null) return { applied: true, why: 'first' };
  if (held === reported) return { applied: false, why: 'same' };
  if (isFinal(held)) return afterFinal(held, reported);
  const from = isoPaymentStatuses[held].rank;
  const to = isoPaymentStatuses[reported].rank;
  if (isFinal(reported)) return { applied: true, why: 'end' };
  // PDNG floats: it neither moves a ranked payment back nor holds one back.
  if (to === null) return { applied: false, why: 'floating' };
  if (from === null) return { applied: true, why: 'advance' };
  return to > from || (to === from && held !== reported)
    ? { applied: true, why: 'advance' }
    : { applied: false, why: 'late' };
}

function afterFinal(held: IsoPaymentStatus, reported: IsoPaymentStatus): StatusVerdict {
  if (held === 'ACSC' && reported === 'ACCC') return { applied: true, why: 'advance' };
  const contradicts = isFinal(reported) && !(held === 'ACCC' && reported === 'ACSC');
  return { applied: false, why: contradicts ? 'final-contradicted' : 'late' };
}
