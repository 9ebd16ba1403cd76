import type { BankPermission } from '@tributary/domain';

/** Scopes of Tribe (BANK API v2, "Scopes") as what a PSU grants. None contains another. */
const scopes = {
  accounts: 'accounts',
  'accounts.balances': 'balances',
  'accounts.transactions': 'transactions',
  'payments.single': 'singlePayments',
  'payments.bulk': 'bulkPayments',
  funds_confirmations: 'fundsConfirmation',
} as const satisfies Record<string, BankPermission>;

/** What a scope grants; undefined for a word that is not one of version 2. */
export function permissionOf(scope: string): BankPermission | undefined {
  const found = Object.entries(scopes).find(([word]) => word === scope);
  return found?.[1];
}
