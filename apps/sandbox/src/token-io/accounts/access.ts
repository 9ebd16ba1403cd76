import { isIPv4 } from 'node:net';
import { ApiError, notFound } from '../api-error.js';
import type { Call } from '../call.js';
import type { Account } from '../customers/customer.js';
import type { Token } from '../tokens/token.js';

/** What a read needs to be allowed. */
export type Resource = 'ACCOUNTS' | 'BALANCES' | 'TRANSACTIONS' | 'STANDING_ORDERS';

/**
 * The consent under which account data is read: header `on-behalf-of`. Also writes the read into the ledger.
 * @throws ApiError when the header is missing (400), the token unknown (404), or the consent is over or too narrow (403).
 */
export function openAccess(call: Call, operation: string, resource: Resource): Token {
  const { hub, member } = call;
  const id = call.header('on-behalf-of');
  if (id === undefined) {
    throw new ApiError(400, 'is missing', { paths: ['on-behalf-of'] });
  }
  const token = hub.tokens.get(id);
  if (!token || token.memberId !== member.id || token.request.body.kind !== 'access') {
    throw notFound('access token', id);
  }
  if (call.fault('revokeConsent')) {
    token.ended ??= 'atBank';
  }
  const attended = note(call, token, operation);
  if (token.ended !== undefined || hub.nowMs() >= token.expiresMs) {
    throw new ApiError(403, 'The consent was revoked or has expired');
  }
  if (!token.request.body.resources.includes(resource)) {
    throw new ApiError(403, `The consent does not cover ${resource}`);
  }
  assertBank(call, token, resource);
  assertFrequency(call, token, attended);
  return token;
}

function note(call: Call, token: Token, operation: string): boolean {
  const ipAddress = call.header('token-customer-ip-address');
  if (ipAddress !== undefined && !isIPv4(ipAddress)) {
    throw new ApiError(400, 'must be an IPv4 address', { paths: ['token-customer-ip-address'] });
  }
  const customerInitiated = call.headerBoolean('customer-initiated');
  const attended = ipAddress !== undefined || customerInitiated === true;
  call.hub.ledger.read({ at: call.hub.now(), operation, tokenId: token.id, attended, ipAddress, customerInitiated });
  return attended;
}

function assertBank({ hub }: Call, { bankId }: Token, resource: Resource): void {
  const bank = hub.banks.get(bankId);
  if (!bank || bank.status.ais === 'DOWN') {
    throw new ApiError(503, 'The bank does not answer', { external: true });
  }
  const { supportsAccountBalance, supportsTransactionList, supportsStandingOrderList } = bank.capabilities;
  const able = {
    ACCOUNTS: true,
    BALANCES: supportsAccountBalance,
    TRANSACTIONS: supportsTransactionList,
    STANDING_ORDERS: supportsStandingOrderList,
  };
  if (!able[resource]) {
    throw new ApiError(501, `${bankId} does not support this`, { external: true });
  }
}

/** Banks may allow four reads a day without the PSU; the profile says how many here. */
function assertFrequency({ hub }: Call, token: Token, attended: boolean): void {
  const most = hub.profile.unattendedReadsPerDay;
  if (attended || most === 0) {
    return;
  }
  const day = hub.today();
  const count = (token.unattended.get(day) ?? 0) + 1;
  token.unattended.set(day, count);
  if (count > most) {
    throw new ApiError(429, 'The bank allows no more reads without the user today');
  }
}

/** @throws ApiError 404 when the consent does not include this account. */
export function findAccount(token: Token, id: string): Account {
  const account = token.accounts.find((one) => one.id === id);
  if (!account) {
    throw notFound('account', id);
  }
  return account;
}
