import type { Bank } from '../bank.js';
import { TppError } from '../tpp-error.js';
import { UNAUTHORISED_STATUSES, WAITING_STATUSES, type Cancellation, type Payment } from './payment.js';
import { movePayment } from './settlement.js';

/** @throws TppError 405 CANCELLATION_INVALID. */
export function assertCancellable(bank: Bank, payment: Payment): void {
  const open = [...UNAUTHORISED_STATUSES, ...WAITING_STATUSES].includes(payment.status);
  if (!open || bank.profile.cancellation === 'refused') {
    const why = open ? 'This bank does not cancel payments' : `The payment is ${payment.status}: it is too late`;
    throw new TppError(405, 'CANCELLATION_INVALID', why);
  }
}

/** The SCA of the cancellation ended well; a payment that was executed in the meantime stays executed. */
export function finishCancellation(bank: Bank, cancellation: Cancellation): void {
  const { payment } = cancellation;
  if (cancellation.status === 'done') {
    return;
  }
  cancellation.status = WAITING_STATUSES.includes(payment.status) ? 'done' : 'refused';
  if (cancellation.status === 'done') {
    movePayment(bank, payment, 'CANC');
  }
}
