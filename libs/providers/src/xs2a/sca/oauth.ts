import {
  authorizationUrl,
  currentTokens,
  discoverEndpoints,
  exchangeCode,
  newPkce,
  type OauthCall,
  type OauthClient,
  type OauthEndpoints,
  refreshTokens,
} from '../../kit/oauth.js';
import type { UpstreamHttp } from '../../kit/http.js';
import {
  type CallbackTarget,
  type CallContext,
  ProviderError,
  type ProviderDeps,
  type TokenSet,
  type TokenStore,
} from '../../port/index.js';
import { trustedOrigins } from '../links.js';
import { type OauthSettings, providerId, type Xs2aSettings } from '../settings.js';

/** Keeps a subject's access token usable. */
export interface TokenKeeper {
  /** The tokens to use now, renewed if they are about to end; null where the subject has none. */
  current(store: TokenStore, context: CallContext): Promise<TokenSet | null>;
  /** Replaces tokens that the bank refused. */
  renew(store: TokenStore, stale: TokenSet, context: CallContext): Promise<TokenSet>;
}

/** What must be kept until the PSU is back from the authorisation server. */
export type PendingGrant = {
  /** undefined: opened without PKCE. */
  readonly verifier: string | undefined;
  readonly tokenEndpoint: string;
  readonly redirectUri: string;
};

export interface OauthFlow extends TokenKeeper {
  /** Opens a grant: the URL for the PSU's browser, and what `exchange` needs when they are back. */
  begin(
    wish: { readonly metadataUrl?: string | undefined; readonly scope?: string; readonly callback: CallbackTarget },
    context: CallContext,
  ): Promise<{ readonly url: string; readonly grant: PendingGrant }>;
  exchange(grant: PendingGrant, code: string, context: CallContext): Promise<TokenSet>;
}

/** OAuth 2.0 as the framework uses it (Implementation Guidelines 1.3, section 13): with PKCE and state, always. */
export function createOauthFlow(settings: Xs2aSettings, deps: ProviderDeps, http: UpstreamHttp): OauthFlow {
  const origins = trustedOrigins(settings);

  const callOf = ({ traceId, signal }: CallContext): OauthCall => {
    return { provider: providerId, http, traceId, signal, now: deps.now() };
  };

  const { grantType, tokenRequestIn, responseType, pkce } = settings.profile?.oauth ?? {};

  function configuredFor(context: CallContext): OauthSettings & OauthClient {
    if (settings.oauth) return { ...settings.oauth, grantType, tokenRequestIn };
    const message = 'The institution asks for OAuth 2.0; set "oauth" in the settings of the connection.';
    throw fault('unsupported', message, context);
  }

  async function endpoints(linked: string | undefined, context: CallContext): Promise<OauthEndpoints> {
    const { metadataUrl, authorizeUrl, tokenUrl } = configuredFor(context);
    const document = linked ?? metadataUrl;
    if (document !== undefined) return discoverEndpoints(callOf(context), new URL(document));
    if (authorizeUrl !== undefined && tokenUrl !== undefined) {
      return { authorizationEndpoint: authorizeUrl, tokenEndpoint: tokenUrl };
    }
    const message =
      'No OAuth endpoints are known; set "oauth.authorizeUrl" and "oauth.tokenUrl", or "oauth.metadataUrl".';
    throw fault('unsupported', message, context);
  }

  async function refresh(stale: TokenSet, context: CallContext): Promise<TokenSet> {
    const configured = configuredFor(context);
    const tokenEndpoint =
      configured.tokenUrl ?? stale.tokenEndpoint ?? (await endpoints(undefined, context)).tokenEndpoint;
    const fresh = await refreshTokens(callOf(context), configured, tokenEndpoint, stale);
    return { ...fresh, tokenEndpoint: stale.tokenEndpoint };
  }

  return {
    async begin({ metadataUrl, scope, callback }, context) {
      const configured = configuredFor(context);
      const { authorizationEndpoint, tokenEndpoint } = await endpoints(metadataUrl, context);
      if (!origins.has(new URL(tokenEndpoint).origin)) {
        const message =
          "The institution's token endpoint is on a host that is not its own; if it is right, add its origin to trustedOrigins.";
        throw fault('malformed', message, context);
      }
      const { verifier, challenge } = pkce === false ? { verifier: undefined, challenge: null } : newPkce();
      const url = authorizationUrl(authorizationEndpoint, {
        clientId: configured.clientId,
        redirectUri: callback.url,
        state: callback.state,
        scope: configured.scope ?? scope,
        challenge,
        responseType,
      });
      return { url, grant: { verifier, tokenEndpoint, redirectUri: callback.url } };
    },
    async exchange({ verifier, tokenEndpoint, redirectUri }, code, context) {
      const configured = configuredFor(context);
      const proof = { code, redirectUri, verifier: verifier ?? null };
      const tokens = await exchangeCode(callOf(context), configured, tokenEndpoint, proof);
      // A bank may name its endpoints nowhere but in the link by which the PSU came; whoever renews may be another process.
      return configured.tokenUrl === undefined ? { ...tokens, tokenEndpoint } : tokens;
    },
    current: (store, context) => currentTokens(store, deps.now(), (stale) => refresh(stale, context)),
    renew: (store, stale, context) => store.refresh(stale, (held) => refresh(held, context)),
  };
}

function fault(kind: 'unsupported' | 'malformed', message: string, { traceId }: CallContext): ProviderError {
  return new ProviderError({ kind, provider: providerId, operation: 'authoriseByOauth', traceId, message });
}
