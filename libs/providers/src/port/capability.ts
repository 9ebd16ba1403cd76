import type { AccessKind } from '@tributary/domain';

/** Names of what a provider can do, as the REST contract shows them. */
export type Capability =
  | AccessKind
  | 'transactions.details'
  | 'directDebits'
  | 'scheduledPayments'
  | 'payments'
  | 'payments.recurring'
  | 'payments.futureDated'
  | 'payments.cancel'
  | 'bulkPayments'
  | 'bulkPayments.futureDated'
  | 'bulkPayments.cancel'
  | 'signingBaskets'
  | 'fundsConfirmation.consent'
  | 'webhooks';
