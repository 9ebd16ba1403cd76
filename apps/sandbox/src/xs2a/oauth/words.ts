import type { Profile } from '../profile.js';

interface OAuthWords {
  readonly responseType: string;
  readonly codeGrant: string;
}

/** How a bank spells `response_type` and the `grant_type` of a code; it takes no other spelling. */
export const OAUTH_WORDS: Readonly<Record<Profile['oauthWords'], OAuthWords>> = {
  standard: { responseType: 'code', codeGrant: 'authorization_code' },
  upper: { responseType: 'CODE', codeGrant: 'AUTHORISATION_CODE' },
};
