/** Consent states of the REST contract, each with those that may follow it. */
export const consentStates = {
  created: ['awaitingAuthorisation', 'authorised', 'rejected', 'failed', 'expired', 'revoked', 'superseded'],
  awaitingAuthorisation: ['authorised', 'rejected', 'failed', 'expired', 'revoked', 'superseded'],
  // A consent that needs a new SCA stays authorised until the bank says otherwise.
  authorised: ['expired', 'revoked', 'superseded', 'rejected'],
  rejected: [],
  failed: [],
  expired: [],
  revoked: [],
  superseded: [],
} as const satisfies Record<string, readonly string[]>;
export type ConsentState = keyof typeof consentStates;

/** Whether no other state may follow. */
export function consentIsFinal(state: ConsentState): boolean {
  return consentStates[state].length === 0;
}

/** What becomes of a consent state that somebody reported. `null` is a word of the bank without a meaning to us. */
export function judgeConsent(
  held: ConsentState,
  reported: ConsentState | null,
): { readonly applied: boolean; readonly why: 'change' | 'same' | 'unknown-word' | 'not-allowed' } {
  if (reported === null) return { applied: false, why: 'unknown-word' };
  if (reported === held) return { applied: false, why: 'same' };
  const allowed: readonly string[] = consentStates[held];
  return allowed.includes(reported) ? { applied: true, why: 'change' } : { applied: false, why: 'not-allowed' };
}
