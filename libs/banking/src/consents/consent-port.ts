import type { AccessKind } from '@tributary/domain';
import type { AccountInformation, FundsConfirmation, Provider } from '@tributary/providers';
import { Refusal } from '../refusal.js';

/** Making, reading and ending consents, whatever they are for. */
export type ConsentPort = Pick<AccountInformation, 'createConsent' | 'readConsent' | 'revokeConsent'>;

/** Whether a consent is one for confirming funds, and so for nothing else. */
export const isForFunds = (access: readonly AccessKind[]): boolean => access.includes('fundsConfirmation');

/** @throws Refusal `capability_unsupported` */
export function consentsOf(provider: Provider, access: readonly AccessKind[]): ConsentPort {
  if (!isForFunds(access)) return accountsOf(provider);
  if (provider.funds && hasConsents(provider.funds)) return provider.funds;
  throw new Refusal('capability_unsupported', 'This route has no consents for confirming funds.');
}

/** @throws Refusal `capability_unsupported` */
export function accountsOf({ accounts }: Provider): AccountInformation {
  if (!accounts) throw new Refusal('capability_unsupported', 'This route has no account information.');
  return accounts;
}

function hasConsents(funds: FundsConfirmation): funds is FundsConfirmation & ConsentPort {
  return 'createConsent' in funds && 'readConsent' in funds && 'revokeConsent' in funds;
}
