import type { AccountIdentifier, CreditDebit, Remittance } from '@tributary/domain';
import { EntitySchema } from 'typeorm';
import {
  bankDate,
  id,
  instant,
  integer,
  json,
  minorUnits,
  optionalBankDate,
  optionalInstant,
  optionalJson,
  optionalText,
  refers,
  text,
  texts,
} from '../column.js';

/** What an app that is a bank says about itself to its customers' browsers. */
export interface BankDesk {
  appId: string;
  /** Where customers log in; null: nowhere of the bank's own. */
  loginUrl: string | null;
  /** Signs the redirect there and the one back, sealed; null without a login URL. */
  loginSecretEnvelope: string | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const BankDeskEntity = new EntitySchema<BankDesk>({
  name: 'BankDesk',
  tableName: 'bank_desks',
  columns: {
    appId: id,
    loginUrl: optionalText,
    loginSecretEnvelope: optionalText,
    version: integer,
    createdAt: instant,
    updatedAt: instant,
  },
  foreignKeys: [refers('appId', 'App')],
});

/** A balance as the bank put it; its amount is signed, in the currency of the account. */
export interface StoredBankBalance {
  readonly type: string;
  readonly minor: string;
}

/** An account that an app holds for its customer, one per currency. */
export interface BankAccount {
  appId: string;
  /** The app's own name of it. */
  reference: string;
  psuId: string;
  identifiers: readonly AccountIdentifier[];
  currency: string;
  name: string | null;
  schemes: string[];
  balances: readonly StoredBankBalance[];
  /** When the balances were put; null before any were. Payments confirmed before are in them. */
  balancesAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export const BankAccountEntity = new EntitySchema<BankAccount>({
  name: 'BankAccount',
  tableName: 'bank_accounts',
  columns: {
    appId: id,
    reference: id,
    psuId: text,
    identifiers: json,
    currency: text,
    name: optionalText,
    schemes: texts,
    balances: json,
    balancesAt: optionalInstant,
    createdAt: instant,
    updatedAt: instant,
  },
  indices: [{ name: 'bank_accounts_psu', columns: ['appId', 'psuId'] }],
  foreignKeys: [refers('appId', 'App')],
});

/** An entry of an account that an app holds. */
export interface BankTransaction {
  appId: string;
  accountReference: string;
  /** The app's own name of it, unique in its account. */
  reference: string;
  status: 'booked' | 'pending';
  bookedOn: string | null;
  valueOn: string | null;
  /** What lists are ordered and filtered by: the booking date, else the value date, else the far future. */
  day: string;
  amountMinor: bigint;
  currency: string;
  direction: CreditDebit;
  counterpartyName: string | null;
  counterpartyAccount: AccountIdentifier | null;
  remittance: Remittance | null;
  createdAt: Date;
  updatedAt: Date;
}

export const BankTransactionEntity = new EntitySchema<BankTransaction>({
  name: 'BankTransaction',
  tableName: 'bank_transactions',
  columns: {
    appId: id,
    accountReference: id,
    reference: id,
    status: text,
    bookedOn: optionalBankDate,
    valueOn: optionalBankDate,
    day: bankDate,
    amountMinor: minorUnits,
    currency: text,
    direction: text,
    counterpartyName: optionalText,
    counterpartyAccount: optionalJson,
    remittance: optionalJson,
    createdAt: instant,
    updatedAt: instant,
  },
  indices: [{ name: 'bank_transactions_day', columns: ['appId', 'accountReference', 'day', 'reference'] }],
  foreignKeys: [
    {
      columnNames: ['appId', 'accountReference'],
      target: 'BankAccount',
      referencedColumnNames: ['appId', 'reference'],
    },
  ],
});
