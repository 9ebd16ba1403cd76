import type { AccountIdentifier } from './account.js';
import type { Money } from './money.js';
import type { PaymentCreditor, PaymentDebtor, PaymentOrder, Remittance } from './payment.js';

/** What an app asks a bank to do, once: several credit transfers from one account, authorised together. */
export interface BulkOrder {
  readonly debtor: PaymentDebtor & { readonly account: AccountIdentifier };
  /** 1 to `largestBulk` of them, all in the currency of `amount`. */
  readonly items: readonly BulkItem[];
  /** Control sum: exactly the sum of the items. */
  readonly amount: Money;
  readonly scheme?: string | undefined;
  /** Bank date, YYYY-MM-DD; absent means as soon as possible. */
  readonly executionDate?: string | undefined;
  /** Whether the debtor's statement is to show one entry for all items. Absent: as the bank likes. */
  readonly batchBooking?: boolean | undefined;
}

/** One credit transfer of a bulk. */
export interface BulkItem {
  readonly amount: Money;
  readonly creditor: PaymentCreditor;
  /** ISO 20022 EndToEndIdentification, at most 35 characters; each item of a bulk has its own. */
  readonly endToEndId: string;
  /** Made here, since the app gave none: an upstream that carries no such id may leave this one out, never an app's. */
  readonly endToEndIdIsOurs?: true | undefined;
  readonly remittance?: Remittance | undefined;
}

/** Most items of a bulk. */
export const largestBulk = 1000;

/** What a bank can be told to pay. */
export type AnyOrder = PaymentOrder | BulkOrder;

/** Tells the two kinds of orders apart. */
export function isBulk(order: AnyOrder): order is BulkOrder {
  return 'items' in order;
}
