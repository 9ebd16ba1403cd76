import type { Application } from './application.js';
import type { Account, Customer } from './customer.js';
import type { Payment } from './payment.js';

export type Environment = 'sandbox' | 'production';
export type ConsentKind = 'aisp' | 'pisp';

export const INTENT_STATES = ['created', 'shown', 'authorised', 'declined', 'expired'] as const;

/** A wish for an authorisation, until the user has answered. */
export interface Intent {
  id: string;
  /** Made by the TPP; comes back on the redirect. */
  uuid: string;
  kind: ConsentKind;
  environment: Environment;
  application: Application;
  /** Accept without a user; never true in production. */
  sandboxSca: boolean;
  /** The unguessable part of `location`. */
  browserKey: string;
  state: (typeof INTENT_STATES)[number];
  /** Until when the user must come, and after that, decide. */
  deadlineMs: number;
  /** Wrong passwords and codes so far. */
  wrong: number;
  /** Known after the login. */
  customer?: Customer | undefined;
  /** The unguessable part of the consent page's address, after the login. */
  visitKey?: string | undefined;
}

/** What the user granted. */
export interface Consent {
  id: string;
  intent: Intent;
  customer: Customer;
  /** Chosen by the user; exactly one for `pisp`. */
  accounts: readonly Account[];
  permissions: readonly string[];
  grantedAtMs: number;
  endsAtMs: number;
  /** `revoked` by the user, `replayed`: a used refresh token came again. */
  state: 'active' | 'revoked' | 'expired' | 'replayed';
  /** The one payment of a `pisp` consent. */
  payment?: Payment | undefined;
}

export interface Code {
  text: string;
  consent: Consent;
  issuedAtMs: number;
  used: boolean;
}

export interface AccessToken {
  consent: Consent;
  expiresAtMs: number;
}

export interface RefreshToken {
  consent: Consent;
  used: boolean;
}
