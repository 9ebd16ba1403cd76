import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Principal, Refusal } from '@tributary/banking';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `AccessGuard`; null on public routes. */
    principal: Principal | null;
    /** Set by `AccessGuard`: the app whose side an administrator reads; else null. */
    readsFor: string | null;
  }
}

/** Who calls. @throws Refusal on a route that is public. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal) return request.principal;
  throw new Refusal(
    'unauthenticated',
    'Send an access token of POST /oauth/token as a Bearer token in the Authorization header.',
  );
}

/** Parameter: who calls, where the app alone does not tell what they may see. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  principalOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/**
 * Parameter: the id of the app of the access token, or of the one whose side an administrator reads. With `Caller` the only
 * source of an app id in a controller.
 */
export const AppId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return request.readsFor ?? principalOf(request).appId;
});
