import type { Call } from './call.js';
import type { Customer } from './customer.js';
import type { Grant } from './oauth/state.js';
import { TppError } from './tpp-error.js';

/**
 * The grant behind the access token of this call; undefined without one.
 * @throws TppError 401 TOKEN_UNKNOWN, TOKEN_EXPIRED or TOKEN_INVALID.
 */
export function grantOf(call: Call): Grant | undefined {
  const header = call.header('Authorization');
  if (header === undefined) {
    return undefined;
  }
  const value = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(header)?.[1];
  if (value === undefined) {
    throw new TppError(401, 'TOKEN_INVALID', 'Authorization must be "Bearer" and an access token', 'Authorization');
  }
  const token = call.bank.oauth.accessTokens.get(value);
  if (!token) {
    throw new TppError(401, 'TOKEN_UNKNOWN', 'No such access token', 'Authorization');
  }
  if (token.grant.revoked) {
    throw new TppError(401, 'TOKEN_INVALID', 'The access token was revoked', 'Authorization');
  }
  if (token.expiresAtMs <= call.bank.clock.nowMs()) {
    throw new TppError(401, 'TOKEN_EXPIRED', 'The access token has expired: refresh it', 'Authorization');
  }
  return token.grant;
}

/**
 * Who the PSU of this call is, by PSU-ID or by the token; undefined when neither says.
 * @throws TppError 401 PSU_CREDENTIALS_INVALID for an unknown PSU-ID, or one that is not the token's.
 */
export function psuOf(call: Call, grant?: Grant): Customer | undefined {
  const username = call.header('PSU-ID');
  if (username === undefined) {
    return grant?.customer;
  }
  const customer = call.bank.customers.named(username);
  if (!customer || (grant?.customer && grant.customer !== customer)) {
    throw new TppError(401, 'PSU_CREDENTIALS_INVALID', 'This bank does not know the PSU', 'PSU-ID');
  }
  return customer;
}
