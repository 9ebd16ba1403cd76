import { BANK_WEBHOOKS } from './vocabulary.js';

/** What a TPP calls. */
export const TPP_OPERATIONS = [
  'accounts.list',
  'accounts.get',
  'balances.list',
  'transactions.list',
  'payments.initiate',
  'payments.get',
  'payments.status',
  'bulk.initiate',
  'bulk.get',
  'bulk.status',
  'direct.initiate',
  'direct.get',
  'direct.status',
  'funds.confirm',
  'banks.list',
] as const;
export type TppOperation = (typeof TPP_OPERATIONS)[number];

/** What a bank calls; the name is the path. */
export const ACTIONS = [
  'init_authorization',
  'consent',
  'token/revoke',
  'daily_performance',
  'payments/status',
] as const;
export type Action = (typeof ACTIONS)[number];

/** All names that faults may match. */
export const OPERATIONS: readonly string[] = [
  ...TPP_OPERATIONS,
  'oauth.authorize',
  'oauth.token',
  ...ACTIONS.map((name) => `actions.${name}`),
  ...BANK_WEBHOOKS.map((name) => `webhooks.${name}`),
];

/** Faults that only a hub can have; the wire faults are in the kit. */
export const HUB_FAULTS = ['spoilWebhook', 'doubleWebhook', 'reject', 'slowSettlement', 'revokeConsent'] as const;
export type HubFault = (typeof HUB_FAULTS)[number];
