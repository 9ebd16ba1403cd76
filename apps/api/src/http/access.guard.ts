import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessTokens, type Principal, Refusal, type Scope } from '@tributary/banking';
import { becomeTenant, everyTenant } from '@tributary/persistence';
import type { FastifyRequest } from 'fastify';
import { PUBLIC, REQUIRED_SCOPE } from './access.js';
import { OVERSEEN, takeNamedApp } from './overseen.js';
import { tenantOf } from './tenant-of.js';

type Targets = [ReturnType<ExecutionContext['getHandler']>, ReturnType<ExecutionContext['getClass']>];

/**
 * Lets a request in if its access token is good and has the scope, and opens the rows that it may see: those of its app;
 * for an administrator on an overseen route those of the app that they name; on routes for administrators alone and on
 * public routes (which find the app by an unguessable value or a signature) those of all.
 * A route that declares nothing lets nobody in.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokens,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const targets: Targets = [context.getHandler(), context.getClass()];
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) {
      becomeTenant(everyTenant, `${request.method} ${request.routeOptions.url ?? ''}`);
      return true;
    }
    const token = bearerToken(request);
    const principal = this.tokens.recognise(token);
    if (principal) return this.admit(principal, request, targets);
    return this.tokens.verify(token).then((verified) => this.admit(verified, request, targets));
  }

  private admit(principal: Principal, request: FastifyRequest, targets: Targets): true {
    const scopes = this.reflector.getAllAndOverride<readonly Scope[] | undefined>(REQUIRED_SCOPE, targets) ?? [];
    const overseen = this.reflector.getAllAndOverride<boolean | undefined>(OVERSEEN, targets) === true;
    const named = overseen ? takeNamedApp(request, principal) : undefined;
    if (named !== undefined) {
      request.principal = principal;
      request.readsFor = named;
      becomeTenant(named, principal.clientId);
      return true;
    }
    if (!scopes.some((scope) => principal.scopes.includes(scope))) {
      const wanted = scopes.map((scope) => `"${scope}"`).join(' or ');
      const or = overseen ? ', or "admin" together with `appId` for the app whose side to read' : '';
      throw new Refusal('insufficient_scope', `This operation needs an access token with the scope ${wanted}${or}.`);
    }
    request.principal = principal;
    becomeTenant(tenantOf(scopes, principal.appId), principal.clientId);
    return true;
  }
}

/** RFC 6750 section 2.1; the scheme's name is case-insensitive (RFC 9110 section 11.1). */
function bearerToken(request: FastifyRequest): string {
  const token = /^bearer +([\w~+/.=-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token) return token;
  throw new Refusal(
    'unauthenticated',
    'Send an access token of POST /oauth/token as a Bearer token in the Authorization header.',
  );
}
