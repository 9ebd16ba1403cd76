import type { CreditDebit, Money, TransactionStatus } from '@tributary/domain';
import type { Transaction } from '@tributary/persistence';
import type { TransactionDetails } from './transaction-identity.js';

/** A transaction in the words of the REST contract. */
export interface TransactionView extends TransactionDetails {
  readonly id: string;
  readonly accountId: string;
  readonly reference: string | null;
  readonly status: TransactionStatus;
  readonly bookedOn: string | null;
  readonly valueOn: string | null;
  readonly occurredAt: string | null;
  /** Where it stands in the list. */
  readonly day: string | null;
  /** Unsigned. */
  readonly amount: Money;
  readonly direction: CreditDebit;
  /** The pending transaction that this booked one took the place of. */
  readonly supersedes: string | null;
  /** The bank's own words, where they were asked for. */
  readonly raw?: unknown;
}

export function viewTransaction(row: Transaction): TransactionView {
  // Written by the ingest only, from what a provider read.
  const details = row.details as unknown;
  return {
    ...(isDetails(details) ? details : { counterparty: {}, remittance: { unstructured: [] } }),
    id: row.id,
    accountId: row.accountId,
    reference: row.reference,
    status: row.status,
    bookedOn: row.bookedOn,
    valueOn: row.valueOn,
    occurredAt: row.occurredAt,
    day: row.day,
    amount: { minor: row.amountMinor, currency: row.currency },
    direction: row.direction,
    supersedes: row.supersedes,
  };
}

const isDetails = (value: unknown): value is TransactionDetails =>
  typeof value === 'object' && value !== null && 'counterparty' in value && 'remittance' in value;
