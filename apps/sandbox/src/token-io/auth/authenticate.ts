import { timingSafeEqual } from 'node:crypto';
import { ApiError } from '../api-error.js';
import type { Hub } from '../hub.js';
import { basicCredential, type Member } from '../members/member.js';
import { checkBearer, type SignedRequest } from './bearer.js';

/** Who calls, by the Authorization header: a bearer token made for this request, or Basic where it is allowed. */
export function authenticate(hub: Hub, authorization: string | undefined, request: SignedRequest): Member {
  if (authorization === undefined) {
    throw new ApiError(401, 'the Authorization header is missing');
  }
  if (authorization.startsWith('Basic ')) {
    return byBasic(hub, authorization);
  }
  if (!authorization.startsWith('Bearer ')) {
    throw new ApiError(401, 'Authorization must be Bearer with a JWS');
  }
  const limits = { nowMs: Date.now(), maxMinutes: hub.profile.maxTokenMinutes };
  return checkBearer(authorization.slice('Bearer '.length).trim(), request, hub.members, limits);
}

function byBasic(hub: Hub, authorization: string): Member {
  if (!hub.profile.basic) {
    throw new ApiError(401, 'Basic authentication is for the sandbox only');
  }
  const given = Buffer.from(authorization);
  for (const member of hub.members.values()) {
    const expected = Buffer.from(basicCredential(member));
    if (given.length === expected.length && timingSafeEqual(given, expected)) {
      return member;
    }
  }
  throw new ApiError(401, 'the Basic credential is not known');
}
