import { createHash } from 'node:crypto';
import { Tpp, GLOBAL_CONSENT, code, href, order, type Json, type Reply, type TestCustomer } from '../../test/tpp.js';

const CLIENT = { id: 'PSDDE-BAFIN-123456', secret: 'sandbox-client-secret' };
const BASIC = { authorization: `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}` };
const REDIRECT = 'http://localhost:8080/callback';
const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-0123456789';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

describe('OAuth 2.0', () => {
  let tpp: Tpp;
  let david: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    david = await tpp.customer('david.oauth');
  });

  const authoriseUrl = (fields: Record<string, string>): string =>
    `/oauth/authorize?${new URLSearchParams({ client_id: CLIENT.id, response_type: 'code', redirect_uri: REDIRECT, state: 'a&b', ...fields }).toString()}`;

  const walk = async (psu: TestCustomer, fields: Record<string, string>): Promise<URL> => {
    const login = await tpp.form(authoriseUrl(fields), { username: psu.username, password: psu.password });
    const visit = String(login.headers['location']);
    await tpp.form(visit, { decision: 'confirm' });
    const end = await tpp.form(visit, { code: psu.methods[0]?.code ?? '' });
    return new URL(String(end.headers['location']));
  };

  const token = async (fields: Record<string, string>): Promise<Reply> => tpp.form('/oauth/token', fields, BASIC);

  const redeem = async (back: URL, more: Record<string, string> = {}): Promise<Reply> =>
    token({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT,
      ...more,
    });

  const renew = (answer: Reply): Promise<Reply> =>
    token({ grant_type: 'refresh_token', refresh_token: String(answer.json['refresh_token']) });

  const bearer = (answer: Reply): Record<string, string> => ({
    authorization: `Bearer ${String(answer.json['access_token'])}`,
  });

  it('is the SCA: scaOAuth leads to the metadata, the login to a code, the code to a token', async () => {
    const { consent, start } = await tpp.consent(david);
    const metadata = await tpp.call('GET', href(start, 'scaOAuth'));
    expect(metadata.json).toMatchObject({
      authorization_endpoint: 'http://localhost:80/xs2a/oauth/authorize',
      token_endpoint: 'http://localhost:80/xs2a/oauth/token',
      code_challenge_methods_supported: ['S256'],
    });
    const id = String(consent['consentId']);
    const back = await walk(david, { scope: `AIS:${id}`, code_challenge: CHALLENGE, code_challenge_method: 'S256' });
    expect(back.searchParams.get('state')).toBe('a&b');
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'valid' });
    expect((await tpp.call('GET', href(start, 'scaStatus'))).json).toEqual({ scaStatus: 'finalised' });
    const answer = await redeem(back, { code_verifier: VERIFIER });
    expect(answer.json).toMatchObject({ token_type: 'bearer', expires_in: 3564, scope: `AIS:${id}` });
    const both = await tpp.call('GET', '/v1/accounts', undefined, { ...bearer(answer), 'consent-id': id });
    expect(both.json['accounts']).toHaveLength(2);
  });

  it('enforces PKCE when a challenge came, and only then', async () => {
    const challenge = { scope: 'AIS', code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    const without = await redeem(await walk(david, challenge));
    expect([without.status, without.json['error']]).toEqual([400, 'invalid_grant']);
    const wrong = await redeem(await walk(david, challenge), { code_verifier: `${VERIFIER}x` });
    expect([wrong.status, wrong.json['error']]).toEqual([400, 'invalid_grant']);
    expect((await redeem(await walk(david, { scope: 'AIS' }))).status).toBe(200);
    const plain = await tpp.send('GET', `/xs2a${authoriseUrl({ code_challenge: 'x' })}`, {});
    expect(plain.headers['location']).toContain('error=invalid_request');
  });

  it('gives all accounts to a token without Consent-ID', async () => {
    const answer = await redeem(await walk(david, { scope: 'AIS' }));
    const accounts = await tpp.call('GET', '/v1/accounts', undefined, bearer(answer));
    expect(accounts.json['accounts']).toHaveLength(2);
    const missing = await tpp.call('GET', '/v1/accounts');
    expect([missing.status, code(missing)]).toEqual([400, 'FORMAT_ERROR']);
  });

  it('sends the refusal back with the state and rejects the consent', async () => {
    const { consent } = await tpp.consent(david);
    const url = authoriseUrl({ scope: `AIS:${String(consent['consentId'])}` });
    const end = await tpp.form(url, { decision: 'refuse' });
    const back = new URL(String(end.headers['location']));
    expect([back.searchParams.get('error'), back.searchParams.get('state')]).toEqual(['access_denied', 'a&b']);
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'rejected' });
  });

  it('never sends anything to an address that is not registered', async () => {
    const answer = await tpp.send('GET', `/xs2a${authoriseUrl({ redirect_uri: 'https://evil.example/' })}`, {});
    expect([answer.status, answer.headers['location']]).toEqual([400, undefined]);
    const unknown = await tpp.send('GET', `/xs2a${authoriseUrl({ client_id: 'x' })}`, {});
    expect([unknown.status, unknown.headers['location']]).toEqual([400, undefined]);
  });

  it('takes a code once, in time, from its client and with its redirect_uri', async () => {
    const back = await walk(david, { scope: 'AIS' });
    const other = await token({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: 'http://x',
    });
    expect(other.json['error']).toBe('invalid_grant');
    const first = await redeem(back);
    expect(first.status).toBe(200);
    expect((await redeem(back)).json['error']).toBe('invalid_grant');
    const revoked = await tpp.call('GET', '/v1/accounts', undefined, bearer(first));
    expect([revoked.status, code(revoked)]).toEqual([401, 'TOKEN_INVALID']);
    const late = await walk(david, { scope: 'AIS' });
    await tpp.advance(61);
    expect((await redeem(late)).json['error']).toBe('invalid_grant');
    const stranger = await tpp.form('/oauth/token', {
      grant_type: 'authorization_code',
      client_id: CLIENT.id,
      client_secret: 'no',
    });
    expect([stranger.status, stranger.json['error']]).toEqual([401, 'invalid_client']);
  });

  // Control: where `refreshToken.used` in oauth/token.ts stays false after a refresh, the third token call is 200 and this fails.
  it('rotates refresh tokens and kills the family when an old one comes twice', async () => {
    const first = await redeem(await walk(david, { scope: 'AIS' }));
    const second = await renew(first);
    expect(second.status).toBe(200);
    expect(second.json['refresh_token']).not.toBe(first.json['refresh_token']);
    expect((await tpp.call('GET', '/v1/accounts', undefined, bearer(second))).status).toBe(200);
    const stolen = await renew(first);
    expect([stolen.status, stolen.json['error']]).toEqual([400, 'invalid_grant']);
    expect((await renew(second)).json['error']).toBe('invalid_grant');
    const dead = await tpp.call('GET', '/v1/accounts', undefined, bearer(second));
    expect([dead.status, code(dead)]).toEqual([401, 'TOKEN_INVALID']);
  });

  it('keeps its refresh tokens where the profile says so', async () => {
    await tpp.control('PUT', '/profile', { rotatesRefreshTokens: false });
    const first = await redeem(await walk(david, { scope: 'AIS' }));
    for (let renewals = 0; renewals < 2; renewals += 1) {
      const next = await renew(first);
      expect([next.status, next.json['refresh_token']]).toEqual([200, undefined]);
      expect((await tpp.call('GET', '/v1/accounts', undefined, bearer(next))).status).toBe(200);
    }
  });

  it('lets access tokens expire as the profile says', async () => {
    await tpp.control('PUT', '/profile', { accessTokenSeconds: 30 });
    const answer = await redeem(await walk(david, { scope: 'AIS' }));
    expect(answer.json['expires_in']).toBe(30);
    await tpp.advance(31);
    const old = await tpp.call('GET', '/v1/accounts', undefined, bearer(answer));
    expect([old.status, code(old)]).toEqual([401, 'TOKEN_EXPIRED']);
    const unknown = await tpp.call('GET', '/v1/accounts', undefined, { authorization: 'Bearer x' });
    expect([unknown.status, code(unknown)]).toEqual([401, 'TOKEN_UNKNOWN']);
  });

  it('is a pre-step for customers who need it: token first, then another approach without a password', async () => {
    const emma = await tpp.customer('emma.prestep');
    const psu = { 'psu-id': emma.username };
    const consent = await tpp.call('POST', '/v1/consents', GLOBAL_CONSENT, psu);
    expect([consent.status, code(consent)]).toEqual([401, 'UNAUTHORIZED']);
    expect(href(consent.json, 'scaOAuth')).toContain('.well-known');
    const payment = await tpp.call('POST', '/v1/payments/sepa-credit-transfers', order(emma, '1.00'), psu);
    expect([payment.status, code(payment)]).toEqual([401, 'TOKEN_INVALID']);
    const access = bearer(await redeem(await walk(emma, { scope: 'AIS PIS' })));
    const made = await tpp.call('POST', '/v1/consents', GLOBAL_CONSENT, access);
    const start = await tpp.call('POST', href(made.json, 'startAuthorisation'), undefined, access);
    expect(start.json['scaStatus']).toBe('psuAuthenticated');
    expect((await tpp.finish(emma, start.json)).json['scaStatus']).toBe('finalised');
  });

  it('refuses a token at the creation when SCA itself is by OAuth', async () => {
    const access = bearer(await redeem(await walk(david, { scope: 'AIS' })));
    const answer = await tpp.call('POST', '/v1/consents', GLOBAL_CONSENT, access);
    expect([answer.status, code(answer)]).toEqual([403, 'FORBIDDEN']);
  });

  it('can give an authorisation endpoint that has a query', async () => {
    await tpp.control('PUT', '/profile', { endpointQuery: true });
    const { start } = await tpp.consent(david);
    const metadata = await tpp.call('GET', href(start, 'scaOAuth'));
    expect(metadata.json['authorization_endpoint']).toContain('?redirectId=');
  });

  it('lets managers make customers, accounts, methods and transactions, and nobody else', async () => {
    const bad = await token({ grant_type: 'password', username: 'manager', password: 'x' });
    expect([bad.status, bad.json['error_description']]).toEqual([400, 'Bad credentials']);
    const access = bearer(await token({ grant_type: 'password', username: 'manager', password: 'manager-2468' }));
    const api = async (method: 'GET' | 'POST', path: string, body?: unknown) =>
      tpp.call(method, `/xs2a${path}`, body, access);
    expect((await tpp.call('GET', '/xs2a/customers')).status).toBe(401);
    const customer = await api('POST', '/customers', { username: 'new', password: 'secret', fullName: 'New Customer' });
    const one = `/customers/${String(customer.json['externalId'])}`;
    await api('POST', `${one}/sca-methods`, {
      authenticationType: 'SMS',
      name: 'Phone',
      code: '11',
      authenticationMethodId: 'm',
    });
    const account = await api('POST', `${one}/accounts`, { currency: 'EUR', balance: '100.00' });
    const booking = {
      accountId: account.json['externalId'],
      amount: -1.5,
      bookingDate: '2026-01-01',
      creditorName: 'Shop',
    };
    expect((await api('POST', `${one}/transactions`, booking)).status).toBe(201);
    const consent = await tpp.validConsent(await tpp.customer('new'));
    const { accounts } = (await tpp.call('GET', '/v1/accounts?withBalance=true', undefined, { 'consent-id': consent }))
      .json as {
      accounts: { balances: Json[] }[];
    };
    expect(accounts[0]?.balances[0]).toMatchObject({ balanceAmount: { amount: '98.50', currency: 'EUR' } });
    expect((await api('POST', '/customers', { username: 'new', password: 'x', fullName: 'x' })).status).toBe(409);
    expect((await api('POST', `${one}/consents/${consent}/revoke`)).json['consentStatus']).toBe('revokedByPsu');
  });
});
