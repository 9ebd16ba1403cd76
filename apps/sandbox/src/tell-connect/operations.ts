/** Every call, by the name that faults and the ledger use. */
export const OPERATIONS = [
  'auth.create',
  'token.code',
  'token.refresh',
  'accounts.list',
  'accounts.read',
  'balance.read',
  'product.read',
  'beneficiaries.read',
  'transactions.read',
  'standingOrders.read',
  'directDebits.read',
  'scheduledPayments.read',
  'payments.create',
  'payments.read',
] as const;
export type Operation = (typeof OPERATIONS)[number];
