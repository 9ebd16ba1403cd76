import type { Json } from './answer.js';
import type { Consent } from './consent.js';
import type { Bank, Tpp } from './parties.js';
import type { PaymentKind, Status } from './statuses.js';

/** A payment as the hub knows it. */
export interface Payment {
  /** The TPP's id of it. */
  id: string;
  /** The bank's; undefined until the PSU has chosen a bank. */
  bankPaymentId: string | undefined;
  kind: PaymentKind;
  /** Undefined until the PSU has chosen one. */
  bank: Bank | undefined;
  /** A direct payment whose bank the PSU chooses. */
  open: boolean;
  tpp: Tpp;
  consent: Consent | undefined;
  /** What the TPP ordered, in its own spelling. */
  content: Json;
  /** What the bank last reported by Actions, or the first answer. */
  status: Status;
  /** The last status that has a rank: where a payment that was PDNG may go on. */
  held: Status;
  /** A word that a tester wants the TPP to see instead. */
  shown: string | undefined;
  confirmationUrl: string;
  redirectUri: string;
  /** The part of the hub's callback address that names this payment. */
  callbackKey: string;
  createdAt: Date;
  linkEndsAt: Date;
  linkExpired: boolean;
  history: { status: string; at: Date }[];
}

/** Where a payment stands in its amount, for lists and faults. */
export function amountOf(content: Json): { amount: string | undefined; currency: string | undefined } {
  const { instructedAmount } = content as { instructedAmount?: { amount?: string; currency?: string } };
  return { amount: instructedAmount?.amount, currency: instructedAmount?.currency };
}
