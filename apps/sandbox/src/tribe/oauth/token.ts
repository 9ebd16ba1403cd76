import { createHash } from 'node:crypto';
import type { Answer } from '../answer.js';
import { deathOf } from '../consent.js';
import type { Tpp } from '../parties.js';
import type { Arrival } from '../site.js';

/** An error of RFC 6749, section 5.2. */
class TokenError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string,
  ) {
    super(description);
  }
}

/** POST /oauth/token (an assumption, as /oauth/authorize): `grant_type=authorization_code`. No refresh tokens exist. */
export function token(arrival: Arrival): Answer {
  try {
    return issue(arrival);
  } catch (error) {
    if (error instanceof TokenError) {
      return { status: error.status, body: { error: error.code, error_description: error.description } };
    }
    throw error;
  }
}

function issue(arrival: Arrival): Answer {
  const { hub, form } = arrival;
  if (arrival.mediaType !== 'application/x-www-form-urlencoded') {
    throw new TokenError(400, 'invalid_request', 'Send application/x-www-form-urlencoded');
  }
  const tpp = clientOf(arrival, form);
  if (form.get('grant_type') !== 'authorization_code') {
    throw new TokenError(400, 'unsupported_grant_type', 'grant_type must be authorization_code');
  }
  const code = hub.codes.get(form.get('code') ?? '');
  if (!code || code.consent.tpp !== tpp) {
    throw new TokenError(400, 'invalid_grant', 'The code is not known');
  }
  const now = hub.now();
  if (code.used || code.endsAt <= now || deathOf(code.consent, now) !== undefined) {
    throw new TokenError(400, 'invalid_grant', 'The code was used, is too old, or its consent has ended');
  }
  if (code.redirectUri !== form.get('redirect_uri')) {
    throw new TokenError(400, 'invalid_grant', 'redirect_uri differs from the one of the authorization request');
  }
  const verifier = form.get('code_verifier') ?? '';
  if (
    code.codeChallenge !== undefined &&
    createHash('sha256').update(verifier).digest('base64url') !== code.codeChallenge
  ) {
    throw new TokenError(400, 'invalid_grant', 'code_verifier does not fit the code_challenge');
  }
  code.used = true;
  const { consent } = code;
  hub.bearers.set(consent.bearer, consent);
  return {
    status: 200,
    headers: { Pragma: 'no-cache' },
    body: {
      access_token: consent.bearer,
      token_type: 'Bearer',
      expires_in: Math.floor((consent.validUntil.getTime() - now.getTime()) / 1000),
      scope: consent.scopes.join(' '),
    },
  };
}

/** client_id in the form, or Basic; the secret counts only with `clientSecret: required`. */
function clientOf(arrival: Arrival, form: URLSearchParams): Tpp {
  const basic = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(arrival.header('Authorization') ?? '')?.[1];
  const [basicId, basicSecret] = basic ? Buffer.from(basic, 'base64').toString('utf8').split(':') : [];
  const tpp = arrival.hub.tpps.get(form.get('client_id') ?? basicId ?? '');
  const secret = form.get('client_secret') ?? basicSecret;
  const needsSecret = arrival.hub.settings.clientSecret === 'required';
  if (!tpp || tpp.blocked || (needsSecret && secret !== tpp.clientSecret)) {
    throw new TokenError(401, 'invalid_client', 'The client is not known, or its secret is wrong');
  }
  return tpp;
}
