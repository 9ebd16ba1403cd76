import type { AuthorisationSnapshot } from './authorisation-snapshot.js';

/**
 * Why a call to an upstream did not give what was asked. Closed: a `switch` over it ends in `never`.
 *
 * - `unavailable`      no connection; 5xx or timeout on a call that is safe to repeat
 * - `rate-limited`     429, or the bank's daily limit
 * - `outcome-unknown`  timeout, reset, 5xx or unreadable answer after a money instruction left us
 * - `rejected`         refused on business grounds
 * - `psu-credentials`  wrong password or code; the SCA stays open
 * - `consent-invalid`  expired, revoked or used up; the PSU must come back
 * - `unauthorised`     our own key, certificate, signature or client credentials are refused
 * - `not-found`        the reference is unknown upstream
 * - `unsupported`      the upstream cannot do this; nothing was sent
 * - `malformed`        the answer does not decode: the upstream's interface has drifted
 */
export const providerErrorKinds = [
  'unavailable',
  'rate-limited',
  'outcome-unknown',
  'rejected',
  'psu-credentials',
  'consent-invalid',
  'unauthorised',
  'not-found',
  'unsupported',
  'malformed',
] as const;
export type ProviderErrorKind = (typeof providerErrorKinds)[number];

export interface ProviderErrorFacts {
  readonly kind: ProviderErrorKind;
  readonly provider: string;
  /** Our name of the call, for example `initiatePayment`. */
  readonly operation: string;
  /** One plain sentence for an app's developer: what happened and what to do next. Never a secret, never an IBAN. */
  readonly message: string;
  readonly traceId?: string | undefined;
  /** Which part of the app's request is at fault, where one is: its path in dots, such as `items.1.amount`. */
  readonly field?: string | undefined;
  /** The upstream's answer, where there was one; `code` is its own word, verbatim. */
  readonly upstream?: { readonly httpStatus: number; readonly code?: string | undefined } | undefined;
  /** ISO 20022 status reason code, where the upstream's refusal has one (AM04, AC04, ...). */
  readonly isoReason?: string | undefined;
  /** With `rate-limited`: when to come back. */
  readonly retryAfter?: Date | undefined;
  /** With `psu-credentials`: the step that the PSU may try again. */
  readonly authorisation?: AuthorisationSnapshot | undefined;
  /** With `consent-invalid`: why it ended, where the upstream says so. */
  readonly consentState?: 'expired' | 'revoked' | 'rejected' | undefined;
  readonly cause?: unknown;
}

/** The only error that a provider throws. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: ProviderErrorKind;

  constructor(readonly facts: ProviderErrorFacts) {
    super(facts.message, { cause: facts.cause });
    this.kind = facts.kind;
  }
}
