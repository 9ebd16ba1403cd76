import type { AccessKind } from '@tributary/domain';

/** What a PSU can grant (TPP API v2, "Scopes"). None contains another. */
export const scopeWords = [
  'accounts',
  'accounts.balances',
  'accounts.transactions',
  'payments.single',
  'payments.bulk',
  'funds_confirmations',
] as const;
export type Scope = (typeof scopeWords)[number];

const scopeOfKind: Partial<Record<AccessKind, Scope>> = {
  accounts: 'accounts',
  balances: 'accounts.balances',
  transactions: 'accounts.transactions',
  fundsConfirmation: 'funds_confirmations',
};

/** Scopes for what an app asks for; accounts have to be listed before anything of them can be read. */
export function scopesFor(access: readonly AccessKind[]): readonly Scope[] {
  const wanted = access.flatMap((kind) => scopeOfKind[kind] ?? []);
  return [...new Set<Scope>([...(access.includes('fundsConfirmation') ? [] : (['accounts'] as const)), ...wanted])];
}

/** What of `access` these scopes grant. */
export function accessWithin(access: readonly AccessKind[], scopes: readonly string[]): readonly AccessKind[] {
  return access.filter((kind) => scopes.includes(scopeOfKind[kind] ?? ''));
}
