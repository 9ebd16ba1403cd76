import type { CreditDebit, Money, TransactionSnapshot, TransactionStatus } from '@tributary/domain';
import type { Transaction } from '@tributary/persistence';
import { detailsOf, type TransactionDetails } from './transaction-identity.js';

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

/** A stored transaction with what the bank's details add. Amount and direction stay those of the list. */
export function withDetails(stored: TransactionView, details: TransactionSnapshot): TransactionView {
  const { counterparty, remittance, endToEndId, bankCode, balanceAfter } = detailsOf(details);
  return {
    ...stored,
    bookedOn: details.bookedOn ?? stored.bookedOn,
    valueOn: details.valueOn ?? stored.valueOn,
    occurredAt: details.occurredAt ?? stored.occurredAt,
    counterparty: {
      name: counterparty.name ?? stored.counterparty.name,
      account: counterparty.account ?? stored.counterparty.account,
    },
    remittance: {
      unstructured: remittance.unstructured.length > 0 ? remittance.unstructured : stored.remittance.unstructured,
      structured: remittance.structured ?? stored.remittance.structured,
    },
    endToEndId: endToEndId ?? stored.endToEndId,
    bankCode: bankCode ?? stored.bankCode,
    balanceAfter: balanceAfter ?? stored.balanceAfter,
  };
}

const isDetails = (value: unknown): value is TransactionDetails =>
  typeof value === 'object' && value !== null && 'counterparty' in value && 'remittance' in value;
