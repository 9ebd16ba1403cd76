import { createHash, randomBytes } from 'node:crypto';
import { ProviderError, type ProviderErrorKind, type TokenSet, type TokenStore } from '../port/index.js';
import { decodeJson, type UpstreamAnswer, type UpstreamHttp } from './http.js';
import { lenient, MalformedAnswer, optional, parseJson, type Reader, record, text, wholeNumber } from './json.js';
import { browserLink, resolveLink } from './links.js';

/** An authorisation server, as far as we use it. */
export interface OauthEndpoints {
  /** Opened by the PSU's browser; may have a query already. */
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
}

export interface OauthClient {
  readonly clientId: string;
  /** Absent: the server knows us by our TLS certificate (RFC 8705) and the client id in the form. */
  readonly clientSecret?: string | undefined;
  /** Where the secret travels (RFC 6749 section 2.3.1); the header when absent, as the RFC prefers. */
  readonly secretIn?: 'header' | 'form' | undefined;
  /** Spelling of `grant_type=authorization_code`, where a server has another one. */
  readonly grantType?: string | undefined;
  /** Where a server wants the parameters of a token request; the form when absent. */
  readonly tokenRequestIn?: 'body' | 'query' | undefined;
}

/** What every call to an authorisation server needs. */
export interface OauthCall {
  readonly provider: string;
  readonly http: UpstreamHttp;
  readonly traceId: string;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}

const metadata = record({ authorization_endpoint: text, token_endpoint: text });
const endpointsAt =
  (document: URL): Reader<OauthEndpoints> =>
  (value, path) => {
    const { authorization_endpoint: authorization, token_endpoint: token } = metadata(value, path);
    return {
      authorizationEndpoint: browserLink(authorization, document, 'authorization_endpoint'),
      tokenEndpoint: resolveLink(token, document, 'token_endpoint').href,
    };
  };
const tokenAnswer = record({
  access_token: text,
  refresh_token: optional(text),
  expires_in: lenient(wholeNumber),
  scope: lenient(text),
});
const errorAnswer = record({ error: text });

/** Reads authorisation server metadata (RFC 8414 section 3.2). Endpoints may be relative to the document. */
export async function discoverEndpoints(call: OauthCall, url: URL): Promise<OauthEndpoints> {
  const answer = await call.http.send({
    operation: 'discoverOauthEndpoints',
    traceId: call.traceId,
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
    signal: call.signal,
  });
  refuseErrors(call, answer);
  return decodeJson(call.provider, answer, endpointsAt(url)).value;
}

/** A fresh PKCE pair (RFC 7636 section 4, method S256). */
export function newPkce(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** Where the PSU goes to grant access (RFC 6749 section 4.1.1); merged into a query that the endpoint already has. */
export function authorizationUrl(
  endpoint: string,
  request: {
    readonly clientId: string;
    readonly redirectUri: string;
    readonly state: string;
    /** null: without PKCE, for a server that refuses it. */
    readonly challenge: string | null;
    readonly scope?: string | undefined;
    /** Spelling of `code`, where a server has another one. */
    readonly responseType?: string | undefined;
  },
): string {
  const url = new URL(endpoint);
  const parameters: Readonly<Record<string, string | undefined>> = {
    response_type: request.responseType ?? 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    scope: request.scope,
    state: request.state,
    code_challenge: request.challenge ?? undefined,
    code_challenge_method: request.challenge === null ? undefined : 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

/** Exchanges an authorisation code (RFC 6749 section 4.1.3). The code works once and for seconds: never repeat, never queue. */
export function exchangeCode(
  call: OauthCall,
  client: OauthClient,
  tokenEndpoint: string,
  grant: {
    readonly code: string;
    readonly redirectUri: string;
    /** null: the grant was opened without PKCE. */
    readonly verifier: string | null;
  },
): Promise<TokenSet> {
  return requestTokens(call, client, tokenEndpoint, 'exchangeAuthorisationCode', {
    grant_type: client.grantType ?? 'authorization_code',
    code: grant.code,
    redirect_uri: grant.redirectUri,
    ...(grant.verifier !== null && { code_verifier: grant.verifier }),
  });
}

/** New tokens for a refresh token (RFC 6749 section 6). A server that sends no new refresh token lets the old one stand. */
export async function refreshTokens(
  call: OauthCall,
  client: OauthClient,
  tokenEndpoint: string,
  stale: TokenSet,
): Promise<TokenSet> {
  const refreshToken = stale.refreshToken;
  if (refreshToken === undefined) {
    throw oauthError(call, 'consent-invalid', 'refreshTokens', 'The access token ended and cannot be renewed.');
  }
  const fresh = await requestTokens(call, client, tokenEndpoint, 'refreshTokens', {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  });
  return { ...fresh, refreshToken: fresh.refreshToken ?? refreshToken, scope: fresh.scope ?? stale.scope };
}

/** Tokens are renewed this long before their end, so that one does not run out on its way. */
const renewBeforeMs = 30_000;

/**
 * The tokens to use now: null where the subject has none, renewed where they are about to end. The store makes sure that a
 * refresh token is used once, however many calls come here at a time.
 */
export async function currentTokens(
  store: TokenStore,
  now: Date,
  refresh: (stale: TokenSet) => Promise<TokenSet>,
): Promise<TokenSet | null> {
  const tokens = await store.read();
  if (tokens === null || tokens.expiresAt === undefined || tokens.refreshToken === undefined) return tokens;
  if (Date.parse(tokens.expiresAt) - now.getTime() > renewBeforeMs) return tokens;
  return store.refresh(tokens, refresh);
}

async function requestTokens(
  call: OauthCall,
  { clientId, clientSecret, secretIn, tokenRequestIn }: OauthClient,
  tokenEndpoint: string,
  operation: string,
  form: Readonly<Record<string, string>>,
): Promise<TokenSet> {
  const inHeader = clientSecret !== undefined && secretIn !== 'form';
  const parameters = new URLSearchParams({
    ...form,
    ...(!inHeader && { client_id: clientId, ...(clientSecret !== undefined && { client_secret: clientSecret }) }),
  });
  const url = new URL(tokenEndpoint);
  const inQuery = tokenRequestIn === 'query';
  if (inQuery) parameters.forEach((value, name) => url.searchParams.set(name, value));
  const answer = await call.http.send({
    operation,
    traceId: call.traceId,
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      authorization: inHeader ? basic(clientId, clientSecret) : undefined,
    },
    body: inQuery ? '' : parameters.toString(),
    signal: call.signal,
  });
  refuseErrors(call, answer);
  const { value } = decodeJson(call.provider, answer, tokenAnswer);
  return {
    accessToken: value.access_token,
    refreshToken: value.refresh_token,
    expiresAt:
      value.expires_in === undefined
        ? undefined
        : new Date(call.now.getTime() + value.expires_in * 1_000).toISOString(),
    scope: value.scope,
  };
}

/** Error codes of RFC 6749 section 5.2, and what each means for us. */
const kinds: Readonly<Record<string, ProviderErrorKind>> = {
  invalid_request: 'rejected',
  invalid_client: 'unauthorised',
  invalid_grant: 'consent-invalid',
  unauthorized_client: 'unauthorised',
  unsupported_grant_type: 'unsupported',
  invalid_scope: 'rejected',
  access_denied: 'rejected',
  server_error: 'unavailable',
  temporarily_unavailable: 'unavailable',
};
const kindsByStatus: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'rejected',
  401: 'unauthorised',
  403: 'unauthorised',
  404: 'not-found',
  429: 'rate-limited',
};

function refuseErrors(call: OauthCall, answer: UpstreamAnswer): void {
  const { status: httpStatus, request } = answer;
  if (httpStatus < 400) return;
  const code = errorCode(answer);
  const byCode = code !== undefined && Object.hasOwn(kinds, code) ? kinds[code] : undefined;
  const kind = byCode ?? kindsByStatus[httpStatus] ?? 'rejected';
  const said = code !== undefined && /^[a-z_]{1,60}$/.test(code) ? ` (${code})` : '';
  const message = `The institution's authorisation server refused the call: HTTP ${httpStatus}${said}.`;
  throw oauthError(call, kind, request.operation, message, { httpStatus, code: code?.slice(0, 100) });
}

function errorCode(answer: UpstreamAnswer): string | undefined {
  try {
    return errorAnswer(parseJson(answer.body), '').error;
  } catch (error) {
    if (error instanceof MalformedAnswer) return undefined;
    throw error;
  }
}

function oauthError(
  { provider, traceId }: OauthCall,
  kind: ProviderErrorKind,
  operation: string,
  message: string,
  upstream?: { readonly httpStatus: number; readonly code?: string | undefined },
): ProviderError {
  return new ProviderError({ kind, provider, operation, traceId, message, upstream });
}

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined. */
function basic(clientId: string, clientSecret: string): string {
  return `Basic ${Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64')}`;
}

function formEncoded(part: string): string {
  return new URLSearchParams({ part }).toString().slice('part='.length);
}
