import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { at, basic, expectProblem, makeApp, type RunningApi, send, startApi, textAt, tokenFor } from './process.js';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const tokenRequest = (body: string, headers: Record<string, string>) =>
  send(`${api.url}/oauth/token`, { method: 'POST', headers, body });
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('POST /oauth/token', () => {
  it('answers Basic and form authentication as RFC 6749 section 5.1 says', async () => {
    const { clientId, clientSecret } = api.admin;
    const byBasic = await tokenRequest('grant_type=client_credentials', basic(api.admin));
    const byForm = await tokenRequest(
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      }).toString(),
      form,
    );
    for (const answer of [byBasic, byForm]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.body).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 900,
        scope: 'admin institutions',
      });
    }
    const claims = decodeJwt(textAt(byBasic.body, 'access_token'));
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
  });

  const admin = (): Record<string, string> => basic(api.admin);
  const wrong = (): Record<string, string> => basic({ clientId: api.admin.clientId, clientSecret: 'wrong' });
  it.each([
    ['a wrong secret', 'grant_type=client_credentials', wrong, 401, 'invalid_client'],
    [
      'an unknown client',
      'grant_type=client_credentials',
      () => basic({ clientId: 'no', clientSecret: 'no' }),
      401,
      'invalid_client',
    ],
    ['no client', 'grant_type=client_credentials', () => form, 401, 'invalid_client'],
    [
      'a broken Authorization header',
      'grant_type=client_credentials',
      () => ({ ...form, authorization: 'Basic %%%' }),
      401,
      'invalid_client',
    ],
    [
      'both ways at once',
      'grant_type=client_credentials&client_id=first-admin&client_secret=x',
      admin,
      400,
      'invalid_request',
    ],
    ['no grant type', 'scope=admin', admin, 400, 'invalid_request'],
    ['a repeated parameter', 'grant_type=client_credentials&scope=admin&scope=admin', admin, 400, 'invalid_request'],
    ['another grant type', 'grant_type=password', admin, 400, 'unsupported_grant_type'],
    ['a scope that the app lacks', 'grant_type=client_credentials&scope=payments', admin, 400, 'invalid_scope'],
    ['a scope that nobody knows', 'grant_type=client_credentials&scope=admin+everything', admin, 400, 'invalid_scope'],
    [
      'NUL in the client id',
      'grant_type=client_credentials&client_id=a%00&client_secret=b',
      () => form,
      401,
      'invalid_client',
    ],
  ])('refuses %s in the words of RFC 6749 section 5.2', async (_, body, headers, status, error) => {
    const answer = await tokenRequest(body, headers());
    expect({ status: answer.status, error: at(answer.body, 'error') }).toEqual({ status, error });
    expect(answer.headers.has('www-authenticate')).toBe(status === 401);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses JSON', async () => {
    const answer = await send(`${api.url}/oauth/token`, { method: 'POST', body: { grant_type: 'client_credentials' } });
    expect(at(answer.body, 'error')).toBe('invalid_request');
  });

  it('narrows the scope to what was asked for, and the routes obey it', async () => {
    const token = await tokenFor(api.url, api.admin, 'institutions');
    expect((await send(`${api.url}/v1/institutions`, { token })).status).toBe(200);
    expectProblem(await send(`${api.url}/v1/apps`, { token }), 403, 'insufficient_scope');
  });
});

describe('access tokens', () => {
  it('are refused when they are missing, broken, unsigned, or signed by somebody else', async () => {
    const good = await tokenFor(api.url, api.admin);
    const [head = '', payload = '', signature = ''] = good.split('.');
    const none = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
    const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
    const pair = await generateKeyPair('ES256');
    const forged = await new SignJWT(decodeJwt(good))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
      .sign(pair.privateKey);
    // The public key taken for an HMAC secret: the classic confusion of algorithms.
    const jwks = await send(`${api.url}/.well-known/jwks.json`);
    const confused = await new SignJWT(decodeJwt(good))
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
      .sign(Buffer.from(JSON.stringify(at(jwks.body, 'keys.0'))));
    const flipped = `${head}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    const wider = `${head}.${Buffer.from(JSON.stringify({ ...decodeJwt(good), scope: 'payments' })).toString('base64url')}.${signature}`;
    expect((await send(`${api.url}/v1/apps`, { token: good })).status).toBe(200);
    for (const token of [none, forged, confused, flipped, wider, 'x', `${good}x`]) {
      const answer = await send(`${api.url}/v1/apps`, { token });
      expectProblem(answer, 401, 'unauthenticated');
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
    expectProblem(await send(`${api.url}/v1/apps`), 401, 'unauthenticated');
  });

  it('can be checked by others with the published keys, which hold no private part', async () => {
    const metadata = await send(`${api.url}/.well-known/oauth-authorization-server`);
    expect(textAt(metadata.body, 'jwks_uri')).toMatch(/\/\.well-known\/jwks\.json$/);
    const { body } = await send(`${api.url}/.well-known/jwks.json`);
    const key = at(body, 'keys.0');
    expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
    expect(Object.keys(Object(key))).not.toContain('d');
    // Control: this is what a private key would show.
    const pair = await generateKeyPair('ES256', { extractable: true });
    expect(Object.keys(await exportJWK(pair.privateKey))).toContain('d');
  });

  it('end at once with their credential; those of the other credential live on', async () => {
    const app = await makeApp(api, ['institutions']);
    const admin = await tokenFor(api.url, api.admin);
    const second = await send(`${api.url}/v1/apps/${app.id}/credentials`, { method: 'POST', token: admin });
    const other = { clientId: textAt(second.body, 'clientId'), clientSecret: textAt(second.body, 'clientSecret') };
    const [token, otherToken] = await Promise.all([tokenFor(api.url, app), tokenFor(api.url, other)]);
    expect((await send(`${api.url}/v1/institutions`, { token })).status).toBe(200);
    const route = `${api.url}/v1/apps/${app.id}/credentials/${app.clientId}`;
    expect((await send(route, { method: 'DELETE', token: admin })).status).toBe(204);
    expectProblem(await send(`${api.url}/v1/institutions`, { token }), 401, 'unauthenticated');
    expect((await send(`${api.url}/v1/institutions`, { token: otherToken })).status).toBe(200);
    expect((await tokenRequest('grant_type=client_credentials', basic(app))).status).toBe(401);
    expectProblem(await send(route, { method: 'DELETE', token: admin }), 404, 'not_found');
  });
});
