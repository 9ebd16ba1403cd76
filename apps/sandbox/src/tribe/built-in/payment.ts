import type { PaymentKind, Status } from '../statuses.js';
import type { Account } from './customer.js';
import type { ReadOrder } from './read-order.js';

/** A payment at the built-in bank. */
export interface BankPayment {
  id: string;
  kind: PaymentKind;
  /** The token that made it; undefined for a direct payment. */
  accessToken: string | undefined;
  order: ReadOrder;
  /** The payer's; with an order that names none, chosen on the page. */
  debtor: Account | undefined;
  /** Who may pay: the accounts of the consent, or everybody's for a direct payment. */
  payable: readonly Account[];
  status: Status;
  /** Why it ended, for the PSU and the TPP. */
  message: string | undefined;
  /** The unguessable part of its page. */
  key: string;
  linkEndsAt: Date;
  /** Arranged by a fault. */
  fate: { reject?: string; slowSeconds?: number };
}
