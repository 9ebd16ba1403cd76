import { createHash, randomUUID } from 'node:crypto';
import { decodeJson, type UpstreamAnswer, type UpstreamHttp } from '../kit/http.js';
import type { Reader } from '../kit/json.js';
import type { Quotas } from '../kit/quotas.js';
import { type CallContext, ProviderError, type ProviderDeps, type TokenSet, type TokenStore } from '../port/index.js';
import { endedToken, faultWords, refusal } from './errors.js';
import type { Grants } from './oauth.js';
import { providerId } from './settings.js';
import { createRequestSigner } from './signature.js';
import { inOneSpelling } from './spelling.js';
import { tppDefaults, type TppSettings } from './tpp-settings.js';

export interface CallSpec {
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /** Below the base URL, not encoded yet. */
  readonly path: readonly string[];
  readonly query?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly movesMoney?: boolean;
  /** Whose grant it needs; null: none, and none is sent (direct payments, the directory). */
  readonly tokens: TokenStore | null;
  /** The account that a call is about: Tribe counts calls by token, operation and account. */
  readonly account?: string;
  /** false: without Digest, Signature and certificate. */
  readonly signed?: boolean;
}

export interface Answered<T> {
  readonly value: T;
  /** The parsed body as it was. */
  readonly tree: unknown;
  /** What was asked; links in the answer are relative to it. */
  readonly url: URL;
}

/** The one way of all calls to the TPP API: headers, grant, signature, limits, errors. */
export interface TribeClient {
  /** Calls and decodes; throws a ProviderError for everything but a readable 2xx. */
  call<T>(spec: CallSpec, context: CallContext, read: Reader<T>): Promise<Answered<T>>;
}

export function createClient(
  settings: TppSettings,
  deps: ProviderDeps,
  http: UpstreamHttp,
  grants: Grants,
  quotas: Quotas,
): TribeClient {
  const { aspspErrorIsRefusal } = { ...tppDefaults, ...settings };
  const base = settings.baseUrl.replace(/\/+$/, '');
  const sign = createRequestSigner(settings, deps.now);

  function urlOf({ path, query }: CallSpec, operation: string, { traceId }: CallContext): URL {
    // A name that a URL would resolve leads to another resource, whatever is encoded.
    if (path.some((segment) => /^\.{0,2}$/.test(segment))) {
      const message = 'The reference is none that Tribe could have given; nothing was sent.';
      throw new ProviderError({ kind: 'not-found', provider: providerId, operation, traceId, message });
    }
    const url = new URL(`${base}/${path.map(encodeURIComponent).join('/')}`);
    if (query !== undefined) url.search = query.toString();
    return url;
  }

  async function attempt(spec: CallSpec, tokens: TokenSet | null, context: CallContext): Promise<UpstreamAnswer> {
    const { operation, method, movesMoney, signed = true } = spec;
    const { traceId, signal } = context;
    const url = urlOf(spec, operation, context);
    const key = quotaKey(spec, tokens);
    const blocked = quotas.blockedUntil(operation, key, deps.now());
    if (blocked !== null) throw exhausted(operation, blocked, context);
    const body = spec.body === undefined ? undefined : JSON.stringify(spec.body);
    const headers = {
      accept: 'application/json',
      'content-type': body === undefined ? undefined : 'application/json',
      'X-Request-Id': randomUUID(),
      'X-Client-ID': settings.clientId,
      authorization: tokens === null ? undefined : `Bearer ${tokens.accessToken}`,
      ...spec.headers,
    };
    const request = { operation, traceId, method, url, headers, body };
    const answer = await http.send({
      ...request,
      headers: { ...headers, ...(signed ? await sign(request) : {}) },
      movesMoney,
      signal,
      faultWords: (fault) => faultWords(fault, aspspErrorIsRefusal),
    });
    noteQuota(operation, key, answer);
    return answer;
  }

  function noteQuota(operation: string, key: string, { status, headers }: UpstreamAnswer): void {
    const now = deps.now();
    const seconds = countIn(headers['x-rate-limit-reset']);
    if (seconds === null) return;
    const limit = countIn(headers['x-rate-limit-limit']) ?? 0;
    const remaining = status === 429 ? 0 : countIn(headers['x-rate-limit-remaining']);
    if (remaining === null) return;
    quotas.note(key, { operation, limit, remaining, resetsAt: new Date(now.getTime() + seconds * 1_000) });
  }

  async function send(spec: CallSpec, context: CallContext): Promise<UpstreamAnswer> {
    const { tokens: store } = spec;
    if (store === null) return attempt(spec, null, context);
    const tokens = await grants.current(store, context);
    if (tokens === null) throw ungranted(spec.operation, context);
    const answer = await attempt(spec, tokens, context);
    if (!endedToken(answer)) return answer;
    // A money call is never sent a second time, not even after a refusal.
    if (tokens.refreshToken === undefined || spec.movesMoney === true) throw ended(answer, tokens);
    const renewed = await grants.renew(store, tokens, context);
    const second = await attempt(spec, renewed, context);
    if (endedToken(second)) throw ended(second, renewed);
    return second;
  }

  /** Tribe tells nobody that a grant ended: a refused token is how we learn it. Before its time somebody ended it. */
  function ended(answer: UpstreamAnswer, { expiresAt }: TokenSet): ProviderError {
    const { facts } = refusal(answer, deps.now()).error;
    const over = expiresAt !== undefined && Date.parse(expiresAt) <= deps.now().getTime();
    return new ProviderError({ ...facts, consentState: over ? 'expired' : 'revoked' });
  }

  return {
    async call(spec, context, read) {
      const answer = await send(spec, context);
      if (answer.status >= 400) {
        const { error, unknownCode } = refusal(answer, deps.now());
        if (unknownCode !== null) {
          const message = `unknown code ${unknownCode} with HTTP ${answer.status}`;
          deps.warn({ operation: spec.operation, message });
        }
        throw error;
      }
      const { value, tree } = decodeJson(providerId, answer, (json, path) => read(inOneSpelling(json), path));
      return { value, tree, url: answer.request.url };
    },
  };
}

function quotaKey({ account }: CallSpec, tokens: TokenSet | null): string {
  const token = tokens === null ? '' : createHash('sha256').update(tokens.accessToken).digest('base64');
  return JSON.stringify([token, account ?? '']);
}

function countIn(header: string | undefined): number | null {
  const value = header?.trim() ?? '';
  return /^\d{1,9}$/.test(value) ? Number(value) : null;
}

function exhausted(operation: string, retryAfter: Date, { traceId }: CallContext): ProviderError {
  const message = 'Tribe allows no more calls of this kind today, as it said with the last one; nothing was sent.';
  return new ProviderError({ kind: 'rate-limited', provider: providerId, operation, traceId, message, retryAfter });
}

function ungranted(operation: string, { traceId }: CallContext): ProviderError {
  const message = 'The PSU has not granted this yet, or the grant is gone; let the PSU authorise it.';
  return new ProviderError({ kind: 'consent-invalid', provider: providerId, operation, traceId, message });
}
