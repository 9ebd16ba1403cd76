import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Error codes of RFC 6749 section 5.2. */
export type OAuthErrorCode =
  'invalid_request' | 'invalid_client' | 'unauthorized_client' | 'unsupported_grant_type' | 'invalid_scope';

/** The token endpoint refuses, in the words of OAuth. */
export class OAuthError extends Error {
  constructor(
    readonly code: OAuthErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** The token endpoint's errors have their own shape (RFC 6749 section 5.2), which OAuth clients expect. */
@Catch(OAuthError)
export class OAuthErrorFilter implements ExceptionFilter<OAuthError> {
  catch(error: OAuthError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error.code === 'invalid_client') void reply.header('www-authenticate', 'Basic realm="tributary"');
    void reply
      .status(error.code === 'invalid_client' ? 401 : 400)
      .header('cache-control', 'no-store')
      .send({ error: error.code, error_description: error.message });
  }
}
