import type { Money } from './money.js';

/** Ways to name an account. `value` is without blanks: an IBAN, "sort code + account number" as 14 digits, ... */
export const accountSchemes = [
  'iban',
  'bban',
  'sortCodeAccountNumber',
  'maskedPan',
  'pan',
  'msisdn',
  'bankgiro',
  'plusgiro',
  'other',
] as const;
export type AccountScheme = (typeof accountSchemes)[number];

export interface AccountIdentifier {
  readonly scheme: AccountScheme;
  readonly value: string;
}

export interface PostalAddress {
  readonly streetName?: string | undefined;
  readonly buildingNumber?: string | undefined;
  readonly townName?: string | undefined;
  readonly postCode?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

/**
 * Kinds of data that a PSU can grant. `fundsConfirmation` (whether an amount is available on one account) is granted by
 * a consent of its own, never together with others.
 */
export const accessKinds = [
  'accounts',
  'balances',
  'transactions',
  'beneficiaries',
  'standingOrders',
  'party',
  'fundsConfirmation',
] as const;
export type AccessKind = (typeof accessKinds)[number];

/** What a bank said about one account. `reference` is the bank's name for it, often good for one consent only. */
export interface AccountSnapshot {
  readonly reference: string;
  readonly identifiers: readonly AccountIdentifier[];
  /** ISO 4217; XXX for an account with several currencies. */
  readonly currency: string;
  readonly name?: string | undefined;
  readonly product?: string | undefined;
  /** ISO 20022 ExternalCashAccountType1Code as sent: CACC, SVGS, CARD, ... */
  readonly type?: string | undefined;
  readonly usage?: 'private' | 'business' | undefined;
  readonly ownerName?: string | undefined;
  readonly bic?: string | undefined;
  /** enabled, deleted, blocked; another word of the bank is kept as it is. */
  readonly status: string;
  readonly raw: unknown;
}

export type CreditDebit = 'credit' | 'debit';

/** One balance as the bank reported it. */
export interface BalanceSnapshot {
  /** Berlin Group spelling (openingBooked, interimAvailable, ...); another word is kept as it is. */
  readonly type: string;
  /** Unsigned; `creditDebit` carries the sign. */
  readonly amount: Money;
  readonly creditDebit: CreditDebit;
  /** RFC 3339 instant, or a bank date YYYY-MM-DD. */
  readonly asOf?: string | undefined;
  readonly raw: unknown;
}

export const transactionStatuses = ['pending', 'booked', 'removed'] as const;
export type TransactionStatus = (typeof transactionStatuses)[number];

/** One entry of an account as the bank reported it. */
export interface TransactionSnapshot {
  /** The bank's id of the entry; missing or repeated at some banks, so never the only key. */
  readonly reference?: string | undefined;
  readonly status: 'pending' | 'booked';
  readonly bookedOn?: string | undefined;
  readonly valueOn?: string | undefined;
  readonly occurredAt?: string | undefined;
  /** Unsigned. */
  readonly amount: Money;
  readonly direction: CreditDebit;
  readonly counterparty: { readonly name?: string | undefined; readonly account?: AccountIdentifier | undefined };
  readonly remittance: { readonly unstructured: readonly string[]; readonly structured?: string | undefined };
  readonly endToEndId?: string | undefined;
  /** Bank transaction code as sent, for example PMNT-RCDT-ESCT. */
  readonly bankCode?: string | undefined;
  readonly balanceAfter?: Money | undefined;
  readonly raw: unknown;
}

/** A row of a list that could not be read: reported with its own words, so that the others are not lost. */
export interface UnreadableRow {
  readonly why: string;
  readonly raw: unknown;
}

/** Which name of an account stays the same from one consent to the next: its best identifier and its currency. */
export function accountIdentity(account: Pick<AccountSnapshot, 'identifiers' | 'currency' | 'reference'>): string {
  for (const scheme of accountSchemes) {
    const found = account.identifiers.find((identifier) => identifier.scheme === scheme);
    if (found && scheme !== 'other') return `${scheme}:${found.value}:${account.currency}`;
  }
  return `reference:${account.reference}:${account.currency}`;
}
