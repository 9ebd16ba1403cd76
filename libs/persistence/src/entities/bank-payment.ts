import type { AccountIdentifier, IsoPaymentStatus, PaymentCreditor, Remittance } from '@tributary/domain';
import { EntitySchema } from 'typeorm';
import {
  flag,
  id,
  instant,
  integer,
  json,
  minorUnits,
  optionalInstant,
  optionalInteger,
  optionalJson,
  optionalText,
  refers,
  sequence,
  text,
} from '../column.js';

/** A transfer to one creditor, in the currency of the payment. */
export interface StoredBankItem {
  readonly amountMinor: string;
  readonly creditor: PaymentCreditor;
  /** Every way in which the TPP named the creditor's account. */
  readonly creditorIdentifiers: readonly AccountIdentifier[];
  readonly remittance?: (Remittance & { readonly structuredType?: string | undefined }) | undefined;
}

/** A payment that a TPP asked the bank for. The app executes it after its customer confirmed it, and says how it goes. */
export interface BankPayment {
  id: string;
  appId: string;
  connectionId: string;
  provider: string;
  kind: 'single' | 'bulk' | 'direct';
  /** What the hub calls it: we gave it the name. */
  reference: string;
  /** By which consent; null: a direct payment. */
  tokenId: string | null;
  tppName: string | null;
  scheme: string;
  /** As the TPP named it; null: the customer chooses. */
  debtorIdentifiers: readonly AccountIdentifier[] | null;
  debtorName: string | null;
  /** The held account that pays; null until it is known. */
  debtorReference: string | null;
  items: readonly StoredBankItem[];
  itemCount: number;
  amountMinor: bigint;
  currency: string;
  callbackUrl: string;
  isoStatus: IsoPaymentStatus;
  /** While PDNG: the status before. */
  beforePending: IsoPaymentStatus | null;
  /** Why it was refused, for people. */
  reason: string | null;
  psuId: string | null;
  /** Nothing is executed, and nothing reserved, before. */
  confirmedAt: Date | null;
  linkExpiresAt: Date;
  final: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const BankPaymentEntity = new EntitySchema<BankPayment>({
  name: 'BankPayment',
  tableName: 'bank_payments',
  columns: {
    id,
    appId: text,
    connectionId: text,
    provider: text,
    kind: text,
    reference: text,
    tokenId: optionalText,
    tppName: optionalText,
    scheme: text,
    debtorIdentifiers: optionalJson,
    debtorName: optionalText,
    debtorReference: optionalText,
    items: json,
    itemCount: integer,
    amountMinor: minorUnits,
    currency: text,
    callbackUrl: text,
    isoStatus: text,
    beforePending: optionalText,
    reason: optionalText,
    psuId: optionalText,
    confirmedAt: optionalInstant,
    linkExpiresAt: instant,
    final: flag,
    version: integer,
    createdAt: instant,
    updatedAt: instant,
  },
  uniques: [{ name: 'bank_payments_reference', columns: ['connectionId', 'reference'] }],
  indices: [
    { name: 'bank_payments_app', columns: ['appId', 'id'] },
    { name: 'bank_payments_debtor', columns: ['appId', 'debtorReference', 'confirmedAt'] },
    { name: 'bank_payments_unconfirmed', columns: ['linkExpiresAt'], where: 'confirmed_at IS NULL AND NOT final' },
  ],
  foreignKeys: [refers('appId', 'App'), refers('connectionId', 'Connection')],
});

/** Append-only: every status that a payment had, and who said so. */
export interface BankPaymentStatus {
  sequence: number;
  paymentId: string;
  appId: string;
  at: Date;
  isoStatus: IsoPaymentStatus;
  source: 'hub' | 'psu' | 'app' | 'desk';
  reason: string | null;
}

export const BankPaymentStatusEntity = new EntitySchema<BankPaymentStatus>({
  name: 'BankPaymentStatus',
  tableName: 'bank_payment_statuses',
  columns: {
    sequence: { ...sequence, primary: true },
    paymentId: text,
    appId: text,
    at: instant,
    isoStatus: text,
    source: text,
    reason: optionalText,
  },
  indices: [{ name: 'bank_payment_statuses_payment', columns: ['paymentId', 'sequence'] }],
  foreignKeys: [refers('paymentId', 'BankPayment')],
});

/** What a hub was answered to a request that made something, for when it asks again. */
export interface BankRequest {
  connectionId: string;
  requestId: string;
  appId: string;
  /** Of what was asked: the same id with something else is no repetition. */
  fingerprint: string;
  httpStatus: number | null;
  answerEnvelope: string | null;
  createdAt: Date;
  expiresAt: Date;
}

export const BankRequestEntity = new EntitySchema<BankRequest>({
  name: 'BankRequest',
  tableName: 'bank_requests',
  columns: {
    connectionId: id,
    requestId: id,
    appId: text,
    fingerprint: text,
    httpStatus: optionalInteger,
    answerEnvelope: optionalText,
    createdAt: instant,
    expiresAt: instant,
  },
  indices: [{ name: 'bank_requests_old', columns: ['expiresAt'] }],
  foreignKeys: [refers('appId', 'App'), refers('connectionId', 'Connection')],
});

/** What a hub is to be told: written with the change that it is about, sent until the hub says that it has it. */
export interface BankReport {
  sequence: number;
  connectionId: string;
  appId: string;
  kind: 'paymentStatus' | 'tokenRevocation' | 'dailyPerformance';
  /** Reports about one subject go out in their order. */
  subject: string;
  payload: Record<string, unknown>;
  attempts: number;
  /** null: it is done. */
  nextAttemptAt: Date | null;
  sentAt: Date | null;
  /** Why the last attempt was in vain. */
  failure: string | null;
  /** Whether the hub knows of it and said no; of any other failure nobody knows what it would say. */
  refused: boolean;
  createdAt: Date;
}

export const BankReportEntity = new EntitySchema<BankReport>({
  name: 'BankReport',
  tableName: 'bank_reports',
  columns: {
    sequence: { ...sequence, primary: true },
    connectionId: text,
    appId: text,
    kind: text,
    subject: text,
    payload: json,
    attempts: integer,
    nextAttemptAt: optionalInstant,
    sentAt: optionalInstant,
    failure: optionalText,
    refused: flag,
    createdAt: instant,
  },
  indices: [
    { name: 'bank_reports_due', columns: ['connectionId', 'nextAttemptAt'], where: 'next_attempt_at IS NOT NULL' },
    { name: 'bank_reports_subject', columns: ['connectionId', 'subject', 'sequence'] },
  ],
  foreignKeys: [refers('appId', 'App'), refers('connectionId', 'Connection')],
});
