import type { Big } from 'big.js';

/** A person with accounts at every bank of the hub: the one who logs in on the banks' pages. */
export interface Customer {
  id: string;
  username: string;
  password: string;
  /** The code of the text message. */
  code: string;
  fullName: string;
  /** Begins every account with so much. */
  opening: string;
  /** Booked entries per account. */
  entries: number;
}

export interface Account {
  /** `a:...`. */
  id: string;
  bankId: string;
  customer: Customer;
  name: string;
  type: 'CHECKING' | 'SAVINGS';
  currency: string;
  bic: string;
  numbers: AccountNumbers;
  booked: Big;
  /** Oldest first. */
  entries: AccountEntry[];
  standingOrders: StandingOrder[];
}

/** The ways in which an account is written, by what its country knows. */
export interface AccountNumbers {
  iban: string;
  sortCode?: string;
  accountNumber?: string;
  bban?: string;
  bankgiroNumber?: string;
}

/** One line of a statement. */
export interface AccountEntry {
  id: string;
  atMs: number;
  /** Negative when money left. */
  amount: Big;
  /** `PROCESSING` while it is not booked. */
  status: 'SUCCESS' | 'PROCESSING';
  description: string;
  counterparty: { name: string; iban?: string };
  endToEndId?: string;
  /** What the hub made of it: token and transfer. */
  tokenId?: string;
  transferId?: string;
}

export interface StandingOrder {
  id: string;
  status: 'ACTIVE' | 'INACTIVE' | 'PROCESSING' | 'FAILED';
  frequency: string;
  createdAtMs: number;
  amount: string;
  currency: string;
  startDate: string;
  endDate?: string;
  reference?: string;
  creditor: { name: string; iban?: string; sortCode?: string; accountNumber?: string };
  /** When it came through the hub. */
  tokenId?: string;
  submissionId?: string;
}
