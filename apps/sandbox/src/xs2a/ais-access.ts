import { createHash } from 'node:crypto';
import type { Rights } from './access.js';
import { grantOf } from './access-token.js';
import type { Call } from './call.js';
import { consentRights, type Consent } from './consent.js';
import { moveConsent } from './consent-life.js';
import { findConsent } from './consents.endpoints.js';
import type { Account } from './customer.js';
import { TppError, formatError } from './tpp-error.js';

/** A consent that allows reading now. */
export interface AisAccess {
  consent: Consent;
  rights: Rights;
}

/**
 * The consent behind a read: by Consent-ID, or by an access token whose login gave one.
 * @throws TppError by the table of usual mistakes: CONSENT_UNKNOWN, CONSENT_INVALID, CONSENT_EXPIRED, TOKEN_...
 */
export function openAccess(call: Call): AisAccess {
  const consent = consentOf(call);
  if (call.fault('revokeConsent')) {
    moveConsent(call.bank, consent, 'revokedByPsu');
  }
  if (consent.status === 'expired') {
    throw new TppError(401, 'CONSENT_EXPIRED', 'The consent has expired');
  }
  const rights = consentRights(consent);
  if (consent.status !== 'valid' || !rights) {
    throw new TppError(401, 'CONSENT_INVALID', `The consent is ${consent.status}`);
  }
  return { consent, rights };
}

function consentOf(call: Call): Consent {
  const grant = grantOf(call);
  const id = call.header('Consent-ID') ?? grant?.consentId;
  if (id === undefined) {
    if (grant) {
      throw new TppError(401, 'TOKEN_INVALID', 'The access token has no scope AIS', 'Authorization');
    }
    throw formatError('Consent-ID', 'is missing');
  }
  // A token names its consent by itself, whoever the certificate says the TPP is.
  const named = grant?.consentId === id ? call.bank.consents.get(id) : undefined;
  const consent = named ?? findConsent(call, id);
  if (grant && (grant.customer !== consent.psu || (grant.scope.includes('AIS:') && grant.consentId !== id))) {
    throw new TppError(401, 'TOKEN_INVALID', 'The access token is for another consent', 'Authorization');
  }
  const byOAuth = call.bank.authorisationsOf(consent).some(({ oauth, status }) => oauth && status === 'finalised');
  if (byOAuth && !grant && call.bank.profile.headers === 'strict') {
    throw new TppError(401, 'TOKEN_INVALID', 'The access token is missing', 'Authorization');
  }
  return consent;
}

/** How an account is called under this consent. */
export function resourceIdOf(call: Call, consent: Consent, account: { id: string }): string {
  if (call.bank.profile.resourceIds === 'stable') {
    return account.id;
  }
  return createHash('sha256').update(`${consent.id}/${account.id}`).digest('base64url').slice(0, 22);
}

/**
 * The account in the path.
 * @throws TppError 401 CONSENT_INVALID when the consent does not reach it, 404 RESOURCE_UNKNOWN when a global consent
 * finds no such account.
 */
export function accountInPath(call: Call, { consent, rights }: AisAccess): Account {
  if (rights.listOnly) {
    throw new TppError(401, 'CONSENT_INVALID', 'The consent allows the list of accounts only');
  }
  const id = call.param('accountId');
  const account = rights.accounts.find((candidate) => resourceIdOf(call, consent, candidate) === id);
  if (account) {
    return account;
  }
  if (consent.access.shape === 'allPsd2') {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such account', 'account-id');
  }
  throw new TppError(401, 'CONSENT_INVALID', 'The consent does not reach this account', 'account-id');
}

/** @throws TppError 401 CONSENT_INVALID without the right. */
export function assertRight(rights: Rights, right: 'balances' | 'transactions', account?: Account): void {
  const allowed = account ? rights[right].includes(account) : rights[right].length > 0;
  if (!allowed) {
    throw new TppError(401, 'CONSENT_INVALID', `The consent gives no right to ${right}`);
  }
}

/** `withBalance` of the query. */
export function readWithBalance(call: Call): boolean {
  const value = call.query('withBalance');
  if (value !== undefined && value !== 'true' && value !== 'false') {
    throw formatError('withBalance', 'must be true or false');
  }
  return value === 'true';
}
