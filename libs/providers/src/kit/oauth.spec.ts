import { createHash } from 'node:crypto';
import { type Reply, type ScriptedUpstream, startUpstream } from '../../../../test/upstream.js';
import type { TokenSet, TokenStore } from '../port/index.js';
import { createUpstreamHttp, type UpstreamHttp } from './http.js';
import {
  authorizationUrl,
  currentTokens,
  discoverEndpoints,
  exchangeCode,
  newPkce,
  type OauthCall,
  refreshTokens,
} from './oauth.js';

const now = new Date('2026-03-01T12:00:00Z');
let server: ScriptedUpstream;
let http: UpstreamHttp;
let call: OauthCall;

beforeAll(async () => {
  server = await startUpstream();
  const origins = new Set([server.origin]);
  http = createUpstreamHttp({
    provider: 'spec',
    connectionId: 'cnn_1',
    origins,
    addresses: null,
    now: () => now,
    report: () => undefined,
  });
  call = { provider: 'spec', http, traceId: 'trace', now };
});
afterAll(async () => {
  await http.close();
  await server.stop();
});

it('makes PKCE pairs that fit (RFC 7636 section 4.6)', () => {
  const { verifier, challenge } = newPkce();
  expect(verifier).toMatch(/^[\w-]{43}$/);
  expect(challenge).toBe(createHash('sha256').update(verifier).digest('base64url'));
  expect(newPkce().verifier).not.toBe(verifier);
});

it('merges into a query that the endpoint has, and replaces an empty redirect_uri', () => {
  const url = new URL(
    authorizationUrl('https://bank.example/auth?redirectId=7&oauth2=true&redirect_uri=', {
      clientId: 'PSDDE-1',
      redirectUri: 'https://us.example/callback',
      state: 's/1',
      challenge: 'c',
      scope: 'AIS:con-7',
    }),
  );
  expect(Object.fromEntries(url.searchParams)).toEqual({
    redirectId: '7',
    oauth2: 'true',
    redirect_uri: 'https://us.example/callback',
    response_type: 'code',
    client_id: 'PSDDE-1',
    scope: 'AIS:con-7',
    state: 's/1',
    code_challenge: 'c',
    code_challenge_method: 'S256',
  });
  expect(url.searchParams.getAll('redirect_uri')).toHaveLength(1);
});

it('reads metadata, also with relative endpoints, and nothing but web addresses for the browser', async () => {
  const document = new URL('/meta', server.origin);
  server.on('GET /meta', { json: { authorization_endpoint: '/auth?a=1', token_endpoint: 'oauth/token' } });
  await expect(discoverEndpoints(call, document)).resolves.toEqual({
    authorizationEndpoint: `${server.origin}/auth?a=1`,
    tokenEndpoint: `${server.origin}/oauth/token`,
  });
  server.on('GET /meta', { json: { authorization_endpoint: 'javascript:alert(1)', token_endpoint: '/t' } });
  await expect(discoverEndpoints(call, document)).rejects.toMatchObject({ kind: 'malformed' });
});

describe('the token endpoint', () => {
  const endpoint = (): string => `${server.origin}/token`;
  const grant = { code: 'the-code', redirectUri: 'https://us.example/callback', verifier: 'v' };

  it('gets the code once, with PKCE and Basic authentication as RFC 6749 section 2.3.1 encodes it', async () => {
    server.on('POST /token', {
      json: { access_token: 'a', token_type: 'bearer', expires_in: '300', refresh_token: 'r' },
    });
    const tokens = await exchangeCode(call, { clientId: 'id:1', clientSecret: 'p w%' }, endpoint(), grant);
    expect(tokens).toEqual({
      accessToken: 'a',
      refreshToken: 'r',
      expiresAt: '2026-03-01T12:05:00.000Z',
      scope: undefined,
    });
    const { body, headers } = server.seen.at(-1) ?? { body: '', headers: {} };
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: 'https://us.example/callback',
      code_verifier: 'v',
    });
    const basic = Buffer.from((headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    expect(basic).toBe('id%3A1:p+w%25');
  });

  it('gets id and secret in the form where the server wants them there', async () => {
    server.on('POST /token', { json: { access_token: 'a' } });
    const client = { clientId: 'id:1', clientSecret: 'p w%', secretIn: 'form' } as const;
    await exchangeCode(call, client, endpoint(), grant);
    const { body, headers } = server.seen.at(-1) ?? { body: '', headers: {} };
    expect(headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({ client_id: 'id:1', client_secret: 'p w%' });
  });

  it('gets the client id in the form where there is no secret', async () => {
    server.on('POST /token', { json: { access_token: 'a' } });
    await exchangeCode(call, { clientId: 'PSDDE-1' }, endpoint(), grant);
    expect(server.seen.at(-1)?.headers.authorization).toBeUndefined();
    expect(new URLSearchParams(server.seen.at(-1)?.body).get('client_id')).toBe('PSDDE-1');
  });

  it.each<[string, Reply, string]>([
    ['invalid_grant', { status: 400, json: { error: 'invalid_grant' } }, 'consent-invalid'],
    ['invalid_client', { status: 401, json: { error: 'invalid_client' } }, 'unauthorised'],
    ['unauthorized_client', { status: 400, json: { error: 'unauthorized_client' } }, 'unauthorised'],
    ['invalid_request', { status: 400, json: { error: 'invalid_request' } }, 'rejected'],
    ['temporarily_unavailable', { status: 400, json: { error: 'temporarily_unavailable' } }, 'unavailable'],
    ['a word of its own', { status: 400, json: { error: 'computer_says_no' } }, 'rejected'],
    ['a page', { status: 403, text: '<html></html>' }, 'unauthorised'],
    ['503', { status: 503, text: '' }, 'unavailable'],
    ['no token', { json: { token_type: 'bearer' } }, 'malformed'],
  ])('refusing with %s', async (_, reply, kind) => {
    server.on('POST /token', reply);
    await expect(exchangeCode(call, { clientId: 'c' }, endpoint(), grant)).rejects.toMatchObject({ kind });
  });

  it('lets the old refresh token stand where it sends no new one', async () => {
    server.on('POST /token', { json: { access_token: 'b', expires_in: 60 } });
    const fresh = await refreshTokens(call, { clientId: 'c' }, endpoint(), {
      accessToken: 'a',
      refreshToken: 'r',
      scope: 's',
    });
    expect(fresh).toMatchObject({ accessToken: 'b', refreshToken: 'r', scope: 's' });
  });
});

describe('currentTokens', () => {
  const soon = new Date(now.getTime() + 10_000).toISOString();
  const later = new Date(now.getTime() + 60_000).toISOString();

  it.each<[string, TokenSet | null, number]>([
    ['none', null, 0],
    ['tokens that say no end', { accessToken: 'a', refreshToken: 'r' }, 0],
    ['tokens that last', { accessToken: 'a', refreshToken: 'r', expiresAt: later }, 0],
    ['tokens that end soon', { accessToken: 'a', refreshToken: 'r', expiresAt: soon }, 1],
    ['tokens that end soon and cannot be renewed', { accessToken: 'a', expiresAt: soon }, 0],
  ])('renews %s as often as it must', async (_, held, times) => {
    const asked: TokenSet[] = [];
    const store: TokenStore = {
      read: () => Promise.resolve(held),
      refresh: (stale, exchange) => {
        asked.push(stale);
        return exchange(stale);
      },
    };
    const tokens = await currentTokens(store, now, (stale) => Promise.resolve({ ...stale, accessToken: 'new' }));
    expect(asked).toHaveLength(times);
    expect(tokens?.accessToken).toBe(times === 0 ? held?.accessToken : 'new');
  });
});
