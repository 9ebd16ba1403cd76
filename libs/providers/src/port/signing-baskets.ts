import type { AnyOrder, Disclosure, IsoPaymentStatus, ScaApproach } from '@tributary/domain';
import type { HeldConsent } from './account-information.js';
import type { AuthorisationSnapshot } from './authorisation-snapshot.js';
import type { CallbackTarget, CallContext, Continuation, Psu } from './call.js';
import type { HeldPayment } from './payment-initiation.js';
import type { TokenStore } from './tokens.js';

/** Payments and consents that a PSU authorises with one SCA, as we keep them between two calls. */
export interface HeldBasket {
  readonly id: string;
  /** null until the upstream named it. */
  readonly reference: string | null;
  readonly institutionReference: string;
  readonly psu: Psu;
  readonly scaPreference?: ScaApproach | undefined;
  /** Members; each was initiated with an explicit start and has its upstream reference. */
  readonly payments: readonly HeldPayment<AnyOrder>[];
  readonly consents: readonly HeldConsent[];
  readonly continuation: Continuation | null;
  readonly tokens: TokenStore;
}

/** What an upstream said about a basket at one instant. */
export interface BasketSnapshot extends Disclosure {
  readonly reference: string;
  /** Upstreams use payment status codes for baskets; null where the word has no code. */
  readonly status: IsoPaymentStatus | null;
  /** Verbatim. */
  readonly upstreamStatus: string;
  /** Where the upstream opened the SCA together with the basket (implicit start). */
  readonly authorisation?: AuthorisationSnapshot | undefined;
  /** Replaces what is kept with the basket; null: stays as it is. */
  readonly continuation: Continuation | null;
  readonly observedAt: Date;
}

/** Grouping payments and consents for one SCA. Making a basket moves no money; authorising it does. */
export interface SigningBaskets {
  create(basket: HeldBasket, callback: CallbackTarget, context: CallContext): Promise<BasketSnapshot>;
  read(basket: HeldBasket, context: CallContext): Promise<BasketSnapshot>;
  /** Dissolves it; the members stay as they are. Safe to repeat. `rejected` where its authorisation has begun. */
  remove(basket: HeldBasket, context: CallContext): Promise<void>;
}
