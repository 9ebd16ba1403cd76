import type { Big } from 'big.js';
import type { Exchange } from '../exchange.js';

/** One use of a card. */
export interface CardTransaction {
  id: string;
  /** Delta reports go by it; it is the id. */
  entryReference: string;
  terminalId: string;
  transactionDate: string;
  /** Absent while pending. */
  bookingDate?: string;
  valueDate?: string;
  /** Signed from the cardholder's view: negative was spent. */
  amount: Big;
  currency: string;
  /** In another currency: what the merchant asked for, the fee, and the rate. */
  foreign?: { amount: Big; currency: string; markupFee: Big; markupFeePercentage: string; exchange: Exchange };
  acceptorId: string;
  acceptorPhone: string;
  acceptorCity: string;
  merchantCategoryCode: string;
  text: string;
  /** On a bill already. */
  invoiced: boolean;
}

/** A credit card account, known by its masked number. */
export interface CardAccount {
  id: string;
  ownerName: string;
  maskedPan: string;
  currency: string;
  name: string;
  product: string;
  status: 'enabled' | 'deleted' | 'blocked';
  usage: 'PRIV' | 'ORGA';
  /** True: debits are written positive, with the balances turned over alike; absent counts as false. */
  debitAccounting?: boolean;
  creditLimit: Big;
  /** Oldest first. */
  transactions: CardTransaction[];
  pending: CardTransaction[];
}

/** An amount in the sign of the card's accounting. */
export function shownAmount({ debitAccounting }: CardAccount, amount: Big): Big {
  return debitAccounting === true ? amount.neg() : amount;
}
