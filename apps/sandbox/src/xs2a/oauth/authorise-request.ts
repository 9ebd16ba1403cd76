import type { Authorisation, ScaSubject } from '../authorisation.js';
import { isFinal } from '../authorisation.js';
import type { Bank } from '../bank.js';
import type { Call } from '../call.js';
import type { OAuthRequest } from '../ui/visit.js';
import { OAuthError } from './oauth-error.js';
import { OAUTH_WORDS } from './words.js';

/** An authorise request that may be sent back to its client, with or without an error. */
export interface AuthoriseRequest extends OAuthRequest {
  /** For scopes `AIS:{consentId}` and `PIS:{paymentId}`: what the login authorises. */
  authorisation?: Authorisation | undefined;
}

/**
 * Checks client and redirect_uri first: before they are right, nothing may be sent to that address.
 * @throws OAuthError to be shown as a page.
 */
export function readClient(call: Call): { clientId: string; redirectUri: string; state?: string | undefined } {
  const client = call.bank.oauth.clients.get(call.query('client_id') ?? '');
  if (!client) {
    throw new OAuthError(400, 'invalid_client', 'client_id is not registered at this bank');
  }
  const redirectUri = call.query('redirect_uri') ?? '';
  if (!client.redirectUris.includes(redirectUri)) {
    throw new OAuthError(400, 'invalid_request', 'redirect_uri is not registered for this client (exact match)');
  }
  return { clientId: client.id, redirectUri, state: call.query('state') };
}

/** @throws OAuthError to be sent to the client. */
export function readAuthoriseRequest(call: Call): AuthoriseRequest {
  const client = readClient(call);
  const { responseType } = OAUTH_WORDS[call.bank.profile.oauthWords];
  if (call.query('response_type') !== responseType) {
    throw new OAuthError(400, 'unsupported_response_type', `response_type must be ${responseType}`);
  }
  const challenge = call.query('code_challenge');
  if (challenge !== undefined && call.bank.profile.pkce === 'refused') {
    throw new OAuthError(400, 'invalid_request', 'This server knows no code_challenge');
  }
  if (challenge !== undefined && call.query('code_challenge_method') !== 'S256') {
    throw new OAuthError(400, 'invalid_request', 'code_challenge_method must be S256');
  }
  const scope = call.query('scope') ?? 'AIS';
  return { ...client, scope, challenge, authorisation: readScope(call.bank, scope) };
}

function readScope(bank: Bank, scope: string): Authorisation | undefined {
  const parts = scope.split(/\s+/).filter((part) => part !== '');
  let authorisation: Authorisation | undefined;
  for (const part of parts) {
    const [service, id] = (bank.profile.oauthScopes === 'own' ? standardScope(part) : part).split(':');
    if ((service !== 'AIS' && service !== 'PIS' && service !== 'PIIS') || (id !== undefined && authorisation)) {
      throw new OAuthError(
        400,
        'invalid_scope',
        'Use AIS, PIS, AIS:{consentId}, PIS:{paymentId or basketId} or PIIS:{consentId}',
      );
    }
    if (id !== undefined) {
      authorisation = openAuthorisation(bank, subjectOf(bank, service, id));
    }
  }
  return authorisation;
}

/** `consents/{id}` of a bank with scopes of its own as `AIS:{id}`, and so on; anything else is none of its scopes. */
function standardScope(part: string): string {
  const [, kind, id] = /^(consents|payments|baskets)\/(.+)$/.exec(part) ?? [];
  return id === undefined ? '' : `${kind === 'consents' ? 'AIS' : 'PIS'}:${id}`;
}

function subjectOf(bank: Bank, service: 'AIS' | 'PIS' | 'PIIS', id: string): ScaSubject | undefined {
  switch (service) {
    case 'AIS':
      return bank.consents.get(id);
    case 'PIS':
      return bank.payments.get(id)?.cancellation ?? bank.payments.get(id) ?? bank.baskets.get(id);
    case 'PIIS':
      return bank.fundsConsents.get(id);
  }
}

function openAuthorisation(bank: Bank, subject: ScaSubject | undefined): Authorisation {
  const open = subject && bank.authorisationsOf(subject).findLast(({ oauth, status }) => oauth && !isFinal(status));
  if (!open) {
    throw new OAuthError(400, 'invalid_scope', 'Nothing in this scope waits for an authorisation by OAuth');
  }
  return open;
}

/** The way back to the client (RFC 6749, section 4.1.2): the query is added to what redirect_uri has. */
export function clientUrl(
  request: { redirectUri: string; state?: string | undefined },
  answer: Record<string, string>,
): string {
  const url = new URL(request.redirectUri);
  for (const [name, value] of Object.entries(answer)) {
    url.searchParams.set(name, value);
  }
  if (request.state !== undefined) {
    url.searchParams.set('state', request.state);
  }
  return url.href;
}
