import type { Authorisation } from '../authorisation.js';
import type { Account, Customer, ScaMethod } from '../customer.js';

/** What an OAuth client asked for at the authorise endpoint. */
export interface OAuthRequest {
  clientId: string;
  redirectUri: string;
  scope: string;
  state?: string | undefined;
  challenge?: string | undefined;
}

/**
 * A PSU's walk through the bank's pages, from login to the way back. `key` is unguessable and stands in the address of
 * every page after the login.
 */
export interface Visit {
  key: string;
  stage: 'review' | 'code' | 'done';
  psu: Customer;
  /** What is authorised; absent for the app and for an OAuth login without a consent. */
  authorisation?: Authorisation | undefined;
  oauth?: OAuthRequest | undefined;
  /** The method whose code is asked for. */
  method?: ScaMethod | undefined;
  chosen: readonly Account[];
  wrongCodes: number;
}
