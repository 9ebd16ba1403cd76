/** ISO 20022 statuses that Tribe uses (BANK API, appendix "Payment status"), in the order of a payment's life. */
export const STATUSES = [
  'RCVD',
  'ACTC',
  'PATC',
  'ACCP',
  'ACFC',
  'ACWC',
  'ACSP',
  'ACWP',
  'ACSC',
  'ACCC',
  'PDNG',
  'PART',
  'RJCT',
  'CANC',
] as const;
export type Status = (typeof STATUSES)[number];

export type PaymentKind = 'single' | 'bulk' | 'direct';

/** The rank of the statuses that follow one another; the other four have none. */
const RANKED = STATUSES.slice(0, 10);
const FIRST: readonly Status[] = ['RCVD', 'ACTC', 'PDNG', 'PATC', 'RJCT'];
/** Nothing was authorised so far. */
const UNCONFIRMED: readonly Status[] = ['RCVD', 'ACTC', 'PATC'];
const OVER: readonly Status[] = ['ACSC', 'ACCC', 'RJCT', 'CANC'];

export function isStatus(text: unknown): text is Status {
  return STATUSES.some((status) => status === text);
}

/** May an initiation be answered with it? */
export function mayBegin(status: Status): boolean {
  return FIRST.includes(status);
}

export function isUnconfirmed(status: Status): boolean {
  return UNCONFIRMED.includes(status);
}

/** Nobody waits for more; ACCC may still follow ACSC. */
export function isOver(status: Status): boolean {
  return OVER.includes(status);
}

/**
 * The strict order for what a bank may report: forward only; RJCT while it is open; CANC before execution; PDNG before
 * execution, back to no earlier place; PART for bulks, from which only completion leads out.
 * @param held the last ranked status before PDNG.
 */
export function mayMove(from: Status, to: Status, kind: PaymentKind, held: Status): boolean {
  const [was, next] = [rank(from), rank(to)];
  const waiting = from === 'PDNG';
  switch (to) {
    case 'RJCT':
      return !OVER.includes(from) && from !== 'PART';
    case 'CANC':
      return waiting || (was >= 0 && was <= rank('ACWC'));
    case 'PDNG':
      return was >= 0 && was <= rank('ACWC');
    case 'PART':
      return kind === 'bulk' && (waiting || (was >= rank('ACTC') && was <= rank('ACWP')));
    case 'RCVD':
      return false;
    case 'ACTC':
    case 'PATC':
    case 'ACCP':
    case 'ACFC':
    case 'ACSP':
    case 'ACWP':
    case 'ACWC':
    case 'ACSC':
    case 'ACCC':
      if (from === 'PART') {
        return to === 'ACSC' || to === 'ACCC';
      }
      if (to === 'ACWC' && from === 'RCVD') {
        return false;
      }
      return waiting ? next >= rank(held) : was >= 0 && next > was;
  }
}

/** -1 for a status without a place in the row. */
function rank(status: Status): number {
  return RANKED.indexOf(status);
}

export function isRanked(status: Status): boolean {
  return rank(status) >= 0;
}
