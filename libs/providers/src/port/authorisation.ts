import type { NextStep, ScaApproach, ScaStatus, StepAnswer } from '@tributary/domain';
import type { CallbackQuery, CallbackTarget, CallContext, Continuation } from './call.js';
import type { HeldConsent } from './account-information.js';
import type { HeldPayment } from './payment-initiation.js';
import type { TokenSet } from './tokens.js';

/** What an SCA is about. */
export type AuthorisationSubject =
  | { readonly type: 'consent'; readonly consent: HeldConsent }
  | { readonly type: 'payment'; readonly payment: HeldPayment };

/** Where an SCA stands, as the upstream said at one instant. */
export interface AuthorisationSnapshot {
  /** The upstream's name of the authorisation; null while it has none (it is made by the PSU's first answer). */
  readonly reference: string | null;
  readonly approach: ScaApproach;
  /** null where the upstream's word has no meaning to us; `upstreamStatus` keeps it. */
  readonly scaStatus: ScaStatus | null;
  readonly upstreamStatus: string;
  readonly nextStep: NextStep | null;
  /** Links, verifiers and whatever else the next call needs. */
  readonly continuation: Continuation;
  /** New tokens, to be kept with the subject. */
  readonly tokens?: TokenSet | undefined;
  readonly observedAt: Date;
}

/** An authorisation as we keep it between two calls. */
export interface HeldAuthorisation {
  readonly id: string;
  readonly reference: string | null;
  readonly approach: ScaApproach;
  readonly nextStep: NextStep | null;
  readonly continuation: Continuation;
}

/**
 * The conversation in which a PSU proves who they are. Four approaches, one shape: every method answers with the whole
 * state of the conversation, so that a caller that missed an answer can ask again.
 */
export interface Authorisation {
  /** Opens the conversation. May do so without a call, where the upstream wants the PSU's first answer to open it. */
  start(
    subject: AuthorisationSubject,
    wish: { readonly approach?: ScaApproach | undefined; readonly callback: CallbackTarget },
    context: CallContext,
  ): Promise<AuthorisationSnapshot>;
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
