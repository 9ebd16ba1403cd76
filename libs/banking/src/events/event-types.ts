/** Everything that an app can be told. New ones may be added. */
export const eventTypes = [
  'account.linked',
  'bank.authorisation.requested',
  'bank.payment.requested',
  'basket.statusChanged',
  'connection.degraded',
  'connection.recovered',
  'consent.expiring',
  'consent.statusChanged',
  'payment.actionRequired',
  'payment.conflict',
  'payment.itemsChanged',
  'payment.stale',
  'payment.statusChanged',
  'transactions.available',
  'webhook.test',
] as const;
export type EventType = (typeof eventTypes)[number];
