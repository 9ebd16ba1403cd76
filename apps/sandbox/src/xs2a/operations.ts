/** The names by which faults and the ledger know the calls. */
export const OPERATIONS = [
  'consents.create',
  'consents.get',
  'consents.status',
  'consents.delete',
  'consents.authorisations.start',
  'consents.authorisations.list',
  'consents.authorisations.status',
  'consents.authorisations.update',
  'accounts.list',
  'accounts.get',
  'balances.list',
  'transactions.list',
  'transactions.get',
  'payments.initiate',
  'payments.get',
  'payments.status',
  'payments.authorisations.start',
  'payments.authorisations.list',
  'payments.authorisations.status',
  'payments.authorisations.update',
  'funds.confirm',
  'oauth.metadata',
  'oauth.token',
] as const;

export type Operation = (typeof OPERATIONS)[number];
