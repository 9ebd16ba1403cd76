import type { NextStep, PaymentDisclosure, ScaApproach, ScaStatus } from '@tributary/domain';
import type { Continuation } from './call.js';
import type { TokenSet } from './tokens.js';

/** Where an SCA stands, as the upstream said at one instant. */
export interface AuthorisationSnapshot {
  /** The upstream's name of the authorisation; null while it has none (it is made by the PSU's first answer). */
  readonly reference: string | null;
  readonly approach: ScaApproach;
  /** null where the upstream's word has no meaning to us; `upstreamStatus` keeps it. */
  readonly scaStatus: ScaStatus | null;
  readonly upstreamStatus: string;
  readonly nextStep: NextStep | null;
  /**
   * The SCA has gone beyond the step that we hold (the answer to it was lost on its way back), and the upstream does not
   * repeat what it asks for now: only an SCA that is begun anew leads on. `nextStep` is the old one then.
   */
  readonly stepLost?: boolean | undefined;
  /** Links, verifiers and whatever else the next call needs. */
  readonly continuation: Continuation;
  /** Another `state` that the PSU's return will bring, where not we but the upstream made it up. Unguessable. */
  readonly returnState?: string | undefined;
  /** New tokens, to be kept with the subject. */
  readonly tokens?: TokenSet | undefined;
  /** What the PSU and the app are to read before the next step; costs only about a payment. */
  readonly disclosure?: PaymentDisclosure | undefined;
  readonly observedAt: Date;
}
