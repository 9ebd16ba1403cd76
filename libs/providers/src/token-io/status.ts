import { type ConsentState, type IsoPaymentStatus, isIsoPaymentStatus, type ScaStatus } from '@tributary/domain';
import type { StatusRow } from '../port/index.js';

/** Whether an instruction succeeded as far as Token.io can say. */
type Outcome = 'pending' | 'succeeded' | 'failed' | 'unknown';

/** What a word of Token.io means. */
interface Meaning {
  readonly iso: IsoPaymentStatus;
  /** Codes that the bank's own word may put in place of `iso`; any other word of it is kept and changes nothing. */
  readonly bank?: readonly IsoPaymentStatus[];
  /** Token.io will not change it again (but for SETTLEMENT_... after COMPLETED). */
  readonly ended: boolean;
  readonly outcome: Outcome;
  /** How far the PSU's part is. */
  readonly sca: ScaStatus;
  /** ISO 20022 reason that the word itself names. */
  readonly reason?: string;
}

/** Payment statuses (schema PaymentStatus, 22 words), and one more of the gateway. */
export type WirePaymentStatus =
  | 'INITIATION_PENDING'
  | 'INITIATION_PENDING_REDIRECT_AUTH'
  | 'INITIATION_PENDING_REDIRECT_AUTH_VERIFICATION'
  | 'INITIATION_PENDING_REDIRECT_HP'
  | 'INITIATION_PENDING_REDIRECT_PBL'
  | 'INITIATION_PENDING_EMBEDDED_AUTH'
  | 'INITIATION_PENDING_EMBEDDED_AUTH_VERIFICATION'
  | 'INITIATION_PENDING_DECOUPLED_AUTH'
  | 'INITIATION_PENDING_REDEMPTION'
  | 'INITIATION_PENDING_REDEMPTION_VERIFICATION'
  | 'INITIATION_PENDING_MORE_INFO'
  | 'INITIATION_PROCESSING'
  | 'INITIATION_COMPLETED'
  | 'INITIATION_REJECTED'
  | 'INITIATION_REJECTED_INSUFFICIENT_FUNDS'
  | 'INITIATION_FAILED'
  | 'INITIATION_DECLINED'
  | 'INITIATION_EXPIRED'
  | 'INITIATION_NO_FINAL_STATUS_AVAILABLE'
  | 'SETTLEMENT_IN_PROGRESS'
  | 'SETTLEMENT_COMPLETED'
  | 'SETTLEMENT_INCOMPLETE'
  | 'CANCELED';

const awaiting = { iso: 'RCVD', bank: ['PDNG', 'PATC'], ended: false, outcome: 'pending', sca: 'started' } as const;
const user = { iso: 'RCVD', ended: false, outcome: 'pending', sca: 'received' } as const;
const verifying = { iso: 'PDNG', bank: ['PATC', 'ACTC'], ended: false, outcome: 'pending', sca: 'started' } as const;
const authorised = { iso: 'ACTC', bank: ['ACCP', 'ACFC'], ended: false, outcome: 'pending', sca: 'finalised' } as const;
const processing = {
  iso: 'PDNG',
  bank: ['RCVD', 'PATC', 'ACTC', 'ACCP', 'ACFC', 'ACSP', 'ACWC', 'ACWP', 'PART'],
  ended: false,
  outcome: 'pending',
  sca: 'finalised',
} as const;
// "Does not guarantee settlement" (PaymentStatus): settled is what the bank itself calls so.
const completed = {
  iso: 'ACSP',
  bank: ['ACCP', 'ACWC', 'ACWP', 'ACSP', 'ACSC', 'ACCC'],
  ended: true,
  outcome: 'succeeded',
  sca: 'finalised',
} as const;
const rejected = { iso: 'RJCT', ended: true, outcome: 'failed', sca: 'failed' } as const;
const cancelled = { iso: 'CANC', ended: true, outcome: 'failed', sca: 'failed' } as const;
const lost = {
  iso: 'PDNG',
  bank: ['RCVD', 'PATC', 'ACTC', 'ACCP', 'ACFC', 'ACSP', 'ACWC', 'ACWP'],
  ended: true,
  outcome: 'unknown',
  sca: 'finalised',
} as const;
const settling = { iso: 'ACSP', bank: ['ACSC', 'ACWP'], ended: false, outcome: 'succeeded', sca: 'finalised' } as const;
const settled = { iso: 'ACCC', ended: true, outcome: 'succeeded', sca: 'finalised' } as const;
const unmatched = { iso: 'ACWP', bank: ['ACSC'], ended: true, outcome: 'unknown', sca: 'finalised' } as const;

/** One row per word. Where a row depends on more than the word, {@link paymentMeaning} says so. */
export const paymentStatuses = {
  INITIATION_PENDING: user,
  INITIATION_PENDING_MORE_INFO: user,
  INITIATION_PENDING_REDIRECT_HP: user,
  INITIATION_PENDING_REDIRECT_PBL: user,
  INITIATION_PENDING_REDIRECT_AUTH: awaiting,
  INITIATION_PENDING_EMBEDDED_AUTH: awaiting,
  INITIATION_PENDING_DECOUPLED_AUTH: awaiting,
  INITIATION_PENDING_REDIRECT_AUTH_VERIFICATION: verifying,
  INITIATION_PENDING_EMBEDDED_AUTH_VERIFICATION: verifying,
  INITIATION_PENDING_REDEMPTION: authorised,
  INITIATION_PENDING_REDEMPTION_VERIFICATION: authorised,
  INITIATION_PROCESSING: processing,
  INITIATION_COMPLETED: completed,
  INITIATION_REJECTED: rejected,
  INITIATION_REJECTED_INSUFFICIENT_FUNDS: { ...rejected, reason: 'AM04' },
  INITIATION_FAILED: { ...rejected, bank: ['CANC'] },
  INITIATION_DECLINED: { ...rejected, bank: ['CANC'] },
  INITIATION_EXPIRED: cancelled,
  INITIATION_NO_FINAL_STATUS_AVAILABLE: lost,
  SETTLEMENT_IN_PROGRESS: settling,
  SETTLEMENT_COMPLETED: settled,
  SETTLEMENT_INCOMPLETE: unmatched,
  CANCELED: cancelled,
} as const satisfies Record<WirePaymentStatus, Meaning>;

/** Transfer statuses of payments v1 (schema TransactionStatus). */
export type WireTransferStatus =
  | 'PENDING'
  | 'PENDING_EXTERNAL_AUTHORIZATION'
  | 'PROCESSING'
  | 'SUCCESS'
  | 'INITIATED'
  | 'FAILURE_GENERIC'
  | 'FAILURE_PERMISSION_DENIED'
  | 'FAILURE_CANCELED'
  | 'FAILURE_EXPIRED'
  | 'FAILURE_INSUFFICIENT_FUNDS'
  | 'FAILURE_DECLINED'
  | 'SETTLEMENT_IN_PROGRESS'
  | 'SETTLEMENT_COMPLETED'
  | 'SETTLEMENT_INCOMPLETE';

export const transferStatuses = {
  PENDING: user,
  PENDING_EXTERNAL_AUTHORIZATION: awaiting,
  PROCESSING: processing,
  SUCCESS: completed,
  INITIATED: lost,
  FAILURE_GENERIC: rejected,
  FAILURE_PERMISSION_DENIED: rejected,
  FAILURE_DECLINED: rejected,
  FAILURE_CANCELED: cancelled,
  FAILURE_EXPIRED: cancelled,
  FAILURE_INSUFFICIENT_FUNDS: { ...rejected, reason: 'AM04' },
  SETTLEMENT_IN_PROGRESS: settling,
  SETTLEMENT_COMPLETED: settled,
  SETTLEMENT_INCOMPLETE: unmatched,
} as const satisfies Record<WireTransferStatus, Meaning>;

/** Results of a token request (schema TokenRequestResultStatus). */
export type WireResultStatus = 'PENDING' | 'PROCESSED' | 'REJECTED' | 'EXPIRED';

export const requestResults = {
  PENDING: { sca: null, consent: 'awaitingAuthorisation', payment: user },
  PROCESSED: { sca: 'finalised', consent: 'authorised', payment: authorised },
  REJECTED: { sca: 'failed', consent: 'rejected', payment: rejected },
  EXPIRED: { sca: 'failed', consent: 'expired', payment: cancelled },
} as const satisfies Record<
  WireResultStatus,
  { readonly sca: ScaStatus | null; readonly consent: ConsentState; readonly payment: Meaning }
>;

/** What a word means, by its table; undefined for a word that nobody has documented. */
export function meaningIn<Word extends string>(
  table: Readonly<Record<Word, Meaning>>,
  word: string,
): Meaning | undefined {
  return Object.hasOwn(table, word) ? table[word as Word] : undefined;
}

export function requestResult(word: string): (typeof requestResults)[WireResultStatus] | undefined {
  return Object.hasOwn(requestResults, word) ? requestResults[word as WireResultStatus] : undefined;
}

/** Names of the UK's Open Banking for ISO 20022 codes. */
const longNames: Readonly<Record<string, IsoPaymentStatus>> = {
  ACCEPTEDSETTLEMENTCOMPLETED: 'ACSC',
  ACCEPTEDCREDITSETTLEMENTCOMPLETED: 'ACCC',
  ACCEPTEDSETTLEMENTINPROCESS: 'ACSP',
  ACCEPTEDTECHNICALVALIDATION: 'ACTC',
  ACCEPTEDCUSTOMERPROFILE: 'ACCP',
  ACCEPTEDWITHOUTPOSTING: 'ACWP',
  ACCEPTEDWITHCHANGE: 'ACWC',
  ACCEPTEDFUNDSCHECKED: 'ACFC',
  PARTIALLYACCEPTEDTECHNICALCORRECT: 'PATC',
  PARTIALLYACCEPTED: 'PART',
  RECEIVED: 'RCVD',
  PENDING: 'PDNG',
  REJECTED: 'RJCT',
  CANCELLED: 'CANC',
};

/** A bank's own word as an ISO 20022 code; undefined where it is none (ACPC, AwaitingAuthorisation, ...). */
export function bankCode(word: string | undefined): IsoPaymentStatus | undefined {
  const plain = word?.trim().toUpperCase() ?? '';
  if (isIsoPaymentStatus(plain)) return plain;
  return Object.hasOwn(longNames, plain) ? longNames[plain] : undefined;
}

/** All that a word about a payment depends on. */
export interface SaidOfPayment {
  /** The bank's own word. */
  readonly bankStatus?: string | undefined;
  readonly reason?: string | undefined;
  /** Bank date on which it will be carried out; until then no money has moved. */
  readonly executionDate?: string | undefined;
  readonly converted?: boolean | undefined;
  /** Whether the PSU's authorisation was ever seen. */
  readonly authorisedBefore?: boolean | undefined;
  /** Bank date of today. */
  readonly today: string;
  /** What an expiry means of which nothing says that the bank had the order. */
  readonly expiredUnauthorised: 'CANC' | 'PDNG';
}

export interface JudgedStatus {
  readonly status: IsoPaymentStatus;
  /** Given up without an end that is known: for people to find out. */
  readonly outcomeUnknown: boolean;
  readonly authorised: boolean;
  readonly sca: ScaStatus;
  readonly reason?: string | undefined;
}

/** A known word together with what else was said: the one place where it becomes ours. */
export function judge(word: string, row: Meaning, said: SaidOfPayment): JudgedStatus {
  const own = bankCode(said.bankStatus);
  const expired = word === 'INITIATION_EXPIRED' || word === 'FAILURE_EXPIRED';
  // A bank that had the order and fell silent may still have carried it out.
  if (expired && (said.authorisedBefore === true || said.expiredUnauthorised === 'PDNG' || own !== undefined)) {
    return judge('', lost, said);
  }
  const refinable: readonly IsoPaymentStatus[] = row.bank ?? [];
  const waits = said.executionDate !== undefined && said.executionDate > said.today;
  const capped = waits && (own === 'ACSC' || own === 'ACCC' || own === 'ACWP');
  const plain = row === completed && said.converted === true ? 'ACWC' : row.iso;
  const cancelledByWord = word === 'INITIATION_DECLINED' && /cancel/i.test(said.reason ?? '');
  const status = own !== undefined && refinable.includes(own) && !capped ? own : cancelledByWord ? 'CANC' : plain;
  const ended = status === 'RJCT' || status === 'CANC';
  return {
    status,
    outcomeUnknown: row.outcome === 'unknown' && status !== 'ACSC',
    authorised: row.sca === 'finalised',
    sca: row.sca,
    reason: ended ? (row.reason ?? isoReason(said.reason) ?? said.reason?.slice(0, 100)) : undefined,
  };
}

/** ISO 20022 ExternalStatusReason1Code at the start of a text, or alone in it. */
function isoReason(words: string | undefined): string | undefined {
  return /^\s*([A-Z]{2}[0-9]{2}|DS0[A-Z])(?![A-Za-z0-9_])/.exec(words ?? '')?.[1];
}

/** For the catalogue. */
export const statusRows: readonly StatusRow[] = [
  ...rowsOf(paymentStatuses, ''),
  ...rowsOf(transferStatuses, 'payments v1'),
  { upstream: 'any other word', iso: null, note: 'kept verbatim, reported, changes nothing' },
];

function rowsOf(table: Readonly<Record<string, Meaning>>, where: string): readonly StatusRow[] {
  return Object.entries(table).map(([upstream, { iso, bank, outcome }]) => {
    const notes = [
      where,
      outcome === 'unknown' ? 'outcome unknown' : '',
      bank === undefined || bank.length === 0 ? '' : `the bank's own word can make it ${bank.join(', ')}`,
      /EXPIRED/.test(upstream) ? 'after the authorisation: PDNG, outcome unknown' : '',
    ].filter((note) => note !== '');
    return { upstream, iso, ...(notes.length > 0 && { note: notes.join('; ') }) };
  });
}
