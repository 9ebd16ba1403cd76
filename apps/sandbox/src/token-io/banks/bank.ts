/** The rails of Payments v2. */
export const LOCAL_INSTRUMENTS = [
  'SEPA',
  'SEPA_INSTANT',
  'FASTER_PAYMENTS',
  'ELIXIR',
  'EU_DOMESTIC_NON_EURO',
  'EU_DOMESTIC_NON_EURO_INSTANT',
  'BANKGIRO',
  'PLUSGIRO',
  'AUTO_SELECT',
] as const;
export type LocalInstrument = (typeof LOCAL_INSTRUMENTS)[number];

/** How the PSU is authenticated. */
export type BankApproach = 'redirect' | 'embedded' | 'decoupled';

/** What a bank can do; the names are those of the second version of the directory. */
export interface BankCapabilities {
  supportsAccountList: boolean;
  supportsAccountDetails: boolean;
  supportsAccountBalance: boolean;
  supportsTransactionList: boolean;
  supportsTransactionDetails: boolean;
  supportsStandingOrderList: boolean;
  supportsTransactionsDateFilter: boolean;
  requiresOneStepPayment: boolean;
  supportsSinglePayment: boolean;
  supportsScheduledPayment: boolean;
  supportsStandingOrder: boolean;
  supportsReturnRefundAccount: boolean;
  supportsFundsConfirmation: boolean;
  supportsVariableRecurringPayment: boolean;
}

/** A time in which calls to the bank may fail. */
export interface Maintenance {
  startTime: string;
  endTime: string;
  type: 'NO_DOWNTIME_EXPECTED' | 'DOWNTIME_EXPECTED' | 'OUTAGE';
  productType: 'AIS' | 'SIP';
}

/** Fields that a payment at this bank must have. */
export interface MandatoryPaymentField {
  /** Path below the body of a v2 payment: `initiation.debtor`. */
  path: string;
  localInstruments: LocalInstrument[];
}

/** One bank that the hub reaches. */
export interface Bank {
  id: string;
  name: string;
  bic: string;
  group: string;
  subGroup: string;
  countries: string[];
  /** Of its accounts; the first is the usual one. */
  currencies: string[];
  standard: string;
  approach: BankApproach;
  /** Words of `scaMethods`. */
  scaMethods: string[];
  localInstruments: LocalInstrument[];
  capabilities: BankCapabilities;
  mandatory: MandatoryPaymentField[];
  /** A pattern for `remittanceInformationPrimary`. */
  remittancePattern?: string;
  /** Days; -1 is unlimited. */
  transactionHistoryLimit: number;
  maintenance: Maintenance[];
  /** True where certain amounts have an end of their own (see scenarios). */
  scenarios: boolean;
  /** The bank's own words for accepted, settled and rejected. */
  words: { accepted: string; settled: string; rejected: string };
  status: { ais: BankStatus; pis: BankStatus; sinceMs: number };
  /** Immediate payments become future-dated ones. */
  outOfHours: boolean;
  rank: number;
}

export type BankStatus = 'LIVE' | 'DOWN';
