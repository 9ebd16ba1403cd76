import type { BankMessage } from '../bank-message/open-message.js';
import { Refusal } from '../refusal.js';
import type { Scope } from '../vocabulary.js';
import type { BankToken, BuiltInBank } from './bank.js';
import type { Account } from './customer.js';

/**
 * The consent behind X-Auth-Token. Whether it is good for one payment only stands nowhere on the wire, so a spent token is
 * the hub's business.
 * @throws Refusal 401 without a good token, 403 when the scope was not allowed.
 */
export function tokenOf(bank: BuiltInBank, message: BankMessage, scope: Scope): BankToken {
  const value = message.headers['x-auth-token'] ?? '';
  if (value === '') {
    throw new Refusal(401, 'AUTHENTICATION_REQUIRED', 'X-Auth-Token is missing');
  }
  const token = bank.tokens.get(value);
  if (!token || token.revoked || token.validUntil <= bank.hub.now()) {
    throw new Refusal(401, 'WRONG_CREDENTIALS', 'X-Auth-Token is not valid');
  }
  if (!token.scopes.includes(scope)) {
    throw new Refusal(403, 'SERVICE_BLOCKED', `The consent does not have ${scope}`);
  }
  return token;
}

/** @throws Refusal 404; also 403 for an account outside the consent when the hub's `foreignAccount` says so. */
export function accountOf(bank: BuiltInBank, token: BankToken, id: unknown): Account {
  const account = token.accounts.find((candidate) => candidate.id === id);
  if (account) {
    return account;
  }
  const foreign = bank.customers.some(({ accounts }) => accounts.some((candidate) => candidate.id === id));
  throw foreign && bank.hub.settings.foreignAccount === 'forbidden'
    ? new Refusal(403, 'SERVICE_BLOCKED', 'The account is not in the consent')
    : new Refusal(404, 'RESOURCE_UNKNOWN', 'The account is not known');
}
