import type {
  BulkItem,
  BulkOrder,
  IsoPaymentStatus,
  ObservationSource,
  PaymentOrder,
  PaymentState,
  ScaApproach,
  SendState,
} from '@tributary/domain';
import { EntitySchema } from 'typeorm';
import type { StoredDisclosure } from './disclosure.js';
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
  sequence,
  text,
  refers,
} from '../column.js';

/** A single order as it is stored: its amount is in columns of its own, since JSON has no bigint. */
export type StoredOrder = Omit<PaymentOrder, 'amount'>;

/** A bulk as it is stored: so is its control sum, and its items have a column that a list need not read. */
export type StoredBulkOrder = Omit<BulkOrder, 'amount' | 'items'> & { readonly itemCount: number };

/** An item of a bulk, in the currency of the payment. */
export type StoredItem = Omit<BulkItem, 'amount'> & { readonly amountMinor: string };

/** What is known of one item of a bulk. */
export interface ItemStatus {
  readonly endToEndId: string;
  readonly reference: string | null;
  readonly isoStatus: IsoPaymentStatus | null;
  readonly isoReason: string | null;
  readonly upstreamStatus: string;
}

export type PaymentKind = 'single' | 'bulk';

/**
 * One payment, or one bulk. The row is the idempotency record and the write-ahead log of the send rule at once: it is committed
 * before the instruction leaves us.
 */
export interface Payment {
  id: string;
  appId: string;
  kind: PaymentKind;
  /** With `idempotencyKey` and `appId`: unique, for the life of the payment. */
  operation: string;
  idempotencyKey: string;
  requestHash: string;
  institutionId: string;
  connectionId: string;
  provider: string;
  psuId: string;
  psuCorporateId: string | null;
  consentId: string | null;
  order: StoredOrder | StoredBulkOrder;
  /** Of a bulk; null for a single payment. */
  items: StoredItem[] | null;
  amountMinor: bigint;
  currency: string;
  scaPreference: ScaApproach | null;
  redirectUri: string;
  appState: string | null;
  /** Authorised in a signing basket: no SCA of its own is opened. */
  signInBasket: boolean;
  sendState: SendState;
  /** How often the instruction was (or may have been) put on the wire. */
  sendAttempts: number;
  /** While `sending`: until when the process that sends is believed alive. */
  sendLeaseUntil: Date | null;
  sentAt: Date | null;
  reference: string | null;
  isoStatus: IsoPaymentStatus | null;
  isoReason: string | null;
  upstreamStatus: string | null;
  /** What the upstream said of single items of a bulk so far; null: nothing. */
  itemStatuses: readonly ItemStatus[] | null;
  /** What the bank said last to the people at it: texts, costs. */
  disclosure: StoredDisclosure | null;
  stepOpen: boolean;
  /** Follows from sendState, isoStatus and stepOpen (`paymentState` of the domain); stored for filters. */
  state: PaymentState;
  final: boolean;
  authorisationId: string | null;
  /** The SCA of its cancellation, where the bank wants one. */
  cancellationAuthorisationId: string | null;
  continuationEnvelope: string | null;
  /** When the worker asks next. Claiming moves it ahead by the lease, so a claimed payment is not due. */
  nextPollAt: Date | null;
  /** How often we asked since the status last changed. */
  polls: number;
  /** The first answer to the app, sealed, for a repeated key; null while it is still being made (or its maker died). */
  answerEnvelope: string | null;
  /** How many times the app was told that nothing has been heard of it for long; 0 again with the next news. */
  staleStage: number;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const PaymentEntity = new EntitySchema<Payment>({
  name: 'Payment',
  tableName: 'payments',
  columns: {
    id,
    appId: text,
    kind: text,
    operation: text,
    idempotencyKey: text,
    requestHash: text,
    institutionId: text,
    connectionId: text,
    provider: text,
    psuId: text,
    psuCorporateId: optionalText,
    consentId: optionalText,
    order: json,
    items: optionalJson,
    amountMinor: minorUnits,
    currency: text,
    scaPreference: optionalText,
    redirectUri: text,
    appState: optionalText,
    signInBasket: flag,
    sendState: text,
    sendAttempts: integer,
    sendLeaseUntil: optionalInstant,
    sentAt: optionalInstant,
    reference: optionalText,
    isoStatus: optionalText,
    isoReason: optionalText,
    upstreamStatus: optionalText,
    itemStatuses: optionalJson,
    disclosure: optionalJson,
    stepOpen: flag,
    state: text,
    final: flag,
    authorisationId: optionalText,
    cancellationAuthorisationId: optionalText,
    continuationEnvelope: optionalText,
    nextPollAt: optionalInstant,
    polls: integer,
    answerEnvelope: optionalText,
    staleStage: { ...integer, default: 0 },
    version: integer,
    createdAt: instant,
    updatedAt: instant,
  },
  uniques: [{ name: 'payments_idempotency', columns: ['appId', 'operation', 'idempotencyKey'] }],
  indices: [
    { name: 'payments_app', columns: ['appId', 'kind', 'id'] },
    { name: 'payments_due', columns: ['connectionId', 'nextPollAt'], where: 'next_poll_at IS NOT NULL' },
    {
      name: 'payments_reference',
      columns: ['connectionId', 'reference'],
      where: 'reference IS NOT NULL',
      unique: true,
    },
    { name: 'payments_in_doubt', columns: ['id'], where: `NOT final AND (state = 'unknown' OR stale_stage > 0)` },
  ],
  foreignKeys: [refers('appId', 'App'), refers('institutionId', 'Institution'), refers('connectionId', 'Connection')],
});

/** Append-only: every observation of a payment, applied or not, and why. */
export interface PaymentObservation {
  sequence: number;
  paymentId: string;
  appId: string;
  at: Date;
  source: ObservationSource;
  upstreamStatus: string;
  isoStatus: IsoPaymentStatus | null;
  applied: boolean;
  why: string;
  latencyMs: number | null;
  rawEnvelope: string | null;
}

export const PaymentObservationEntity = new EntitySchema<PaymentObservation>({
  name: 'PaymentObservation',
  tableName: 'payment_observations',
  columns: {
    sequence: { ...sequence, primary: true },
    paymentId: text,
    appId: text,
    at: instant,
    source: text,
    upstreamStatus: text,
    isoStatus: optionalText,
    applied: flag,
    why: text,
    latencyMs: optionalInteger,
    rawEnvelope: optionalText,
  },
  indices: [{ name: 'payment_observations_payment', columns: ['paymentId', 'sequence'] }],
  foreignKeys: [refers('paymentId', 'Payment')],
});

/** An upstream's webhook, verified, before anything was done with it. */
export interface InboxMessage {
  connectionId: string;
  eventKey: string;
  subjectType: 'payment' | 'consent' | 'institution';
  subjectReference: string;
  /** The decoded notice, sealed. */
  noticeEnvelope: string;
  receivedAt: Date;
  appliedAt: Date | null;
  attempts: number;
  nextAttemptAt: Date;
}

export const InboxMessageEntity = new EntitySchema<InboxMessage>({
  name: 'InboxMessage',
  tableName: 'inbox',
  columns: {
    connectionId: id,
    eventKey: id,
    subjectType: text,
    subjectReference: text,
    noticeEnvelope: text,
    receivedAt: instant,
    appliedAt: optionalInstant,
    attempts: integer,
    nextAttemptAt: instant,
  },
  indices: [
    { name: 'inbox_due', columns: ['nextAttemptAt'], where: 'applied_at IS NULL' },
    { name: 'inbox_applied', columns: ['appliedAt'], where: 'applied_at IS NOT NULL' },
  ],
  foreignKeys: [refers('connectionId', 'Connection')],
});

/** What apps are told: written in the transaction of the change, so that no event is lost and none is early. */
export interface OutboxEvent {
  id: string;
  appId: string;
  type: string;
  subjectId: string;
  /** Counts the events of one subject. */
  sequence: number;
  data: Record<string, unknown>;
  createdAt: Date;
}

export const OutboxEventEntity = new EntitySchema<OutboxEvent>({
  name: 'OutboxEvent',
  tableName: 'outbox',
  columns: {
    id,
    appId: text,
    type: text,
    subjectId: text,
    sequence: integer,
    data: json,
    createdAt: instant,
  },
  indices: [
    { name: 'outbox_app', columns: ['appId', 'id'] },
    { name: 'outbox_subject', columns: ['appId', 'subjectId', 'id'] },
  ],
  foreignKeys: [refers('appId', 'App')],
});
