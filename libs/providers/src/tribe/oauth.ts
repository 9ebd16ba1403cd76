import {
  authorizationUrl,
  currentTokens,
  exchangeCode,
  newPkce,
  type OauthCall,
  type OauthClient,
  refreshTokens,
} from '../kit/oauth.js';
import type { UpstreamHttp } from '../kit/http.js';
import type { CallbackTarget, CallContext, ProviderDeps, TokenSet, TokenStore } from '../port/index.js';
import type { Scope } from './scopes.js';
import { providerId } from './settings.js';
import { tppDefaults, type TppSettings } from './tpp-settings.js';

/** What must be kept until the PSU is back from the bank. */
export type PendingGrant = {
  readonly redirectUri: string;
  /** null: opened without PKCE. */
  readonly verifier: string | null;
};

/** Grants of PSUs, as OAuth 2.0 bearers (RFC 6749 section 4.1). */
export interface Grants {
  /** Opens one: where the PSU goes, and what `exchange` needs when they are back. */
  begin(
    bank: string,
    scopes: readonly Scope[],
    callback: CallbackTarget,
  ): { readonly url: string; readonly grant: PendingGrant };
  exchange(grant: PendingGrant, code: string, context: CallContext): Promise<TokenSet>;
  /** The tokens to use now, renewed if they are about to end; null where the subject has none. */
  current(store: TokenStore, context: CallContext): Promise<TokenSet | null>;
  /** Replaces tokens that were refused. */
  renew(store: TokenStore, stale: TokenSet, context: CallContext): Promise<TokenSet>;
}

/**
 * The documentation shows where a PSU arrives (`client_id, redirect_uri, state, response_type=code, scope`) and says no more:
 * how the bank is named, PKCE and the client's authentication are settings.
 */
export function createGrants(settings: TppSettings, deps: ProviderDeps, http: UpstreamHttp): Grants {
  const { authorizeUrl, tokenUrl, clientId, clientSecret, bankParameter, pkce, clientAuthentication } = {
    ...tppDefaults,
    ...settings,
  };
  const client: OauthClient = { clientId, clientSecret, secretIn: clientAuthentication };
  const callOf = ({ traceId, signal }: CallContext): OauthCall => ({
    provider: providerId,
    http,
    traceId,
    signal,
    now: deps.now(),
  });
  const refresh = (stale: TokenSet, context: CallContext) => refreshTokens(callOf(context), client, tokenUrl, stale);

  return {
    begin(bank, scopes, callback) {
      const { verifier, challenge } = pkce ? newPkce() : { verifier: null, challenge: null };
      const endpoint = new URL(authorizeUrl);
      endpoint.searchParams.set(bankParameter, bank);
      const url = authorizationUrl(endpoint.href, {
        clientId,
        redirectUri: callback.url,
        state: callback.state,
        scope: scopes.join(' '),
        challenge,
      });
      return { url, grant: { redirectUri: callback.url, verifier } };
    },
    exchange: ({ redirectUri, verifier }, code, context) =>
      exchangeCode(callOf(context), client, tokenUrl, { code, redirectUri, verifier }),
    current: (store, context) => currentTokens(store, deps.now(), (stale) => refresh(stale, context)),
    renew: (store, stale, context) => store.refresh(stale, (held) => refresh(held, context)),
  };
}
