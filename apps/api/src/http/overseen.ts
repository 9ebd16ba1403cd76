import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiQuery, ApiSecurity } from '@nestjs/swagger';
import { type Principal, Refusal } from '@tributary/banking';
import { isId } from '@tributary/platform';
import type { FastifyRequest } from 'fastify';
import { ApiProblems } from './api-problems.js';
import { idSchema } from './id-param.js';

export const OVERSEEN = 'tributary:overseen';

/**
 * A route for apps by which an administrator reads what one app sees, if they name that app: `?appId=`. Never more than one
 * app's rows, and nothing without the name. For routes that read only; where one would ask the bank in the
 * PSU's presence, an administrator gets what is known: there is no PSU.
 */
export const Overseen = (): MethodDecorator =>
  applyDecorators(
    SetMetadata(OVERSEEN, true),
    ApiSecurity('oauth2', ['admin']),
    ApiProblems('invalid_request'),
    ApiQuery({
      name: 'appId',
      required: false,
      schema: idSchema('app'),
      description: 'With a token of the scope `admin`: the app whose side to read. Apps leave it out.',
    }),
  );

/**
 * The app that a request to an overseen route names; undefined: none. It is taken out of the query, since whose rows are
 * read is decided before a route is asked.
 *
 * @throws Refusal `invalid_request` for what is no app's id, `insufficient_scope` for anybody but an administrator
 */
export function takeNamedApp(request: FastifyRequest, principal: Principal): string | undefined {
  const query = request.query as Record<string, unknown>;
  if (!('appId' in query)) return undefined;
  const { appId } = query;
  if (typeof appId !== 'string' || !isId('app', appId)) {
    throw new Refusal('invalid_request', 'Name one app by its id, or leave `appId` out.', {
      errors: [{ pointer: '/query/appId', code: 'invalid', message: 'must be the id of an app' }],
    });
  }
  if (!principal.scopes.includes('admin')) {
    throw new Refusal('insufficient_scope', 'Only a token with the scope "admin" may name an app: leave `appId` out.');
  }
  delete query['appId'];
  return appId;
}
