import type { Big } from 'big.js';

export interface Entry {
  id: string;
  at: Date;
  status: 'Booked' | 'Pending';
  /** Signed: negative leaves the account. */
  amount: Big;
  code: string;
  subCode: string;
  information: string;
  counterparty?: Payee;
  card?: { scheme: string; identification: string; category: string; merchant: string };
}

export interface Payee {
  scheme: 'SortCodeAccountNumber' | 'CustomCode';
  identification: string;
  name: string;
}

export interface Beneficiary extends Payee {
  id: string;
  reference: string;
}

export interface StandingOrder extends Payee {
  id: string;
  amount: Big;
  frequency: string;
  reference: string;
  next: Date;
}

export interface DirectDebit {
  id: string;
  mandate: string;
  name: string;
  previousAmount: Big;
  previous: Date;
}

export interface ScheduledPayment extends Payee {
  id: string;
  amount: Big;
  at: Date;
}

export interface Account extends Payee {
  id: string;
  customer: Customer;
  type: 'Personal' | 'Business';
  currency: string;
  nickname: string;
  product: { id: string; name: string };
  booked: Big;
  /** Accepted payments that have not left yet. */
  reserved: Big;
  entries: Entry[];
  beneficiaries: Beneficiary[];
  standingOrders: StandingOrder[];
  directDebits: DirectDebit[];
  scheduledPayments: ScheduledPayment[];
}

/** A user of the bank. Password and code are in clear: test data that testers must read. */
export interface Customer {
  username: string;
  password: string;
  /** The second factor; fixed. */
  code: string;
  fullName: string;
  accounts: Account[];
}
