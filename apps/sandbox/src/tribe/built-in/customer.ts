import { Big } from 'big.js';
import type { Scheme } from '../vocabulary.js';

/** An entry on an account; `amount` is negative for money that leaves. */
export interface Entry {
  id: string;
  amount: Big;
  counterparty: string;
  counterpartyIban: string | undefined;
  reference: string;
  structured: string | undefined;
  /** Undefined while it is pending. */
  bookingDate: string | undefined;
  valueDate: string;
}

/** One currency of one account; several currencies share the IBAN and differ in `id`. */
export interface Account {
  /** `resource_id`. */
  id: string;
  owner: Customer;
  iban: string;
  sortCode: string | undefined;
  accountNumber: string | undefined;
  currency: string;
  name: string;
  schemes: readonly Scheme[];
  booked: Big;
  /** Oldest first. */
  entries: Entry[];
  pending: Entry[];
}

export interface Customer {
  username: string;
  password: string;
  /** The code that confirms, as if sent to a phone. */
  code: string;
  fullName: string;
  accounts: Account[];
}

/** Booked money less what is on its way out. */
export function availableOn(account: Account): Big {
  return account.pending.reduce((sum, { amount }) => (amount.lt(0) ? sum.plus(amount) : sum), account.booked);
}

/** Whether an account is meant by four identifiers; numbers may have lost their zeros. */
export function isMeant(account: Account, reference: AccountIdentifiers): boolean {
  const { iban, bban, accountNumber, sortCode } = reference;
  const ibanFits = iban === undefined || account.iban === iban.replaceAll(' ', '').toUpperCase();
  const bbanFits = bban === undefined || account.iban.slice(4) === bban;
  const numberFits = accountNumber === undefined || account.accountNumber === accountNumber.padStart(8, '0');
  const sortFits = sortCode === undefined || account.sortCode === sortCode.padStart(6, '0');
  const some = iban !== undefined || bban !== undefined || (accountNumber !== undefined && sortCode !== undefined);
  return some && ibanFits && bbanFits && numberFits && sortFits;
}

export interface AccountIdentifiers {
  iban: string | undefined;
  bban: string | undefined;
  accountNumber: string | undefined;
  sortCode: string | undefined;
}
