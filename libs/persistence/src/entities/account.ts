import type { AccessKind, AccountIdentifier, CreditDebit, TransactionStatus } from '@tributary/domain';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import {
  id,
  instant,
  integer,
  json,
  minorUnits,
  optionalBankDate,
  optionalInstant,
  optionalJson,
  optionalText,
  optionalTexts,
  sequence,
  text,
  refers,
} from '../column.js';

/** An account as an app knows it: the same row through every later consent of the same PSU. */
export interface Account {
  id: string;
  appId: string;
  institutionId: string;
  connectionId: string;
  provider: string;
  psuId: string;
  /** What stays the same from consent to consent (`accountIdentity` of the domain). */
  identity: string;
  identifiers: AccountIdentifier[];
  currency: string;
  name: string | null;
  product: string | null;
  type: string | null;
  usage: 'private' | 'business' | null;
  ownerName: string | null;
  bic: string | null;
  status: string;
  /** Number of its last event. */
  events: number;
  createdAt: Date;
  updatedAt: Date;
}

export const AccountEntity = new EntitySchema<Account>({
  name: 'Account',
  tableName: 'accounts',
  columns: {
    id,
    appId: text,
    institutionId: text,
    connectionId: text,
    provider: text,
    psuId: text,
    identity: text,
    identifiers: json,
    currency: text,
    name: optionalText,
    product: optionalText,
    type: optionalText,
    usage: optionalText,
    ownerName: optionalText,
    bic: optionalText,
    status: text,
    events: { ...integer, default: 0 },
    createdAt: instant,
    updatedAt: instant,
  },
  uniques: [{ name: 'accounts_identity', columns: ['appId', 'institutionId', 'psuId', 'identity'] }],
  foreignKeys: [refers('appId', 'App'), refers('institutionId', 'Institution'), refers('connectionId', 'Connection')],
});

/** An account within one consent: the upstream's name of it there, and what is granted. */
export interface ConsentAccount {
  consentId: string;
  accountId: string;
  appId: string;
  reference: string;
  continuationEnvelope: string | null;
  /** null: what the consent grants. */
  access: AccessKind[] | null;
}

export const ConsentAccountEntity = new EntitySchema<ConsentAccount>({
  name: 'ConsentAccount',
  tableName: 'consent_accounts',
  columns: {
    consentId: id,
    accountId: id,
    appId: text,
    reference: text,
    continuationEnvelope: optionalText,
    access: optionalTexts,
  },
  indices: [{ name: 'consent_accounts_account', columns: ['accountId'] }],
  foreignKeys: [refers('consentId', 'Consent'), refers('accountId', 'Account')],
});

/** When a kind of data of an account (or, with the consent's id, its list of accounts) was last read live. */
export interface DataRead {
  subjectId: string;
  kind: string;
  appId: string;
  asOf: Date;
  /** How far it came, where a later read can go on there: good for one, and for the connection that it names. */
  mark: { connectionId: string; day: string; token: string } | null;
  /** When all of it was last read, and not only what came since the mark. */
  wholeAsOf: Date | null;
}

export const DataReadEntity = new EntitySchema<DataRead>({
  name: 'DataRead',
  tableName: 'data_reads',
  columns: {
    subjectId: id,
    kind: id,
    appId: text,
    asOf: instant,
    mark: optionalJson,
    wholeAsOf: optionalInstant,
  },
});

/** The balances of the last live read, in the bank's order. */
export interface Balance {
  accountId: string;
  position: number;
  appId: string;
  type: string;
  amountMinor: bigint;
  currency: string;
  creditDebit: CreditDebit;
  asOf: string | null;
}

export const BalanceEntity = new EntitySchema<Balance>({
  name: 'Balance',
  tableName: 'balances',
  columns: {
    accountId: id,
    position: { type: 'integer', primary: true },
    appId: text,
    type: text,
    amountMinor: minorUnits,
    currency: text,
    creditDebit: text,
    asOf: optionalText,
  },
  foreignKeys: [refers('accountId', 'Account')],
});

/** A number of the sequence behind `changeNumber`. */
const changeCount: EntitySchemaColumnOptions = {
  type: 'bigint',
  transformer: { to: (value: number) => value, from: (value: string) => Number(value) },
};

export interface Transaction {
  id: string;
  accountId: string;
  appId: string;
  /** What makes a row the same one in a later read: the bank's reference, or facts and an ordinal. */
  identity: string;
  reference: string | null;
  status: TransactionStatus;
  bookedOn: string | null;
  valueOn: string | null;
  occurredAt: string | null;
  /** Booked, else value, else occurred: where the entry stands in the list. null: pending without a day. */
  day: string | null;
  amountMinor: bigint;
  currency: string;
  direction: CreditDebit;
  /** Counterparty, remittance, end-to-end id, bank code and balance after, in the words of the REST contract. */
  details: Record<string, unknown>;
  supersedes: string | null;
  rawEnvelope: string;
  /** Hash of everything that an app sees, so that a second read of the same rows writes nothing. */
  contentHash: string;
  /** The change number with which the row first came. */
  addedNumber: number;
  /** Grows with every change of any row of the account: the cursor of `sync`. */
  changeNumber: number;
  createdAt: Date;
  updatedAt: Date;
}

export const TransactionEntity = new EntitySchema<Transaction>({
  name: 'Transaction',
  tableName: 'transactions',
  columns: {
    id,
    accountId: text,
    appId: text,
    identity: text,
    reference: optionalText,
    status: text,
    bookedOn: optionalBankDate,
    valueOn: optionalBankDate,
    occurredAt: optionalText,
    day: optionalBankDate,
    amountMinor: minorUnits,
    currency: text,
    direction: text,
    details: json,
    supersedes: optionalText,
    rawEnvelope: text,
    contentHash: text,
    addedNumber: changeCount,
    changeNumber: sequence,
    createdAt: instant,
    updatedAt: instant,
  },
  uniques: [{ name: 'transactions_identity', columns: ['accountId', 'identity'] }],
  indices: [
    { name: 'transactions_changes', columns: ['accountId', 'changeNumber'] },
    { name: 'transactions_day', columns: ['accountId', 'day', 'id'] },
  ],
  foreignKeys: [refers('accountId', 'Account')],
});

/** Other kinds of data (beneficiaries, standing orders, ...) as last read, in the words of the REST contract. */
export interface AccountDocument {
  accountId: string;
  kind: string;
  position: number;
  appId: string;
  content: unknown;
}

export const AccountDocumentEntity = new EntitySchema<AccountDocument>({
  name: 'AccountDocument',
  tableName: 'account_documents',
  columns: { accountId: id, kind: id, position: { ...integer, primary: true }, appId: text, content: json },
  foreignKeys: [refers('accountId', 'Account')],
});
