import { Controller, Get, Header, HttpCode, Inject, Post, Req, UseFilters } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  AccessTokens,
  Clients,
  type Scope,
  scopes,
  SETTINGS,
  type Settings,
  SigningKeys,
  tokenSeconds,
} from '@tributary/banking';
import type { FastifyRequest } from 'fastify';
import { Public } from '../http/access.js';
import { clientSecretOf, tokenForm } from './client-authentication.js';
import { OAuthError, OAuthErrorFilter } from './oauth-error.js';
import { TokenAnswer, TokenError, TokenRequest } from './token.dto.js';

/** Where apps get their access tokens, and what others need to check them. */
@ApiTags('OAuth')
@Public()
@Controller()
export class OAuthController {
  constructor(
    private readonly clients: Clients,
    private readonly tokens: AccessTokens,
    private readonly keys: SigningKeys,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Post('oauth/token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @UseFilters(OAuthErrorFilter)
  @ApiOperation({
    summary: 'Get an access token',
    description:
      'OAuth 2.0 client credentials (RFC 6749 section 4.4). Authenticate with HTTP Basic or in the form. The token lives 15 minutes; get a new one then.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: TokenRequest })
  @ApiOkResponse({ type: TokenAnswer, description: 'The access token.' })
  @ApiResponse({ status: 400, type: TokenError, description: 'The request is not valid (RFC 6749 section 5.2).' })
  @ApiResponse({ status: 401, type: TokenError, description: 'The client did not prove who it is.' })
  async token(@Req() request: FastifyRequest): Promise<TokenAnswer> {
    const form = tokenForm(request.body);
    const { clientId, clientSecret } = clientSecretOf(request, form);
    const plausible = /^[\x21-\x7e]{1,200}$/.test(clientId) && clientSecret.length <= 500;
    const client = plausible ? await this.clients.authenticate(clientId, clientSecret) : null;
    if (!client) throw new OAuthError('invalid_client', 'The client id or secret is wrong, or was revoked.');
    const grantType = form.get('grant_type');
    if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing.');
    if (grantType !== 'client_credentials') {
      throw new OAuthError('unsupported_grant_type', 'The only grant_type here is client_credentials.');
    }
    const granted = grant(client.scopes, form.get('scope'));
    return {
      access_token: await this.tokens.issue(client, granted),
      token_type: 'Bearer',
      expires_in: tokenSeconds,
      scope: granted.join(' '),
    };
  }

  @Get('.well-known/jwks.json')
  @Header('cache-control', 'public, max-age=300')
  @ApiOperation({
    summary: 'Keys that sign access tokens',
    description: 'JSON Web Key Set (RFC 7517). Keys change; look again when a key id is unknown.',
  })
  @ApiOkResponse({
    description: 'The public keys.',
    schema: {
      type: 'object',
      required: ['keys'],
      properties: { keys: { type: 'array', items: { type: 'object', additionalProperties: true } } },
    },
  })
  jwks(): Promise<{ keys: object[] }> {
    return this.keys.jwks();
  }

  @Get('.well-known/oauth-authorization-server')
  @Header('cache-control', 'public, max-age=300')
  @ApiOperation({
    summary: 'What the token endpoint can do',
    description: 'Authorization server metadata (RFC 8414).',
  })
  @ApiOkResponse({
    description: 'The metadata.',
    schema: { type: 'object', additionalProperties: true, example: { issuer: 'https://open-banking.example.com' } },
  })
  metadata(): Record<string, unknown> {
    const { publicUrl } = this.settings;
    return {
      issuer: publicUrl,
      token_endpoint: `${publicUrl}/oauth/token`,
      jwks_uri: `${publicUrl}/.well-known/jwks.json`,
      scopes_supported: scopes,
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      service_documentation: `${publicUrl}/docs`,
    };
  }
}

/** RFC 6749 section 3.3: what was asked for, of what the app may have; all of it where nothing was asked for. */
function grant(allowed: readonly Scope[], wanted: string | undefined): readonly Scope[] {
  if (wanted === undefined || wanted.trim() === '') return allowed;
  const names = new Set(wanted.trim().split(/ +/));
  const granted = allowed.filter((scope) => names.has(scope));
  if (granted.length === names.size) return granted;
  throw new OAuthError('invalid_scope', `This client may ask for: ${allowed.join(' ')}.`);
}
