import { isValidIBAN } from 'ibantools';
import type { Json } from '../answer.js';
import { newSecret, type AuthorizationSession, type Consent } from '../consent.js';
import type { Fields } from '../fields.js';
import type { Hub } from '../hub.js';
import type { Bank } from '../parties.js';
import { formatError } from '../refusal.js';
import { timestamp } from '../timestamp.js';
import type { Scope } from '../vocabulary.js';
import { withQuery } from '../with-query.js';
import { readRequestUrlField } from './init-authorization.js';
import { readScopes, urlNotValid } from './request-url.js';

const DAY_MS = 86_400_000;
/** 8 digits, or 6 and 8 with an optional `-` or blank between them. */
const ACCOUNT_NUMBER = /^(?:\d{6}[- ]?)?\d{8}$/;

/** The PSU approved: the bank gets its token, the browser goes back to the TPP with a code. */
export function saveConsent(hub: Hub, bank: Bank, fields: Fields): Json {
  fields.only('scopes', 'requestUrl', 'ibans', 'accountIds', 'accountNumbers');
  const requestUrl = readRequestUrlField(fields);
  const words = fields.texts('scopes');
  const accounts = readAccounts(hub, fields);
  fields.assert(hub.settings.fieldErrors);
  const session = hub.sessions.get(requestUrl);
  if (!session || session.bank !== bank || session.used || session.endsAt <= hub.now()) {
    throw formatError(urlNotValid('is unknown, was used before or is too old'));
  }
  const scopes = readScopes(hub, words);
  if (scopes.length !== session.scopes.length || !scopes.every((scope) => session.scopes.includes(scope))) {
    throw formatError({
      code: 'AUTHORIZATION_SELECTED_WRONG_SCOPE',
      title: 'Selected scope is not valid for this request',
      details: `All of these must be approved, not more and not less: ${session.scopes.join(' ')}`,
    });
  }
  if (Object.values(accounts).every((list) => list.length === 0)) {
    throw formatError({
      code: 'AUTHORIZATION_ACCOUNT_IDENTIFIERS_MISSING',
      title: 'Account identifiers missing',
      details: 'At least one of ibans, accountIds, accountNumbers is needed',
    });
  }
  session.used = true;
  const now = hub.now();
  const consent: Consent = {
    accessToken: newSecret(127),
    bearer: newSecret(),
    tpp: session.tpp,
    bank,
    scopes,
    ...accounts,
    createdAt: now,
    validUntil: new Date(now.getTime() + hub.settings.consentDays * DAY_MS),
    oneTime: isOneTime(bank.oneTime ?? hub.settings.oneTime, scopes),
    state: 'active',
    reads: new Map(),
  };
  hub.consents.set(consent.accessToken, consent);
  return {
    callbackUrl: withQuery(session.redirectUri, { code: newCode(hub, session, consent), state: session.state }),
    accessToken: consent.accessToken,
    validUntil: timestamp(consent.validUntil, 'bank', hub.settings.timestamps),
  };
}

function newCode(hub: Hub, session: AuthorizationSession, consent: Consent): string {
  const code = newSecret(24);
  const endsAt = new Date(hub.now().getTime() + hub.settings.codeSeconds * 1000);
  const { redirectUri, codeChallenge } = session;
  hub.codes.set(code, { consent, redirectUri, codeChallenge, endsAt, used: false });
  return code;
}

function readAccounts(hub: Hub, fields: Fields): Pick<Consent, 'ibans' | 'accountIds' | 'accountNumbers'> {
  const [ibans, accountIds, accountNumbers] = [
    fields.texts('ibans'),
    fields.texts('accountIds'),
    fields.texts('accountNumbers'),
  ];
  if (ibans.some((iban) => !isValidIBAN(iban.replaceAll(' ', '').toUpperCase()))) {
    fields.wrong('ibans', 'has an entry that is no IBAN', 'AUTHORIZATION_IBAN_NOT_VALID');
  }
  if (hub.settings.accountNumbers === 'digits' && accountNumbers.some((number) => !ACCOUNT_NUMBER.test(number))) {
    fields.wrong('accountNumbers', 'has an entry that is not 8 digits, or 6 and 8');
  }
  return { ibans, accountIds, accountNumbers };
}

function isOneTime(setting: 'paymentsOnly' | 'always' | 'never', scopes: readonly Scope[]): boolean {
  switch (setting) {
    case 'paymentsOnly':
      return scopes.every((scope) => scope === 'payments.single' || scope === 'payments.bulk');
    case 'always':
      return true;
    case 'never':
      return false;
  }
}
