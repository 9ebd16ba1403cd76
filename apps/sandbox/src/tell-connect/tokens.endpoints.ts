import { ApiError, invalidRequest } from './api-error.js';
import type { Caller } from './authentication.js';
import { extendConsent, shortLifeMs } from './authorising.js';
import type { Call } from './call.js';
import type { Consent } from './consent.js';
import type { Answer, Endpoint } from './endpoint.js';
import { newSecret, type Platform } from './platform.js';

const ACCESS_SECONDS = 3600;

export const tokenEndpoints: readonly Endpoint[] = [
  {
    operation: (call) => (field(call, 'grant_type') === 'refresh_token' ? 'token.refresh' : 'token.code'),
    method: 'POST',
    path: '/access-token',
    credentials: 'basic',
    mediaType: 'application/x-www-form-urlencoded',
    handle: issue,
  },
];

function field(call: Call, name: string): string {
  return new URLSearchParams(call.text).get(name) ?? '';
}

function issue(call: Call, caller: Caller): Answer {
  switch (field(call, 'grant_type')) {
    case 'authorization_code':
      return exchange(call, caller);
    case 'refresh_token':
      return refresh(call, caller);
    default:
      throw invalidRequest('grant_type must be authorization_code or refresh_token');
  }
}

function exchange(call: Call, caller: Caller): Answer {
  const { platform } = call;
  const code = platform.codes.get(required(call, 'code'));
  if (!code || !belongs(call, caller, code.consent)) {
    throw invalidGrant('The code is unknown');
  }
  if (code.used) {
    throw invalidGrant('The code was used already');
  }
  if (platform.clock.nowMs() >= code.issuedAtMs + shortLifeMs(call.environment)) {
    throw invalidGrant('The code is too old: the user must authorise again');
  }
  assertLives(platform, code.consent);
  code.used = true;
  return tokens(platform, code.consent);
}

function refresh(call: Call, caller: Caller): Answer {
  const { platform } = call;
  const token = platform.refreshTokens.get(required(call, 'refresh_token'));
  if (!token || !belongs(call, caller, token.consent)) {
    throw invalidGrant('The refresh token is unknown');
  }
  const { consent } = token;
  assertLives(platform, consent);
  if (token.used) {
    if (platform.profile.usedRefreshToken === 'endsFamily') {
      consent.state = 'replayed';
    }
    throw invalidGrant('The refresh token was used already');
  }
  token.used = true;
  extendConsent(platform, consent);
  return tokens(platform, consent);
}

function tokens(platform: Platform, consent: Consent): Answer {
  const [access, fresh] = [newSecret(), newSecret()];
  const expiresAtMs = platform.clock.nowMs() + ACCESS_SECONDS * 1000;
  platform.accessTokens.set(access, { consent, expiresAtMs });
  platform.refreshTokens.set(fresh, { consent, used: false });
  return {
    status: 200,
    headers: { Pragma: 'no-cache' },
    body: {
      access_token: access,
      refresh_token: fresh,
      token_type: 'Bearer',
      expires_in: ACCESS_SECONDS,
      scope: consent.permissions.join(','),
    },
  };
}

function assertLives(platform: Platform, consent: Consent): void {
  if (consent.state === 'replayed') {
    throw invalidGrant('A used refresh token came again, so all tokens of this consent ended');
  }
  if (consent.state === 'revoked') {
    throw new ApiError(400, 'consent_inactive', 'The consent has ended');
  }
  if (consent.state === 'expired' || consent.endsAtMs <= platform.clock.nowMs()) {
    throw new ApiError(400, 'consent_expired', 'The 90 days are over: the user must authorise again');
  }
}

/** The application signs for itself only, and sandbox and production do not mix. */
function belongs(call: Call, { application }: Caller, { intent }: Consent): boolean {
  return intent.application === application && intent.environment === call.environment;
}

function required(call: Call, name: string): string {
  const value = field(call, name);
  if (value === '') {
    throw invalidRequest(`${name} is missing`);
  }
  return value;
}

function invalidGrant(text: string): ApiError {
  return new ApiError(400, 'invalid_grant', text);
}
