import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Scope } from '@tributary/banking';
import { ApiProblems } from './api-problems.js';

export const REQUIRED_SCOPE = 'tributary:scope';
export const PUBLIC = 'tributary:public';

/** Who may call a route (or all routes of a controller): apps whose access token has one of these scopes. */
export const Scopes = (...scopes: readonly [Scope, ...Scope[]]): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(REQUIRED_SCOPE, scopes),
    ...scopes.map((scope) => ApiSecurity('oauth2', [scope])),
    ApiProblems('unauthenticated', 'insufficient_scope'),
  );

/** A route for callers without an access token: health, callbacks, keys. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);
