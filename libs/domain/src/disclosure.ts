import type { Money } from './money.js';

/** What a bank says to the people at an order, to be shown before the PSU confirms it. */
export interface Disclosure {
  /** Text of the bank for the PSU. Plain text, from outside: never markup. */
  readonly psuMessage?: string | undefined;
  /** Texts of the bank for the app's maker: something was accepted with reservations. */
  readonly warnings?: readonly string[] | undefined;
}

/** The same with what a payment costs, where the bank says so. */
export interface PaymentDisclosure extends Disclosure {
  /** What the bank takes for it. */
  readonly fees?: Money | undefined;
  /** What the bank takes for changing the currency. */
  readonly conversionFees?: Money | undefined;
  /** What will leave the debtor's account in all, in that account's currency. */
  readonly estimatedTotal?: Money | undefined;
  /** What will reach the creditor's bank, in the currency of the transfer. */
  readonly estimatedSettlement?: Money | undefined;
}
