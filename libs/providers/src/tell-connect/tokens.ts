import { decodeJson } from '../kit/http.js';
import type { CallContext, ProviderDeps, TokenSet } from '../port/index.js';
import { ProviderError } from '../port/index.js';
import { codeOf, errorWords, meaningOf, refusal } from './errors.js';
import { assumptionsOf, defaults, providerId, type TellConnectSettings } from './settings.js';
import type { Transport } from './transport.js';
import { tokenAnswer, type WireTokens } from './wire.js';

/** Tokens of a PSU's grant. */
export interface Tokens {
  /** Exchanges a code. It works once and, in production, for a minute: never repeated, never queued. */
  exchange(code: string, context: CallContext): Promise<TokenSet>;
  /** A new pair for the newest refresh token, which is dead afterwards. For the exchange of a `TokenStore` only. */
  refresh(stale: TokenSet, context: CallContext): Promise<TokenSet>;
}

/** The access-token endpoint ("Obtain Access Token", "Refresh Access Token"): Basic, signed, a form without redirect address. */
export function createTokens(settings: TellConnectSettings, deps: ProviderDeps, send: Transport): Tokens {
  const path = settings.tokenPath ?? defaults.tokenPath;
  const words = errorWords(settings);
  const unit = assumptionsOf(settings).expiresIn === 'seconds' ? 1_000 : 60_000;

  function tokenSet({ access_token, refresh_token, expires_in, scope }: WireTokens): TokenSet {
    const life = Number(expires_in);
    const ends = expires_in === undefined || !Number.isFinite(life) ? undefined : deps.now().getTime() + life * unit;
    return {
      accessToken: access_token,
      refreshToken: refresh_token,
      expiresAt: ends === undefined ? undefined : new Date(ends).toISOString(),
      scope,
    };
  }

  async function ask(
    operation: string,
    form: Readonly<Record<string, string>>,
    context: CallContext,
  ): Promise<TokenSet> {
    const answer = await send({ operation, method: 'POST', path, form, bearer: null }, context);
    if (answer.status < 400) return tokenSet(decodeJson(providerId, answer, tokenAnswer).value);
    const named = meaningOf(codeOf(answer.body), words) !== undefined;
    // Nobody gives reasons: what is refused without a word that says otherwise is the grant.
    const grant = !named && (answer.status === 400 || answer.status === 403);
    throw refusal(answer, deps.now(), words, grant ? { kind: 'consent-invalid' } : {}).error;
  }

  return {
    exchange: (code, context) => ask('exchangeAuthorisationCode', { grant_type: 'authorization_code', code }, context),
    async refresh({ refreshToken, scope }, context) {
      const operation = 'refreshTokens';
      if (refreshToken === undefined) {
        const message = 'The access token ended and cannot be renewed.';
        const { traceId } = context;
        throw new ProviderError({ kind: 'consent-invalid', provider: providerId, operation, traceId, message });
      }
      const fresh = await ask(operation, { grant_type: 'refresh_token', refresh_token: refreshToken }, context);
      return { ...fresh, refreshToken: fresh.refreshToken ?? refreshToken, scope: fresh.scope ?? scope };
    },
  };
}

/** A comma-separated list; blanks separate too, and words that nobody knows are kept. */
export function scopesOf({ scope }: Pick<TokenSet, 'scope'>): readonly string[] | undefined {
  return scope?.split(/[\s,]+/).filter((word) => word !== '');
}
