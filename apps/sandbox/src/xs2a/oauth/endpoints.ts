import type { Answer } from '../answer.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { token } from './token.js';
import { OAUTH_WORDS } from './words.js';

/** The machine's side of the authorisation server; the people's side is the authorise page. */
export const oauthEndpoints: readonly Endpoint[] = [
  {
    operation: 'oauth.metadata',
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    dialect: 'oauth',
    handle: metadata,
  },
  {
    operation: 'oauth.metadata',
    method: 'GET',
    path: '/oauth/openid-configuration',
    dialect: 'oauth',
    handle: metadata,
  },
  { operation: 'oauth.token', method: 'POST', path: '/oauth/token', dialect: 'oauth', handle: token },
];

/** RFC 8414. With the profile's `endpointQuery` the authorise address has a query already, as some banks do. */
function metadata(call: Call): Answer {
  const authorisationId = call.query('authorisationId');
  const query =
    call.bank.profile.endpointQuery && authorisationId !== undefined
      ? `?redirectId=${encodeURIComponent(authorisationId)}&oauth2=true&redirect_uri=`
      : '';
  const { oauthWords } = call.bank.profile;
  const { responseType, codeGrant } = OAUTH_WORDS[oauthWords];
  return {
    status: 200,
    body: {
      issuer: call.links.absolute(''),
      authorization_endpoint: call.links.absolute(`/oauth/authorize${query}`),
      token_endpoint: call.links.absolute('/oauth/token'),
      response_types_supported: [responseType],
      grant_types_supported: [codeGrant, 'refresh_token', 'password'],
      ...(oauthWords === 'standard' && { code_challenge_methods_supported: ['S256'] }),
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      scopes_supported: ['AIS', 'PIS'],
    },
  };
}
