import type { AuthorizationSession } from '../consent.js';
import type { Hub } from '../hub.js';
import type { Bank } from '../parties.js';
import type { AdditionalError } from '../refusal.js';
import { formatError } from '../refusal.js';
import { isScope, type Scope } from '../vocabulary.js';

/** Names of version 1 that still stand in sample URLs; taken with `oldScopes`. */
const OLD_SCOPES: Readonly<Record<string, Scope>> = { 'account.list': 'accounts', 'account.details': 'accounts' };

/**
 * Reads the address on which a PSU arrived at the bank: an OAuth 2.0 authorization request with the bank's own address.
 * @throws Refusal 400 FORMAT_ERROR with an AUTHORIZATION_* code.
 */
export function readRequestUrl(hub: Hub, bank: Bank, requestUrl: string): AuthorizationSession {
  if (!URL.canParse(requestUrl)) {
    throw formatError(urlNotValid('is no URL'));
  }
  const { searchParams: query, origin, pathname } = new URL(requestUrl);
  const own = new URL(bank.authorizeUrl());
  if (origin !== own.origin || pathname !== own.pathname) {
    throw formatError(urlNotValid('is not an address of this bank'));
  }
  const tpp = hub.tpps.get(query.get('client_id') ?? '');
  if (!tpp) {
    throw formatError(urlNotValid('has an unknown client_id'));
  }
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!tpp.redirectUris.includes(redirectUri)) {
    throw formatError(urlNotValid('has a redirect_uri that is not registered'));
  }
  if (query.get('response_type') !== 'code') {
    throw formatError(urlNotValid('needs response_type=code'));
  }
  return {
    requestUrl,
    tpp,
    bank,
    scopes: readScopes(hub, query.get('scope')?.split(' ').filter(Boolean) ?? []),
    redirectUri,
    state: query.get('state') ?? undefined,
    codeChallenge: query.get('code_challenge') ?? undefined,
    endsAt: new Date(hub.now().getTime() + hub.settings.sessionSeconds * 1000),
    used: false,
  };
}

/** At least one, each known, none twice. */
export function readScopes(hub: Hub, words: readonly string[]): Scope[] {
  if (words.length === 0) {
    throw formatError({ code: 'AUTHORIZATION_SCOPE_DOES_NOT_EXIST', title: 'Parameter "scope" is missing' });
  }
  const scopes = words.map((word) => (hub.settings.oldScopes ? (OLD_SCOPES[word] ?? word) : word));
  const unknown = scopes.find((scope) => !isScope(scope));
  const twice = words.find((word, index) => words.indexOf(word) !== index);
  if (unknown !== undefined || twice !== undefined) {
    throw formatError({
      code: 'AUTHORIZATION_SCOPE_NOT_CORRECT',
      title: 'Parameter "scope" is not correct',
      details: (unknown === undefined ? `${twice} stands there twice` : `${unknown} is not a scope`).slice(0, 500),
    });
  }
  return [...new Set(scopes.filter(isScope))];
}

export function urlNotValid(problem: string): AdditionalError {
  return {
    code: 'AUTHORIZATION_REQUEST_URL_NOT_VALID',
    title: 'Parameter "requestUrl" is not correct',
    details: `requestUrl ${problem}`,
  };
}
