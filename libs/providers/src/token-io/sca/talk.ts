import { flag, lenient, list, listOrNone, optional, type Read, record, text } from '../../kit/json.js';
import type { CallbackTarget, Continuation } from '../../port/index.js';

const talk = record({
  /** Token request that this SCA is about; absent for payments v2, whose payment is asked. */
  requestId: optional(text),
  /** Ids of the inputs that are asked for now. */
  inputs: listOrNone(text),
  /** Whether the PSU answered anything yet. */
  answered: lenient(flag),
  /** Token.io's last word, verbatim. */
  status: text,
  /** Whether the bank returns to us, so that we have to forward what it brings. */
  forwards: lenient(flag),
});
/** One SCA between two calls. */
export type Talk = Read<typeof talk>;

export function talkOf(continuation: Continuation): Talk {
  return talk(continuation, 'continuation');
}

export function keptTalk(state: Partial<Talk> & Pick<Talk, 'status'>): Continuation {
  return {
    ...(state.requestId !== undefined && { requestId: state.requestId }),
    inputs: [...(state.inputs ?? [])],
    answered: state.answered ?? false,
    status: state.status,
    forwards: state.forwards ?? false,
  };
}

const consentState = record({
  /** `state` that the first token request carries: a later SCA needs a request of its own. */
  callbackState: optional(text),
  resources: list(text),
  accountSource: optional(text),
  tokenExpiration: optional(text),
});
/** A consent between two calls: what a further token request for it is made of. */
export type ConsentState = Read<typeof consentState>;

export function consentStateOf(continuation: Continuation | null): ConsentState | null {
  return continuation === null ? null : consentState(continuation, 'continuation');
}

interface StartedConsent extends Partial<Pick<ConsentState, 'accountSource' | 'tokenExpiration'>> {
  readonly resources: readonly string[];
  readonly callback: CallbackTarget;
}

export function keptConsent({ callback, ...state }: StartedConsent): Continuation {
  return {
    callbackState: callback.state,
    resources: [...state.resources],
    ...(state.accountSource !== undefined && { accountSource: state.accountSource }),
    ...(state.tokenExpiration !== undefined && { tokenExpiration: state.tokenExpiration }),
  };
}

const paymentState = record({
  version: text,
  authorised: lenient(flag),
  transferId: optional(text),
  tokenId: optional(text),
  /** Whether a standing order: it has no transfer. */
  standing: lenient(flag),
  /** When the request that redeems was about to leave us; absent while none did. */
  redeemedAt: optional(text),
});
/** A payment between two calls. */
export type PaymentState = Read<typeof paymentState>;

export function paymentStateOf(continuation: Continuation | null): PaymentState {
  if (continuation === null)
    return {
      version: 'v2',
      authorised: undefined,
      transferId: undefined,
      tokenId: undefined,
      standing: undefined,
      redeemedAt: undefined,
    };
  return paymentState(continuation, 'continuation');
}

export function keptPayment(state: PaymentState): Continuation {
  return {
    version: state.version,
    authorised: state.authorised ?? false,
    ...(state.transferId !== undefined && { transferId: state.transferId }),
    ...(state.tokenId !== undefined && { tokenId: state.tokenId }),
    standing: state.standing ?? false,
    ...(state.redeemedAt !== undefined && { redeemedAt: state.redeemedAt }),
  };
}
