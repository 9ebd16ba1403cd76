/**
 * Every queue and what its jobs carry: ids only. The queue is a doorbell, PostgreSQL is the truth: a lost job is rung for
 * again by the sweeper, a doubled one finds nothing left to do.
 */
export interface QueuePayloads {
  /** Payments of one connection are due to be asked about. */
  'payment-status': { readonly connectionId: string };
  /** SCAs of one connection that run without us are due to be asked about. */
  'authorisation-status': { readonly connectionId: string };
  /** Webhooks of one connection wait to be applied. */
  inbox: { readonly connectionId: string };
  /** A hub is to be told what changed at the bank that we are. */
  'bank-reports': { readonly connectionId: string };
  /** Events wait to be sent to an app's endpoint. */
  webhooks: { readonly endpointId: string };
  /** Consents that end, and leftovers. */
  housekeeping: Record<string, never>;
}

export type QueueName = keyof QueuePayloads;
export const queueNames: readonly QueueName[] = [
  'payment-status',
  'authorisation-status',
  'inbox',
  'bank-reports',
  'webhooks',
  'housekeeping',
];
