import { randomUUID } from 'node:crypto';
import { ApiError, invalidRequest } from './api-error.js';
import type { Consent, Environment, Intent } from './consent.js';
import type { Account, Customer } from './customer.js';
import type { Platform } from './platform.js';

const CONSENT_MS = 90 * 86_400_000;
/** The documentation's example comes first; the other nouns follow its style. */
const EXAMPLE = ['balance:read', 'product:read', 'accounts:read', 'beneficiaries:read'] as const;
const MORE = ['transactions:read', 'standing-orders:read', 'direct-debits:read', 'scheduled-payments:read'] as const;
const PAYMENT = ['payments:write', 'payments:read'] as const;

/** A user who came has so long to decide. */
export const DECISION_MS = 600_000;

/** Milliseconds in which a user must come, and a code be exchanged: 60 seconds, 10 minutes in the sandbox. */
export function shortLifeMs(environment: Environment): number {
  return environment === 'production' ? 60_000 : 600_000;
}

export function isAnswered({ state }: Intent): boolean {
  return state === 'authorised' || state === 'declined' || state === 'expired';
}

/**
 * The user agrees: makes consent and code.
 * @throws ApiError when the accounts do not fit.
 */
export function authorise(
  platform: Platform,
  intent: Intent,
  customer: Customer,
  accounts: readonly Account[],
): string {
  assertOpen(intent);
  const [first] = accounts;
  if (first === undefined || (intent.kind === 'pisp' && accounts.length !== 1)) {
    throw invalidRequest(intent.kind === 'pisp' ? 'Choose one account to pay from' : 'Choose at least one account');
  }
  intent.state = 'authorised';
  intent.customer = customer;
  const nowMs = platform.clock.nowMs();
  const consent: Consent = {
    id: randomUUID(),
    intent,
    customer,
    accounts,
    permissions: permissionsOf(platform, intent),
    grantedAtMs: nowMs,
    endsAtMs: nowMs + CONSENT_MS,
    state: 'active',
  };
  platform.consents.set(consent.id, consent);
  const text = randomUUID();
  platform.codes.set(text, { text, consent, issuedAtMs: nowMs, used: false });
  return text;
}

/** The user declines, fails or comes too late. */
export function turnDown(intent: Intent, state: 'declined' | 'expired'): void {
  assertOpen(intent);
  intent.state = state;
}

/** Another 90 days, where refreshes extend. */
export function extendConsent(platform: Platform, consent: Consent): void {
  if (platform.profile.consentEnd === 'extendedByRefresh') {
    consent.endsAtMs = platform.clock.nowMs() + CONSENT_MS;
  }
}

/** Where the browser goes: the application's address with the three parameters, or the portal's own page. */
export function wayBack(platform: Platform, intent: Intent, code: string | undefined, stubPage: string): string {
  const query = new URLSearchParams({ 'intent-id': intent.id, uuid: intent.uuid });
  const { noCode } = platform.profile;
  if (code !== undefined) {
    query.set('authorisation_code', code);
  } else if (noCode !== 'absent') {
    query.set('authorisation_code', noCode === 'null' ? 'null' : '');
  }
  const target = intent.application.redirectUrl ?? stubPage;
  return `${target}${target.includes('?') ? '&' : '?'}${query.toString()}`;
}

function permissionsOf(platform: Platform, { kind }: Intent): readonly string[] {
  if (kind === 'pisp') {
    return PAYMENT;
  }
  return platform.profile.permissions === 'all' ? [...EXAMPLE, ...MORE] : EXAMPLE;
}

function assertOpen(intent: Intent): void {
  if (isAnswered(intent)) {
    throw new ApiError(409, 'consent_already_authorised', `This authorisation is ${intent.state}`);
  }
}
