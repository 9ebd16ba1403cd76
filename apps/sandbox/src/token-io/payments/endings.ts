import type { TransferStatus } from '../transfers/status.js';
import type { PaymentStatus } from './status.js';

/** How the bank ends an order, in the words of v2 and v1. */
export interface Ending {
  payment: PaymentStatus;
  transfer: TransferStatus;
  reason?: string;
  /** The money really moves. */
  executes: boolean;
  /** The bank's own word at the ending; `settled` comes a while after `accepted`. */
  word: 'accepted' | 'settled' | 'rejected' | 'canceled' | 'none';
  /** What the hub makes of it when it gives up waiting. */
  later?: { afterSeconds: number; payment: PaymentStatus; transfer: TransferStatus };
}

const DAY = 86_400;

/** Endings by name; a tester arranges them by these names. */
export const ENDINGS = {
  settled: { payment: 'INITIATION_COMPLETED', transfer: 'SUCCESS', executes: true, word: 'settled' },
  completed: {
    payment: 'INITIATION_COMPLETED',
    transfer: 'SUCCESS',
    reason: 'success',
    executes: true,
    word: 'accepted',
  },
  rejected: {
    payment: 'INITIATION_REJECTED',
    transfer: 'FAILURE_GENERIC',
    reason: 'failure',
    executes: false,
    word: 'rejected',
  },
  insufficientFunds: {
    payment: 'INITIATION_REJECTED_INSUFFICIENT_FUNDS',
    transfer: 'FAILURE_INSUFFICIENT_FUNDS',
    reason: 'Insufficient funds',
    executes: false,
    word: 'rejected',
  },
  permissionDenied: {
    payment: 'INITIATION_DECLINED',
    transfer: 'FAILURE_PERMISSION_DENIED',
    reason: 'Error during payment redemption: PERMISSION_DENIED',
    executes: false,
    word: 'none',
  },
  canceled: {
    payment: 'INITIATION_DECLINED',
    transfer: 'FAILURE_CANCELED',
    reason: 'Payment initiation has been canceled.',
    executes: false,
    word: 'canceled',
  },
  declined: {
    payment: 'INITIATION_DECLINED',
    transfer: 'FAILURE_DECLINED',
    reason: 'Payment initiation has been declined.',
    executes: false,
    word: 'rejected',
  },
  rejectedWithReason: {
    payment: 'INITIATION_REJECTED',
    transfer: 'FAILURE_GENERIC',
    reason: 'Insufficient funds',
    executes: false,
    word: 'rejected',
  },
  declinedDenied: {
    payment: 'INITIATION_DECLINED',
    transfer: 'FAILURE_PERMISSION_DENIED',
    reason: 'Permission denied',
    executes: false,
    word: 'rejected',
  },
  declinedCustomer: {
    payment: 'INITIATION_DECLINED',
    transfer: 'FAILURE_DECLINED',
    reason: 'CUST',
    executes: false,
    word: 'rejected',
  },
  declinedNotExecuted: {
    payment: 'INITIATION_DECLINED',
    transfer: 'FAILURE_DECLINED',
    reason: 'Order not executed',
    executes: false,
    word: 'rejected',
  },
  /** Never executed, and the bank never says so. */
  processing: {
    payment: 'INITIATION_PROCESSING',
    transfer: 'PROCESSING',
    reason: 'processing',
    executes: false,
    word: 'none',
    later: { afterSeconds: 30 * DAY, payment: 'INITIATION_NO_FINAL_STATUS_AVAILABLE', transfer: 'INITIATED' },
  },
  /** Executed, but the hub never hears of it. */
  initiated: {
    payment: 'INITIATION_PROCESSING',
    transfer: 'INITIATED',
    reason: 'initiated',
    executes: true,
    word: 'none',
    later: { afterSeconds: 30 * DAY, payment: 'INITIATION_NO_FINAL_STATUS_AVAILABLE', transfer: 'INITIATED' },
  },
  /** Executed; the bank does not answer any more, and polling ends after half an hour. */
  silent: {
    payment: 'INITIATION_PROCESSING',
    transfer: 'PROCESSING',
    executes: true,
    word: 'none',
    later: { afterSeconds: 1800, payment: 'INITIATION_EXPIRED', transfer: 'INITIATED' },
  },
  /** The bank cannot be reached. */
  failed: {
    payment: 'INITIATION_FAILED',
    transfer: 'FAILURE_GENERIC',
    reason: 'The bank could not be reached',
    executes: false,
    word: 'none',
  },
  /** For a creditor that is a settlement account: executed, but the money is not found there. */
  unmatched: { payment: 'INITIATION_COMPLETED', transfer: 'SUCCESS', executes: true, word: 'settled' },
} as const satisfies Record<string, Ending>;
export type EndingName = keyof typeof ENDINGS;

export const ENDING_NAMES = Object.keys(ENDINGS) as EndingName[];

/** Amounts with an end of their own at the mock banks, as in the upstream's sandbox. */
const BY_AMOUNT: Readonly<Record<number, EndingName>> = {
  101: 'completed',
  103: 'rejected',
  104: 'permissionDenied',
  105: 'processing',
  106: 'canceled',
  108: 'insufficientFunds',
  110: 'initiated',
  112: 'declined',
  116: 'rejectedWithReason',
  117: 'declinedDenied',
  118: 'declinedCustomer',
  119: 'declinedNotExecuted',
};

/** What decides about the end of an order. */
interface Endable {
  amount: string;
  /** Arranged by a tester. */
  arranged: EndingName | undefined;
  /** The bank has amounts with an end of their own. */
  scenarios: boolean;
  funded: boolean;
}

/** A tester's ending, the amount's, or the usual one; without money none of those that would move it. */
export function chooseEnding({ amount, arranged, scenarios, funded }: Endable): EndingName {
  const name = arranged ?? (scenarios ? BY_AMOUNT[Number(amount)] : undefined) ?? 'settled';
  return ENDINGS[name].executes && !funded ? 'insufficientFunds' : name;
}

/** The bank's own word at the ending; `before` is what it said until then. */
export function wordOf(
  { word }: Ending,
  words: { accepted: string; rejected: string },
  before?: string,
): string | undefined {
  switch (word) {
    case 'accepted':
    case 'settled':
      return words.accepted;
    case 'rejected':
      return words.rejected;
    case 'canceled':
      return 'CANC';
    case 'none':
      return before;
  }
}
