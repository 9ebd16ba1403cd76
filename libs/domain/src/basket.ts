import type { IsoPaymentStatus } from './iso20022/payment-status.js';

/** States of a signing basket, each with those that may follow it. */
export const basketStates = {
  created: ['awaitingAuthorisation', 'authorised', 'rejected', 'failed', 'removed'],
  awaitingAuthorisation: ['authorised', 'rejected', 'failed', 'removed'],
  authorised: ['rejected'],
  rejected: [],
  failed: [],
  removed: [],
} as const satisfies Record<string, readonly string[]>;
export type BasketState = keyof typeof basketStates;

/** Whether nothing more is to be done with it. What becomes of its members is theirs to say. */
export function basketIsFinal(state: BasketState): boolean {
  return state !== 'created' && state !== 'awaitingAuthorisation';
}

/** Whether `reported` may follow `held`. */
export function basketMayBecome(held: BasketState, reported: BasketState): boolean {
  const allowed: readonly string[] = basketStates[held];
  return allowed.includes(reported);
}

/**
 * What a basket's status means: banks use payment status codes for it (NextGenPSD2 1.3 section 8.3). Everything that
 * can only follow the signing means that it was signed.
 */
export function basketStateOf(status: IsoPaymentStatus): BasketState {
  switch (status) {
    case 'RCVD':
    case 'PDNG':
    case 'PATC':
      return 'awaitingAuthorisation';
    case 'RJCT':
      return 'rejected';
    case 'CANC':
      return 'removed';
    case 'ACTC':
    case 'ACCP':
    case 'ACFC':
    case 'ACWC':
    case 'ACSP':
    case 'PART':
    case 'ACWP':
    case 'ACSC':
    case 'ACCC':
      return 'authorised';
  }
}
