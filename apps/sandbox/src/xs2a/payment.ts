import type { Big } from 'big.js';
import type { Account } from './customer.js';
import type { ScaContext } from './subject.js';

/** ISO 20022 transaction statuses that this bank gives by itself; a control may force any other word. */
export type TransactionStatus = 'RCVD' | 'PDNG' | 'ACTC' | 'ACSP' | 'ACSC' | 'RJCT' | 'CANC';

export const FINAL_STATUSES: readonly string[] = ['ACSC', 'ACCC', 'RJCT', 'CANC'];

export interface PaymentOrder {
  service: string;
  product: string;
  debtor: Account;
  creditorName: string;
  creditorIban?: string | undefined;
  amount: Big;
  currency: string;
  endToEndIdentification?: string | undefined;
  requestedExecutionDate?: string | undefined;
  unstructured?: string | undefined;
  structured?: string | undefined;
  /** The initiation as received: GET gives it back. */
  wire: Record<string, unknown>;
}

/** What was arranged for this payment by faults when it came. */
export interface Arrangement {
  /** ISO 20022 reason: the payment ends in RJCT. */
  rejection?: string | undefined;
  /** More seconds until ACSP and again until ACSC. */
  extraSeconds: number;
  /** Shown instead of the real status. */
  forcedStatus?: string | undefined;
}

export interface Payment extends ScaContext, PaymentOrder {
  kind: 'payment';
  requestId: string;
  /** Usually a {@link TransactionStatus}. */
  status: string;
  /** ISO 20022 ExternalStatusReason1Code and words, after a rejection. */
  reason?: string | undefined;
  history: { status: string; at: Date }[];
  arrangement: Arrangement;
}
