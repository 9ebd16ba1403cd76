import { randomBytes } from 'node:crypto';
import type { Bank, Tpp } from './parties.js';
import type { Scope } from './vocabulary.js';

/** What a PSU allowed. The bank knows it by `accessToken`, the TPP by `bearer`; they are never equal. */
export interface Consent {
  accessToken: string;
  bearer: string;
  tpp: Tpp;
  bank: Bank;
  scopes: readonly Scope[];
  ibans: readonly string[];
  accountIds: readonly string[];
  accountNumbers: readonly string[];
  createdAt: Date;
  validUntil: Date;
  /** Good for one initiation. */
  oneTime: boolean;
  /** `spending`: an initiation with a one-time consent is at the bank. */
  state: 'active' | 'spending' | 'spent' | 'revoked';
  /** Calls of a day, by operation and account. */
  reads: Map<string, number>;
}

/** An authorisation between init_authorization and consent, by its requestUrl as a text. */
export interface AuthorizationSession {
  requestUrl: string;
  tpp: Tpp;
  bank: Bank;
  scopes: readonly Scope[];
  redirectUri: string;
  state: string | undefined;
  codeChallenge: string | undefined;
  endsAt: Date;
  used: boolean;
}

/** An authorisation code for the TPP. */
export interface AuthorizationCode {
  consent: Consent;
  redirectUri: string;
  codeChallenge: string | undefined;
  endsAt: Date;
  used: boolean;
}

/** An unguessable, header-safe text. */
export function newSecret(bytes = 32): string {
  return randomBytes(bytes).toString('hex');
}

/** Undefined while it can be used; else why not. */
export function deathOf(consent: Consent, now: Date): 'spent' | 'revoked' | 'expired' | undefined {
  if (consent.state === 'revoked') {
    return 'revoked';
  }
  if (consent.validUntil <= now) {
    return 'expired';
  }
  return consent.state === 'active' ? undefined : 'spent';
}
