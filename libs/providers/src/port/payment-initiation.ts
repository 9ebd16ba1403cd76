import type { IsoPaymentStatus, Money, PaymentOrder, ScaApproach } from '@tributary/domain';
import type { HeldConsent } from './account-information.js';
import type { AuthorisationSnapshot } from './authorisation-snapshot.js';
import type { CallbackTarget, CallContext, Continuation, Psu } from './call.js';
import type { TokenStore } from './tokens.js';

/** A payment as we keep it between two calls. */
export interface HeldPayment {
  /** Ours; upstream references are derived from it, so that a repeated call carries the same ones. */
  readonly id: string;
  /** null until the upstream named it. */
  readonly reference: string | null;
  readonly institutionReference: string;
  readonly psu: Psu;
  readonly order: PaymentOrder;
  readonly scaPreference?: ScaApproach | undefined;
  readonly continuation: Continuation | null;
  readonly tokens: TokenStore;
  /** A consent in whose session the payment runs (combined service). */
  readonly consent?: HeldConsent | undefined;
}

/** A payment before it exists: what can be checked without asking anybody. */
export type PaymentIntent = Pick<HeldPayment, 'institutionReference' | 'psu' | 'order' | 'scaPreference'>;

/** Everything that an upstream says about a payment at one instant, however it reached us. */
export interface PaymentSnapshot {
  readonly reference: string | null;
  /** null where the upstream's word has no ISO 20022 code. */
  readonly status: IsoPaymentStatus | null;
  /** Verbatim. */
  readonly upstreamStatus: string;
  /** ISO 20022 status reason code, or the upstream's own word where it is none. */
  readonly reason?: string | undefined;
  /** As the upstream repeats it; compared with the order. */
  readonly amount?: Money | undefined;
  readonly creditorAccount?: string | undefined;
  /** Where the upstream opened the SCA together with the payment (implicit start). */
  readonly authorisation?: AuthorisationSnapshot | undefined;
  readonly continuation: Continuation | null;
  readonly psuMessage?: string | undefined;
  readonly observedAt: Date;
  /** The answer as it was, for the record. Stored encrypted. */
  readonly raw: unknown;
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

/**
 * Sending one payment and following it. `initiate` sends exactly one request that moves money and is never repeated by
 * the transport; what it throws says whether the instruction may have left us (`outcome-unknown`) or surely not.
 */
export interface PaymentInitiation {
  readonly recovery: Recovery;
  /** Throws ProviderError `unsupported` or `rejected` for an order that this upstream cannot carry. Sends nothing. */
  check(payment: PaymentIntent): void;
  /** What the PSU must do before the instruction may be sent (OAuth as a pre-step); null when nothing. */
  prepare?(payment: HeldPayment, callback: CallbackTarget, context: CallContext): Promise<AuthorisationSnapshot | null>;
  initiate(payment: HeldPayment, callback: CallbackTarget, context: CallContext): Promise<PaymentSnapshot>;
  fetch(payment: HeldPayment, context: CallContext): Promise<PaymentSnapshot>;
  cancel?(payment: HeldPayment, callback: CallbackTarget, context: CallContext): Promise<PaymentSnapshot>;
  findByReference?(payment: HeldPayment, context: CallContext): Promise<PaymentSnapshot | null>;
}
