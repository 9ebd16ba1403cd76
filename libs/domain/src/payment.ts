import type { AccountIdentifier, PostalAddress } from './account.js';
import { awaitsPsu, isFinal, isoPaymentStatuses, type IsoPaymentStatus } from './iso20022/payment-status.js';
import type { Money } from './money.js';
import type { Recurrence } from './recurrence.js';

/** What an app asks a bank to do: a single credit transfer, or with `recurrence` the same one again and again. */
export interface PaymentOrder {
  readonly amount: Money;
  readonly creditor: PaymentCreditor;
  readonly debtor?: PaymentDebtor | undefined;
  readonly scheme?: string | undefined;
  /** ISO 20022 EndToEndIdentification, at most 35 characters. */
  readonly endToEndId: string;
  /** Made here, since the app gave none: an upstream that carries no such id may leave this one out, never an app's. */
  readonly endToEndIdIsOurs?: true | undefined;
  readonly remittance?: Remittance | undefined;
  /** Bank date, YYYY-MM-DD; absent means as soon as possible. */
  readonly executionDate?: string | undefined;
  /** Makes it a standing order; never together with `executionDate`. */
  readonly recurrence?: Recurrence | undefined;
}

export interface PaymentCreditor {
  readonly name: string;
  readonly account: AccountIdentifier;
  readonly address?: PostalAddress | undefined;
  readonly agent?: { readonly bic?: string; readonly name?: string; readonly country?: string } | undefined;
}

export interface PaymentDebtor {
  readonly name?: string | undefined;
  readonly account?: AccountIdentifier | undefined;
}

export interface Remittance {
  readonly unstructured?: string | undefined;
  readonly structured?: string | undefined;
}

/** Schemes that a payment can ask for. Routes say which they take. */
export const paymentSchemes = [
  'SEPA_CREDIT_TRANSFER',
  'SEPA_INSTANT',
  'TARGET2',
  'CROSS_BORDER',
  'FASTER_PAYMENTS',
  'BACS',
  'CHAPS',
  'SWIFT',
  'ELIXIR',
  'BANKGIRO',
  'PLUSGIRO',
  'DOMESTIC',
  'DOMESTIC_INSTANT',
] as const;
export type PaymentScheme = (typeof paymentSchemes)[number];

/**
 * Where the instruction is on its way to the bank: the send rule as data.
 * `sending` is written before the one request leaves us; `unknown` ends by evidence only, never by a timer and never by
 * a second request that the upstream could take for a second payment. `abandoned` by the PSU or `withdrawn` by the app:
 * never sent.
 */
export const sendStates = {
  created: ['sending', 'refused', 'abandoned', 'withdrawn'],
  sending: ['sent', 'unknown', 'refused', 'created'],
  unknown: ['sent', 'refused', 'created'],
  sent: [],
  refused: [],
  abandoned: [],
  withdrawn: [],
} as const satisfies Record<string, readonly string[]>;
export type SendState = keyof typeof sendStates;

/** Payment states of the REST contract. */
export const paymentStates = [
  'created',
  'awaitingAuthorisation',
  'processing',
  'settled',
  'partiallyAccepted',
  'rejected',
  'cancelled',
  'expired',
  'unknown',
] as const;
export type PaymentState = (typeof paymentStates)[number];

/** Where an observation of a payment came from. */
export const observationSources = ['initiation', 'callback', 'webhook', 'poll', 'bank', 'operator', 'app'] as const;
export type ObservationSource = (typeof observationSources)[number];

/** The facts from which an app's view of a payment follows. */
export interface PaymentFacts {
  readonly sendState: SendState;
  readonly isoStatus: IsoPaymentStatus | null;
  /** Whether the PSU still has something to do. */
  readonly stepOpen: boolean;
}

/**
 * The state an app sees. The bank's word leads; without one, how far we know the instruction got.
 */
export function paymentState({ sendState, isoStatus, stepOpen }: PaymentFacts): PaymentState {
  if (isoStatus !== null) {
    const { state } = isoPaymentStatuses[isoStatus];
    return state === 'processing' && stepOpen && awaitsPsu(isoStatus) ? 'awaitingAuthorisation' : state;
  }
  switch (sendState) {
    case 'refused':
      return 'rejected';
    case 'abandoned':
      return 'expired';
    case 'withdrawn':
      return 'cancelled';
    case 'unknown':
      return 'unknown';
    case 'created':
      return stepOpen ? 'awaitingAuthorisation' : 'created';
    case 'sending':
    case 'sent':
      return stepOpen ? 'awaitingAuthorisation' : 'processing';
  }
}

/** Whether nothing more can happen to the payment (but for ACCC after ACSC). */
export function paymentIsFinal({ sendState, isoStatus }: PaymentFacts): boolean {
  return isFinal(isoStatus) || sendState === 'refused' || sendState === 'abandoned' || sendState === 'withdrawn';
}
