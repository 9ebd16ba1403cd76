import type { Big } from 'big.js';
import type { Account, Payee } from './customer.js';

export const PAYMENT_STATES = ['submitted', 'accepted', 'pending', 'settled', 'rejected'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

export interface Payment {
  id: string;
  consentId: string;
  debtor: Account;
  beneficiary: Payee;
  amount: Big;
  currency: string;
  reference: string;
  state: PaymentState;
  /** Why it was rejected. */
  reason?: string | undefined;
  createdAt: Date;
  /** What is shown in place of `state`, set by a tester. */
  shown?: string | undefined;
  /** Arranged by a fault: it will be rejected for this reason. */
  doomed?: string | undefined;
}

export function isOver({ state }: Payment): boolean {
  return state === 'settled' || state === 'rejected';
}
