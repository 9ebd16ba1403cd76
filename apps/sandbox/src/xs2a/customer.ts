import { Big } from 'big.js';
import type { CardAccount } from './cards/card-account.js';
import type { Exchange } from './exchange.js';
import type { ApproachSetting } from './profile.js';
import type { ReportType } from './reports/report-type.js';

/** A way to prove the second factor. A decoupled one has no code: the PSU approves in the bank's app. */
export interface ScaMethod {
  id: string;
  /** MockBank says SMS and APP; the specification's list (SMS_OTP ...) is open. */
  type: string;
  name: string;
  explanation?: string;
  decoupled: boolean;
  /** Fixed in the simulator, so that tests can know it. Empty for decoupled methods. */
  code: string;
}

export interface Transaction {
  id: string;
  entryReference: string;
  /** Absent while pending. */
  bookingDate?: string;
  valueDate: string;
  /** Signed: negative leaves the account. */
  amount: Big;
  currency: string;
  counterpartyName?: string;
  counterpartyIban?: string;
  endToEndId?: string;
  mandateId?: string;
  creditorId?: string;
  purposeCode?: string;
  unstructured?: string;
  structured?: string;
  bankTransactionCode: string;
  proprietaryBankTransactionCode?: string;
  balanceAfter?: Big;
  exchange?: Exchange | undefined;
  /** One booking for several transfers. */
  parts?: readonly Omit<Transaction, 'bookingDate'>[];
  /** Takes back an earlier booking (RC and RD in MT940). */
  reversal?: boolean;
}

export interface StandingOrder {
  id: string;
  amount: Big;
  creditorName: string;
  creditorIban: string | undefined;
  unstructured: string | undefined;
  startDate: string;
  endDate?: string | undefined;
  frequency: string;
  executionRule?: string | undefined;
  dayOfExecution: string | undefined;
  monthsOfExecution?: readonly string[] | undefined;
}

export interface Account {
  id: string;
  customer: Customer;
  iban: string;
  bic: string;
  currency: string;
  name: string;
  product: string;
  /** ISO 20022 ExternalCashAccountType1Code. */
  type: string;
  status: 'enabled' | 'deleted' | 'blocked';
  usage: 'PRIV' | 'ORGA';
  /** Of a company; else the customer's own name. */
  ownerName?: string | undefined;
  /** So many PSUs must authorise what moves or shows its money. */
  signatures: number;
  booked: Big;
  /** Outgoing payments under way. */
  reserved: Big;
  /** Oldest first. */
  transactions: Transaction[];
  pending: Transaction[];
  standingOrders: StandingOrder[];
  /** In which types its transactions can be had; all without it. */
  reportTypes?: readonly ReportType[] | undefined;
  lastChange: Date;
}

/** The PSU as the bank knows them. Passwords are in clear because all of this is test data that testers must read. */
export interface Customer {
  id: string;
  username: string;
  password: string;
  /** For a bank that wants two. */
  additionalPassword: string;
  fullName: string;
  /** How this customer's SCA is done; `wish` leaves it to the TPP's headers. */
  approach: ApproachSetting;
  trustedBeneficiaries: readonly Beneficiary[];
  cards: CardAccount[];
  methods: ScaMethod[];
  accounts: Account[];
  address?: string;
  city?: string;
  zip?: string;
  countryCode?: string;
  msisdn?: string;
}

/** A payee whom the PSU trusts. */
export interface Beneficiary {
  id: string;
  name: string;
  iban: string;
  alias?: string;
}

/** What can be spent now. */
export function available(account: Account): Big {
  return account.booked.minus(account.reserved);
}

/** The owner's name as it stands on the account. */
export function ownerNameOf(account: Account): string {
  return account.ownerName ?? account.customer.fullName;
}
