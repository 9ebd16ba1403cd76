import { createHash, timingSafeEqual } from 'node:crypto';
import type { Answer } from '../answer.js';
import type { Bank } from '../bank.js';
import type { Call } from '../call.js';
import { OAuthError } from './oauth-error.js';
import type { AuthorisationCode, Grant, OAuthClient } from './state.js';
import { OAUTH_WORDS } from './words.js';

/** POST /oauth/token: authorization_code, refresh_token, and password for the internal API (RFC 6749, RFC 7636). */
export function token(call: Call): Answer {
  const form = call.form();
  const grantType = field(call, form, 'grant_type');
  const client = authenticateClient(call, form);
  const { codeGrant } = OAUTH_WORDS[call.bank.profile.oauthWords];
  switch (grantType) {
    case codeGrant:
      return issue(call.bank, redeemCode(call, client, form));
    case 'refresh_token':
      return issue(
        call.bank,
        refresh(call.bank, client, field(call, form, 'refresh_token')),
        call.bank.profile.rotatesRefreshTokens,
      );
    case 'password':
      return issue(call.bank, managerGrant(call, client, form));
    default:
      throw new OAuthError(400, 'unsupported_grant_type', `Use ${codeGrant}, refresh_token or password`);
  }
}

/** Basic, or client_id and client_secret in the form; the password grant may have them in the query, as MockBank does. */
function authenticateClient(call: Call, form: URLSearchParams): OAuthClient {
  const basic = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(call.header('Authorization') ?? '')?.[1];
  const [id, secret] =
    basic === undefined
      ? [field(call, form, 'client_id'), field(call, form, 'client_secret')]
      : readBasic(Buffer.from(basic, 'base64').toString('utf8'));
  const client = call.bank.oauth.clients.get(id);
  if (!client || !equal(client.secret, secret)) {
    throw new OAuthError(401, 'invalid_client', 'Bad client credentials');
  }
  return client;
}

/** Id and secret are form-encoded inside Basic (RFC 6749, section 2.3.1). */
function readBasic(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon < 0 ? ['', ''] : [formDecode(text.slice(0, colon)), formDecode(text.slice(colon + 1))];
}

function formDecode(part: string): string {
  return new URLSearchParams(`v=${part.replaceAll('&', '%26')}`).get('v') ?? '';
}

function field(call: Call, form: URLSearchParams, name: string): string {
  const inForm = call.bank.profile.oauthTokenIn === 'query' ? null : form.get(name);
  return inForm ?? call.query(name) ?? '';
}

/** One bank wants the code in the query, so parameters may stand there. */
function redeemCode(call: Call, client: OAuthClient, form: URLSearchParams): Grant {
  const { bank } = call;
  const code = bank.oauth.codes.get(field(call, form, 'code'));
  if (!code || code.grant.clientId !== client.id) {
    throw new OAuthError(400, 'invalid_grant', 'Unknown authorisation code');
  }
  if (code.used) {
    code.grant.revoked = true;
    throw new OAuthError(400, 'invalid_grant', 'The code was used before; all its tokens are revoked');
  }
  if (code.expiresAtMs <= bank.clock.nowMs()) {
    throw new OAuthError(400, 'invalid_grant', 'The code has expired');
  }
  if (code.redirectUri !== field(call, form, 'redirect_uri')) {
    throw new OAuthError(400, 'invalid_grant', 'redirect_uri differs from the one of the authorise request');
  }
  assertVerifier(code, field(call, form, 'code_verifier') || undefined);
  code.used = true;
  return code.grant;
}

/** RFC 7636, section 4.6: enforced if and only if a challenge came. */
function assertVerifier(code: AuthorisationCode, verifier: string | undefined): void {
  if (code.challenge === undefined) {
    return;
  }
  const challenge = createHash('sha256')
    .update(verifier ?? '')
    .digest('base64url');
  if (verifier === undefined || !equal(challenge, code.challenge)) {
    throw new OAuthError(400, 'invalid_grant', 'code_verifier does not fit the code_challenge');
  }
}

/** With rotation every refresh gives a new refresh token, and an old one used again kills the whole family. */
function refresh(bank: Bank, client: OAuthClient, value: string): Grant {
  const refreshToken = bank.oauth.refreshTokens.get(value);
  if (!refreshToken || refreshToken.grant.clientId !== client.id) {
    throw new OAuthError(400, 'invalid_grant', 'Unknown refresh token');
  }
  if (refreshToken.used) {
    refreshToken.grant.revoked = true;
    throw new OAuthError(400, 'invalid_grant', 'The refresh token was used before; all tokens are revoked');
  }
  if (refreshToken.grant.revoked) {
    throw new OAuthError(400, 'invalid_grant', 'The tokens were revoked');
  }
  refreshToken.used = bank.profile.rotatesRefreshTokens;
  return refreshToken.grant;
}

function managerGrant(call: Call, client: OAuthClient, form: URLSearchParams): Grant {
  const { manager } = call.bank.oauth;
  const [username, password] = [field(call, form, 'username'), field(call, form, 'password')];
  if (username !== manager.username || !equal(password, manager.password)) {
    throw new OAuthError(400, 'invalid_grant', 'Bad credentials');
  }
  return call.bank.oauth.newGrant({ clientId: client.id, scope: 'all' });
}

function issue(bank: Bank, grant: Grant, renewable = true): Answer {
  const { accessTokenSeconds, refreshTokens } = bank.profile;
  const accessToken = bank.oauth.newSecret();
  bank.oauth.accessTokens.set(accessToken, { grant, expiresAtMs: bank.clock.nowMs() + accessTokenSeconds * 1000 });
  const refreshToken = refreshTokens && renewable ? bank.oauth.newSecret() : undefined;
  if (refreshToken !== undefined) {
    bank.oauth.refreshTokens.set(refreshToken, { grant, used: false });
  }
  return {
    status: 200,
    headers: { Pragma: 'no-cache' },
    body: {
      access_token: accessToken,
      token_type: 'bearer',
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      expires_in: accessTokenSeconds,
      scope: grant.scope,
    },
  };
}

function equal(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}
