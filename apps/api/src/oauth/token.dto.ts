import { ApiPropertyOptional } from '@nestjs/swagger';

/** Body of the token endpoint, as a form (RFC 6749 section 4.4.2). Checked by hand, since OAuth has its own errors. */
export class TokenRequest {
  /** @example client_credentials */
  grant_type: 'client_credentials';
  /** Scopes wanted, with blanks between them; absent: all that the app has. @example "institutions consents" */
  scope?: string;
  /** Where the client does not authenticate with HTTP Basic. */
  client_id?: string;
  /** Where the client does not authenticate with HTTP Basic. */
  @ApiPropertyOptional({ type: 'string', format: 'password' })
  client_secret?: string;
}

/** RFC 6749 section 5.1. */
export class TokenAnswer {
  /** A JWT (RFC 9068). Send it as `Authorization: Bearer ...`. */
  access_token: string;
  /** @example Bearer */
  token_type: string;
  /** Seconds. @example 900 */
  expires_in: number;
  /** What was granted. @example "institutions consents" */
  scope: string;
}

/** RFC 6749 section 5.2. */
export class TokenError {
  /** @example invalid_client */
  error: string;
  /** @example "The client id or secret is wrong, or was revoked." */
  error_description: string;
}
