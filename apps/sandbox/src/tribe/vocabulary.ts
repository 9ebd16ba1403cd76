/** Scopes (BANK API, appendix "Scopes"). No scope implies another one. */
export const SCOPES = [
  'accounts',
  'accounts.balances',
  'accounts.transactions',
  'payments.single',
  'payments.bulk',
  'funds_confirmations',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Payment schemes (BANK API, appendix "Payment schemes"). */
export const SCHEMES = ['FPS', 'BACS', 'CHAPS', 'SCT', 'SCTI', 'SWIFT'] as const;
export type Scheme = (typeof SCHEMES)[number];

export const BALANCE_TYPES = [
  'openingBooked',
  'interimAvailable',
  'interimBooked',
  'forwardAvailable',
  'nonInvoiced',
] as const;

/** Webhooks that the hub sends to a bank; the path is the name. */
export const BANK_WEBHOOKS = [
  'v2_accounts',
  'v2_account',
  'v2_account_balances',
  'v2_account_transactions',
  'v2_payment_single',
  'v2_payment_single_status',
  'v2_payment_bulk',
  'v2_payment_bulk_status',
  'v2_payment_direct_single',
  'v2_funds_confirmations',
] as const;
export type BankWebhook = (typeof BANK_WEBHOOKS)[number];

/** Any version of RFC 4122, either case. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isScope(text: unknown): text is Scope {
  return SCOPES.some((scope) => scope === text);
}

export function isScheme(text: unknown): text is Scheme {
  return SCHEMES.some((scheme) => scheme === text);
}
