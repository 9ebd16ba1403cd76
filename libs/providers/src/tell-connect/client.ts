import { decodeJson, type UpstreamAnswer } from '../kit/http.js';
import type { Reader } from '../kit/json.js';
import { currentTokens } from '../kit/oauth.js';
import { type CallContext, ProviderError, type ProviderDeps, type TokenSet, type TokenStore } from '../port/index.js';
import { errorWords, grantVerdict, refusal } from './errors.js';
import { providerId, type TellConnectSettings } from './settings.js';
import { scopesOf, type Tokens } from './tokens.js';
import type { Attempt, Transport } from './transport.js';
import { inOneSpelling } from './wire.js';

/** What a PSU granted, as calls are made with it. */
export interface HeldGrant {
  readonly tokens: TokenStore;
  /** RFC 3339; when it ends by itself, where that is known. */
  readonly endsAt?: string | undefined;
}

export interface CallSpec extends Omit<Attempt, 'bearer'> {
  /** What the grant must name for it, where that is known. */
  readonly scope?: string | undefined;
}

export interface Answered<T> {
  readonly value: T;
  /** The parsed body as it was. */
  readonly tree: unknown;
}

/** The one way of all calls but those for tokens. Throws a ProviderError for everything but a readable 2xx. */
export interface TellConnectClient {
  /** As ourselves. */
  own<T>(spec: CallSpec, context: CallContext, read: Reader<T>): Promise<Answered<T>>;
  /** In the name of a PSU. */
  granted<T>(spec: CallSpec, grant: HeldGrant, context: CallContext, read: Reader<T>): Promise<Answered<T>>;
}

export function createClient(
  settings: TellConnectSettings,
  deps: ProviderDeps,
  send: Transport,
  tokens: Tokens,
): TellConnectClient {
  const words = errorWords(settings);

  function decode<T>(answer: UpstreamAnswer, read: Reader<T>): Answered<T> {
    if (answer.status < 400) return decodeJson(providerId, answer, read);
    const { error, unknownCode } = refusal(answer, deps.now(), words);
    if (unknownCode !== null) {
      const message = `unknown code ${unknownCode.slice(0, 60)} with HTTP ${answer.status}`;
      deps.warn({ operation: answer.request.operation, message });
    }
    throw error;
  }

  /** A grant that ended before its time was revoked: nobody tells a TPP, so this is how it is learnt. */
  function over({ endsAt }: HeldGrant, error: ProviderError): ProviderError {
    const { facts } = error;
    const word = facts.upstream?.code;
    const expired = word === 'consent_expired' || (endsAt !== undefined && Date.parse(endsAt) <= deps.now().getTime());
    const state = expired ? 'expired' : 'revoked';
    return new ProviderError({ ...facts, kind: 'consent-invalid', consentState: facts.consentState ?? state });
  }

  async function renewed(grant: HeldGrant, work: () => Promise<TokenSet | null>): Promise<TokenSet | null> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProviderError && error.kind === 'consent-invalid') throw over(grant, error);
      throw error;
    }
  }

  async function withGrant(spec: CallSpec, grant: HeldGrant, context: CallContext): Promise<UpstreamAnswer> {
    const { tokens: store } = grant;
    const refresh = (stale: TokenSet): Promise<TokenSet> => tokens.refresh(stale, context);
    const held = await renewed(grant, () => currentTokens(store, deps.now(), refresh));
    if (held === null) throw ungranted(spec.operation, context);
    const ended = (answer: UpstreamAnswer): ProviderError => over(grant, refusal(answer, deps.now(), words).error);
    const scopeHeld = spec.scope !== undefined && scopesOf(held)?.includes(spec.scope) === true;
    const first = await send({ ...spec, bearer: held.accessToken }, context);
    const verdict = first.status < 400 ? null : grantVerdict(first, words, scopeHeld);
    if (verdict === null) return first;
    // One refresh and one more try, and no loop; a money call has no second try at all.
    if (verdict === 'consent' || held.refreshToken === undefined || spec.movesMoney === true) throw ended(first);
    const fresh = await renewed(grant, () => store.refresh(held, refresh));
    const second = await send({ ...spec, bearer: fresh?.accessToken ?? '' }, context);
    if (second.status >= 400 && grantVerdict(second, words, scopeHeld) !== null) throw ended(second);
    return second;
  }

  return {
    own: async (spec, context, read) => decode(await send({ ...spec, bearer: null }, context), read),
    granted: async (spec, grant, context, read) =>
      decode(await withGrant(spec, grant, context), (tree, path) => read(inOneSpelling(tree), path)),
  };
}

/** Segments of a path. A name that a URL would resolve leads to another resource, whatever is encoded. */
export function pathOf(operation: string, ...segments: readonly string[]): string {
  const [collection = '', ...names] = segments;
  if (names.some((name) => /^\.{0,2}$/.test(name))) {
    const message = 'The reference is none that tell.connect could have given; nothing was sent.';
    throw new ProviderError({ kind: 'not-found', provider: providerId, operation, message });
  }
  return [collection, ...names.map(encodeURIComponent)].join('/');
}

function ungranted(operation: string, { traceId }: CallContext): ProviderError {
  const message = 'The PSU has not granted this yet, or the grant is gone; let the PSU authorise it.';
  return new ProviderError({ kind: 'consent-invalid', provider: providerId, operation, traceId, message });
}
