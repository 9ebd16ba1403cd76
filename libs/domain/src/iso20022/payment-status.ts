/**
 * The ISO 20022 payment status codes (external code set `ExternalPaymentTransactionStatus1Code` and
 * `ExternalPaymentGroupStatus1Code`) that upstreams use, as data: how far along each is and what it means to an app.
 * Whatever else an upstream says stays verbatim beside it.
 */
export const isoPaymentStatuses = {
  RCVD: { rank: 0, final: false, state: 'processing', meaning: 'received by the bank, not yet checked' },
  PDNG: { rank: null, final: false, state: 'processing', meaning: 'pending; says nothing about progress' },
  ACTC: { rank: 1, final: false, state: 'processing', meaning: 'authentication and technical checks passed' },
  PATC: { rank: 2, final: false, state: 'processing', meaning: 'some of several authorisations given' },
  ACCP: { rank: 3, final: false, state: 'processing', meaning: 'customer profile checks passed' },
  ACFC: { rank: 4, final: false, state: 'processing', meaning: 'funds checked too' },
  ACWC: { rank: 5, final: false, state: 'processing', meaning: 'accepted with a change' },
  ACSP: { rank: 6, final: false, state: 'processing', meaning: 'all checks passed, being executed' },
  // With the furthest of what is open: it is taken after each of them, and leaves only for an end.
  PART: { rank: 7, final: false, state: 'partiallyAccepted', meaning: 'bulk: some items accepted' },
  ACWP: { rank: 7, final: false, state: 'processing', meaning: 'accepted, not yet posted to the creditor' },
  ACSC: { rank: 8, final: true, state: 'settled', meaning: "settled on the debtor's account" },
  ACCC: { rank: 9, final: true, state: 'settled', meaning: "settled on the creditor's account" },
  RJCT: { rank: null, final: true, state: 'rejected', meaning: 'rejected' },
  CANC: { rank: null, final: true, state: 'cancelled', meaning: 'cancelled before execution' },
} as const satisfies Record<string, IsoPaymentStatusRow>;

interface IsoPaymentStatusRow {
  /** Place in the order of a payment's life; null: outside it (PDNG floats, RJCT and CANC end it from anywhere). */
  readonly rank: number | null;
  /** Nothing follows, but for ACCC after ACSC. */
  readonly final: boolean;
  /** What it means to an app while no next step is open. */
  readonly state: 'processing' | 'settled' | 'partiallyAccepted' | 'rejected' | 'cancelled';
  readonly meaning: string;
}

export type IsoPaymentStatus = keyof typeof isoPaymentStatuses;

/** Codes in which the PSU can still have something to do. */
const open: ReadonlySet<IsoPaymentStatus> = new Set(['RCVD', 'ACTC', 'PATC']);

/** Whether `word` is exactly one of our ISO 20022 codes (upper case, no blanks). */
export function isIsoPaymentStatus(word: string): word is IsoPaymentStatus {
  return Object.hasOwn(isoPaymentStatuses, word);
}

/** Whether a status leaves room for a PSU's next step (api contract: RCVD, ACTC and PATC). */
export function awaitsPsu(status: IsoPaymentStatus | null): boolean {
  return status === null || open.has(status);
}

/** Whether polling ends: settled on either side, rejected or cancelled. */
export function isFinal(status: IsoPaymentStatus | null): boolean {
  return status !== null && isoPaymentStatuses[status].final;
}
