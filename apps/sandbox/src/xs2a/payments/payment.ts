import type { Big } from 'big.js';
import type { Account, Transaction } from '../customer.js';
import type { ScaContext } from '../subject.js';
import type { PaymentWire } from './payment-wire.js';
import type { PaymentService } from './services.js';
import type { StandingOrderPlan } from './standing-order.js';

/** ISO 20022 transaction statuses that this bank gives by itself; a control may force any other word. */
export type TransactionStatus = 'RCVD' | 'PATC' | 'PDNG' | 'ACTC' | 'ACSP' | 'PART' | 'ACSC' | 'RJCT' | 'CANC';

export const FINAL_STATUSES: readonly string[] = ['ACSC', 'ACCC', 'RJCT', 'CANC'];

/** Not yet fully authorised. */
export const UNAUTHORISED_STATUSES: readonly string[] = ['RCVD', 'PATC'];

/** Fully authorised and waiting for its execution. */
export const WAITING_STATUSES: readonly string[] = ['ACTC', 'PDNG'];

/** What the bank takes for a transfer, all in the debtor account's currency except `rate`. */
export interface Charges {
  /** The ordered amount in the currency of the debtor's account. */
  debit: Big;
  /** For carrying it out; zero for none. */
  fee: Big;
  /** For exchanging currencies; zero for none. */
  conversionFee: Big;
  /** Units of the ordered currency for one of the debtor account's; absent without an exchange. */
  rate?: Big | undefined;
}

/** One credit transfer as ordered; a bulk payment has several. */
export interface Transfer extends Charges {
  creditorName: string;
  creditorIban?: string | undefined;
  amount: Big;
  currency: string;
  endToEndIdentification?: string | undefined;
  instructionIdentification?: string | undefined;
  unstructured?: string | undefined;
  structured?: string | undefined;
}

/** What became of one transfer at one execution. */
export interface ExecutedTransfer extends Transfer {
  id: string;
  /** Absent until the execution; then ACSP, ACSC, RJCT. */
  status?: 'ACSP' | 'ACSC' | 'RJCT' | undefined;
  /** ISO 20022 ExternalStatusReason1Code. */
  reasonCode?: string | undefined;
}

/** Single and bulk payments have one execution, a periodic payment one per day of its plan. */
export interface Execution {
  /** The day it was or will be done. */
  date?: string | undefined;
  transfers: ExecutedTransfer[];
}

export interface PaymentOrder {
  service: PaymentService;
  product: string;
  debtor: Account;
  transfers: readonly Transfer[];
  /** The sum of the transfers. */
  amount: Big;
  currency: string;
  requestedExecutionDate?: string | undefined;
  /** The instant before which the payment must not be executed, for `requestedExecutionTime` of bulk payments. */
  requestedExecutionTime?: Date | undefined;
  /** Bulk: one booking for all transfers. */
  batchBooking: boolean;
  plan?: StandingOrderPlan | undefined;
  /** The initiation as received: GET gives it back. */
  wire: PaymentWire;
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
  executions: Execution[];
  arrangement: Arrangement;
  /** The request to cancel it, once there was one. */
  cancellation?: Cancellation | undefined;
}

/** The cancellation of a payment, where it needs an SCA of its own. */
export interface Cancellation extends ScaContext {
  kind: 'cancellation';
  payment: Payment;
  status: 'open' | 'done' | 'refused';
}

/** True when nothing more will happen: a final status, or PART with every transfer at its end. */
export function isOver(payment: Payment): boolean {
  const { status, executions } = payment;
  const settled = executions.every(({ transfers }) =>
    transfers.every((transfer) => transfer.status === 'ACSC' || transfer.status === 'RJCT'),
  );
  return FINAL_STATUSES.includes(status) || (status === 'PART' && settled);
}

export function isInstant(payment: PaymentOrder): boolean {
  return payment.product.includes('instant-');
}

/** What leaves the debtor's account for a transfer, fees included. */
export function totalOf({ debit, fee, conversionFee }: Charges): Big {
  return debit.plus(fee).plus(conversionFee);
}

/** A booking's fields that come from the transfer. */
export type TransferEntry = Omit<Transaction, 'bookingDate'>;
