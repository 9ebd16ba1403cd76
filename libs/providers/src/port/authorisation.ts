import type { AnyOrder, NextStep, ScaApproach, StepAnswer } from '@tributary/domain';
import type { AuthorisationSnapshot } from './authorisation-snapshot.js';
import type { CallbackQuery, CallbackTarget, CallContext, Continuation } from './call.js';
import type { HeldConsent } from './account-information.js';
import type { HeldPayment } from './payment-initiation.js';
import type { HeldBasket } from './signing-baskets.js';

/**
 * What an SCA is about. Its `psu` is the one who authorises: where several have to, each has an SCA of their own, about
 * the same subject with another `psu`.
 */
export type AuthorisationSubject =
  | { readonly type: 'consent'; readonly consent: HeldConsent }
  | { readonly type: 'payment'; readonly payment: HeldPayment<AnyOrder> }
  /** Not the payment but its end. */
  | { readonly type: 'cancellation'; readonly payment: HeldPayment<AnyOrder> }
  | { readonly type: 'basket'; readonly basket: HeldBasket };

/** An authorisation as we keep it between two calls. */
export interface HeldAuthorisation {
  readonly id: string;
  readonly reference: string | null;
  readonly approach: ScaApproach;
  readonly nextStep: NextStep | null;
  readonly continuation: Continuation;
  /** The PSU answered or came back, and whoever had that in hand died before it was written down what came of it. */
  readonly interrupted?: boolean | undefined;
}

/** How a conversation is to be opened. */
export interface ScaWish {
  readonly approach?: ScaApproach | undefined;
  readonly callback: CallbackTarget;
  /** Another one, although there is one that the upstream has begun (see `stepLost` of a snapshot). */
  readonly anew?: boolean | undefined;
}

/**
 * The conversation in which a PSU proves who they are. Four approaches, one shape: every method answers with the whole
 * state of the conversation, so that a caller that missed an answer can ask again.
 */
export interface Authorisation {
  /** Opens the conversation. May do so without a call, where the upstream wants the PSU's first answer to open it. */
  start(subject: AuthorisationSubject, wish: ScaWish, context: CallContext): Promise<AuthorisationSnapshot>;
  /** Hands the PSU's answer over. A wrong password or code is a ProviderError `psu-credentials` with the step again. */
  answer(
    subject: AuthorisationSubject,
    held: HeldAuthorisation,
    answer: StepAnswer,
    context: CallContext,
  ): Promise<AuthorisationSnapshot>;
  /** The PSU's browser is back. Exchanges a code where there is one (within its seconds of life), then asks. */
  complete(
    subject: AuthorisationSubject,
    held: HeldAuthorisation,
    query: CallbackQuery,
    context: CallContext,
  ): Promise<AuthorisationSnapshot>;
  status(subject: AuthorisationSubject, held: HeldAuthorisation, context: CallContext): Promise<AuthorisationSnapshot>;
}
