import type { WirePaymentScheme } from '../schemes.js';

// The answers of the bank's webhooks, as Tribe's OpenAPI spells them: snake_case throughout.

export interface WireAccount {
  readonly resource_id?: string;
  readonly iban?: string;
  readonly bban?: string;
  /** A number loses its leading zeros; whoever reads it pads to 8 digits again. */
  readonly account_number?: number | string;
  /** The same, to 6 digits. */
  readonly sort_code?: number | string;
  readonly currency?: string;
  readonly name?: string;
  readonly payment_schemes?: readonly WirePaymentScheme[];
}

export interface WireAmount {
  readonly amount: string;
  readonly currency: string;
}

export interface WireBalance {
  readonly balance_amount: WireAmount;
  readonly balance_type: WireBalanceType;
}

/** Berlin Group's other types (closingBooked, expected) do not exist here. */
export const wireBalanceTypes = [
  'openingBooked',
  'interimAvailable',
  'interimBooked',
  'forwardAvailable',
  'nonInvoiced',
] as const;
export type WireBalanceType = (typeof wireBalanceTypes)[number];

export interface WireTransaction {
  readonly transaction_id: string;
  readonly creditor_name?: string;
  readonly creditor_account?: WireAccount;
  readonly debtor_name?: string;
  readonly debtor_account?: WireAccount;
  readonly remittance_information_unstructured?: string;
  readonly remittance_information_structured?: { readonly reference: string };
  /** Here the dates are part of the amount. */
  readonly transaction_amount: WireAmount & { readonly value_date?: string; readonly booking_date?: string };
}

/** The bank's error. */
export interface WireRefusal {
  /** Up to 255 characters. */
  readonly code: string;
  readonly title: string;
  /** 25 characters: 2026-11-20T10:00:00+00:00. */
  readonly timestamp: string;
  readonly requestId: string;
}
