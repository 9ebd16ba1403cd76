import { readScopes } from '../actions/request-url.js';
import type { Hub } from '../hub.js';
import { Refusal } from '../refusal.js';
import { withQuery } from '../with-query.js';

/**
 * GET /oauth/authorize (an assumption: no document tells how the TPP's browser finds the bank's page): checks the request
 * and leads to the bank chosen by `bank`.
 * @returns where the browser goes: the bank, or back to the TPP with an OAuth error.
 * @throws Refusal when there is no address that can be trusted; a page tells it.
 */
export function authorize(hub: Hub, query: URLSearchParams): string {
  const tpp = hub.tpps.get(query.get('client_id') ?? '');
  if (!tpp || tpp.blocked) {
    throw new Refusal(400, 'WRONG_CREDENTIALS', 'client_id is not known');
  }
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!tpp.redirectUris.includes(redirectUri)) {
    throw new Refusal(400, 'FORMAT_ERROR', 'redirect_uri is not registered for this client');
  }
  const state = query.get('state') ?? undefined;
  const back = (error: string, description: string) =>
    withQuery(redirectUri, { error, error_description: description, state });
  const bank = hub.banks.get(query.get('bank') ?? '');
  if (!bank || bank.blocked) {
    return back('invalid_request', 'bank is not known');
  }
  if (query.get('response_type') !== 'code') {
    return back('unsupported_response_type', 'response_type must be code');
  }
  const words = query.get('scope')?.split(' ').filter(Boolean) ?? [];
  try {
    const scopes = readScopes(hub, words);
    const missing = scopes.find((scope) => !bank.scopes.includes(scope));
    if (missing !== undefined) {
      return back('invalid_scope', `${bank.identifier} does not offer ${missing}`);
    }
  } catch (error) {
    return back('invalid_scope', error instanceof Refusal ? (error.additional[0]?.title ?? error.title) : 'scope');
  }
  const challenge = query.get('code_challenge');
  if (challenge !== null && query.get('code_challenge_method') !== 'S256') {
    return back('invalid_request', 'code_challenge_method must be S256');
  }
  const request = new URLSearchParams({ client_id: tpp.clientId, redirect_uri: redirectUri });
  if (state !== undefined) {
    request.set('state', state);
  }
  request.set('response_type', 'code');
  request.set('scope', words.join(' '));
  if (challenge !== null) {
    request.set('code_challenge', challenge);
    request.set('code_challenge_method', 'S256');
  }
  const page = bank.authorizeUrl();
  return `${page}${page.includes('?') ? '&' : '?'}${request.toString()}`;
}
