import { createHash, timingSafeEqual } from 'node:crypto';
import type { Application, Developer } from './application.js';
import { ApiError } from './api-error.js';
import type { Call } from './call.js';
import type { Consent, ConsentKind } from './consent.js';

/** Who calls. */
export interface Caller {
  application: Application;
  /** For calls with an access token. */
  consent?: Consent | undefined;
}

/** @throws ApiError 401 invalid_client. */
export function readBasic(call: Call): Developer {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(call.header('authorization') ?? '')?.[1] ?? '';
  const [clientId = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const developer = call.platform.developers.get(clientId);
  if (!developer || !sameText(rest.join(':'), developer.clientSecret)) {
    throw new ApiError(401, 'invalid_client', 'Authorization must be Basic with client id and client secret');
  }
  return developer;
}

/** @throws ApiError when there is no access token that lives, or its consent has ended. */
export function readBearer(call: Call): Consent {
  const { platform, environment } = call;
  const text = /^Bearer (\S+)$/i.exec(call.header('authorization') ?? '')?.[1] ?? '';
  const token = platform.accessTokens.get(text);
  const { consent } = token ?? {};
  if (!token || consent?.intent.environment !== environment || token.expiresAtMs <= platform.clock.nowMs()) {
    throw new ApiError(401, 'invalid_token', 'The access token is unknown or expired');
  }
  if (consent.state === 'replayed') {
    throw new ApiError(401, 'invalid_token', 'The access token is unknown or expired');
  }
  if (consent.state !== 'active' || consent.endsAtMs <= platform.clock.nowMs()) {
    throw endedConsent(call, consent);
  }
  return consent;
}

/** @throws ApiError 403 when the token is of the other kind or lacks the permission. */
export function assertPermitted(consent: Consent, kind: ConsentKind, permission: string): void {
  if (consent.intent.kind !== kind || !consent.permissions.includes(permission)) {
    throw new ApiError(403, 'insufficient_scope', `This call needs ${permission} of a consent of type ${kind}`);
  }
}

function endedConsent(call: Call, { state }: Consent): ApiError {
  switch (call.platform.profile.endedConsent) {
    case '401':
      return new ApiError(401, 'invalid_token', 'The access token is not valid');
    case '400':
      return new ApiError(400, state === 'revoked' ? 'consent_inactive' : 'consent_expired', 'The consent has ended');
    case '403':
      return new ApiError(403, 'insufficient_scope', 'The consent does not allow this');
  }
}

function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
