import type {
  AnyOrder,
  IsoPaymentStatus,
  Money,
  PaymentDisclosure,
  PaymentOrder,
  PaymentScheme,
  ScaApproach,
} from '@tributary/domain';
import type { HeldConsent } from './account-information.js';
import type { AuthorisationSnapshot } from './authorisation-snapshot.js';
import type { CallbackTarget, CallContext, Continuation, Psu } from './call.js';
import type { TokenStore } from './tokens.js';

/** A payment as we keep it between two calls: a single or recurring one, or a bulk. */
export interface HeldPayment<Order extends AnyOrder = PaymentOrder> {
  /** Ours; upstream references are derived from it, so that a repeated call carries the same ones. */
  readonly id: string;
  /** null until the upstream named it. */
  readonly reference: string | null;
  readonly institutionReference: string;
  readonly psu: Psu;
  readonly order: Order;
  readonly scaPreference?: ScaApproach | undefined;
  /** The upstream shall open no SCA with it: it will be signed in a basket. */
  readonly explicitStart?: boolean | undefined;
  readonly continuation: Continuation | null;
  readonly tokens: TokenStore;
  /** A consent in whose session the payment runs (combined service). */
  readonly consent?: HeldConsent | undefined;
  /**
   * For a further request about this payment that moves money, outside of `initiate`: commits the continuation which says
   * that it is about to leave, before it does. One caller gets true, and sends it once; whoever held an older continuation
   * gets false and sends nothing, and so does everybody for a payment that is over. What a committed request did is learnt
   * by asking, unless it surely did nothing: then the one who sent it commits that. Absent: nothing may be sent.
   */
  readonly writeAhead?: ((continuation: Continuation) => Promise<boolean>) | undefined;
}

/** A payment before it exists: what can be checked without asking anybody. */
export type PaymentIntent<Order extends AnyOrder = PaymentOrder> = Pick<
  HeldPayment<Order>,
  'institutionReference' | 'psu' | 'order' | 'scaPreference'
>;

/** Everything that an upstream says about a payment at one instant, however it reached us. */
export interface PaymentSnapshot extends PaymentDisclosure {
  readonly reference: string | null;
  /** null where the upstream's word has no ISO 20022 code. */
  readonly status: IsoPaymentStatus | null;
  /** Verbatim. */
  readonly upstreamStatus: string;
  /** ISO 20022 status reason code, or the upstream's own word where it is none. */
  readonly reason?: string | undefined;
  /** The upstream has given up: whether money moved is for people to find out. Holds until somebody says more. */
  readonly outcomeUnknown?: boolean | undefined;
  /** As the upstream repeats it; compared with the order (a bulk's: with its control sum). */
  readonly amount?: Money | undefined;
  readonly creditorAccount?: string | undefined;
  /** Bulk: what the upstream says about single items; those that it does not name stay as they were. */
  readonly items?: readonly ItemSnapshot[] | undefined;
  /** Where the upstream opened the SCA together with the payment (implicit start). */
  readonly authorisation?: AuthorisationSnapshot | undefined;
  /** Replaces what is kept with the payment; null: stays as it is. */
  readonly continuation: Continuation | null;
  readonly observedAt: Date;
  /** The answer as it was, for the record. Stored encrypted. */
  readonly raw: unknown;
}

/** What an upstream says about one item of a bulk. */
export interface ItemSnapshot {
  /** Which one: the end-to-end id of the order's item. An item that the upstream does not name so is left out. */
  readonly endToEndId: string;
  /** The upstream's own name of the item. */
  readonly reference?: string | undefined;
  /** null where the upstream's word has no ISO 20022 code. */
  readonly status: IsoPaymentStatus | null;
  /** Verbatim. */
  readonly upstreamStatus: string;
  /** ISO 20022 status reason code, or the upstream's own word where it is none. */
  readonly reason?: string | undefined;
}

/**
 * What an upstream answered to a request to cancel. The payment is cancelled when the upstream says so (CANC), never
 * because the request went well.
 */
export interface CancellationSnapshot {
  /** How the payment stands, as the answer says; absent where it says nothing (an empty one): the payment is asked. */
  readonly payment?: PaymentSnapshot | undefined;
  /** Whether the bank cancels only after an SCA of the cancellation itself. */
  readonly authorisationRequired: boolean;
  /** Where the upstream opened that SCA with the request; absent though required: it is started explicitly. */
  readonly authorisation?: AuthorisationSnapshot | undefined;
  /** Replaces the payment's, with what that SCA needs; absent: stays as it is. */
  readonly continuation?: Continuation | undefined;
}

/**
 * How to find out what became of an instruction whose answer we never saw.
 * - `provider-key`         sending it again with the same key gives the first answer, never a second payment
 * - `look-up-by-reference` `findByReference` tells, but only after `quietSeconds`: too early it misses a slow one
 * - `none`                 only a webhook, the PSU's return or a person can tell
 */
export type Recovery =
  | { readonly by: 'provider-key' }
  | { readonly by: 'look-up-by-reference'; readonly quietSeconds: number }
  | { readonly by: 'none' };

/** What an order may have besides the usual; an upstream declares those that it carries. */
export type PaymentFeature = 'recurring' | 'futureDated';

/**
 * Sending one payment (or one bulk) and following it. `initiate` sends exactly one request that moves money and is never
 * repeated by the transport; what it throws says whether the instruction may have left us (`outcome-unknown`) or surely
 * not.
 */
export interface PaymentInitiation<Order extends AnyOrder = PaymentOrder> {
  readonly recovery: Recovery;
  /** Absent: none. `check` still decides about each order. */
  readonly features?: readonly PaymentFeature[] | undefined;
  /** Throws ProviderError `unsupported` or `rejected` for an order that this upstream cannot carry. Sends nothing. */
  check(payment: PaymentIntent<Order>): void;
  /**
   * The scheme that would carry an order which names none, so that the payment can show it. Absent, or undefined: the
   * upstream decides.
   */
  schemeFor?(order: Order): PaymentScheme | undefined;
  /** What the PSU must do before the instruction may be sent (OAuth as a pre-step); null when nothing. */
  prepare?(
    payment: HeldPayment<Order>,
    callback: CallbackTarget,
    context: CallContext,
  ): Promise<AuthorisationSnapshot | null>;
  initiate(payment: HeldPayment<Order>, callback: CallbackTarget, context: CallContext): Promise<PaymentSnapshot>;
  fetch(payment: HeldPayment<Order>, context: CallContext): Promise<PaymentSnapshot>;
  /**
   * Asks to cancel. Safe to repeat: a second request changes nothing more. ProviderError `rejected` with the upstream's
   * word where it is too late.
   */
  cancel?(payment: HeldPayment<Order>, callback: CallbackTarget, context: CallContext): Promise<CancellationSnapshot>;
  findByReference?(payment: HeldPayment<Order>, context: CallContext): Promise<PaymentSnapshot | null>;
}
