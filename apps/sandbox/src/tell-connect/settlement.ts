import { randomUUID } from 'node:crypto';
import { isOver, type Payment } from './payment.js';
import type { Platform } from './platform.js';

/** Amounts that end in a rejection, whoever pays. */
const REJECTED_AMOUNTS: Readonly<Record<string, string>> = { '66.61': 'account_closed', '66.62': 'account_blocked' };

/** Lets a payment go its way by the clock: submitted, accepted (money reserved), pending, settled (money moved). */
export function follow(platform: Platform, payment: Payment): void {
  const stepMs = platform.profile.paymentStepSeconds * 1000;
  const startMs = payment.createdAt.getTime();
  const steps = [accept, (_: Platform, open: Payment) => (open.state = 'pending'), settle];
  steps.forEach((step, index) => {
    platform.schedule.at(startMs + (index + 1) * stepMs, () => {
      if (!isOver(payment)) {
        step(platform, payment);
      }
    });
  });
}

export function reject(payment: Payment, reason: string): void {
  if (payment.state !== 'submitted') {
    payment.debtor.reserved = payment.debtor.reserved.minus(payment.amount);
  }
  payment.state = 'rejected';
  payment.reason = reason;
}

function accept(_platform: Platform, payment: Payment): void {
  const { debtor, amount } = payment;
  const reason = payment.doomed ?? REJECTED_AMOUNTS[amount.toFixed(2)];
  if (reason !== undefined) {
    reject(payment, reason);
  } else if (debtor.booked.minus(debtor.reserved).lt(amount)) {
    reject(payment, 'insufficient_funds');
  } else {
    payment.state = 'accepted';
    debtor.reserved = debtor.reserved.plus(amount);
  }
}

function settle(platform: Platform, payment: Payment): void {
  const { debtor, amount, beneficiary } = payment;
  payment.state = 'settled';
  debtor.reserved = debtor.reserved.minus(amount);
  debtor.booked = debtor.booked.minus(amount);
  debtor.entries.push({
    id: `TX${randomUUID()}`,
    at: platform.now(),
    status: 'Booked',
    amount: amount.neg(),
    code: 'IssuedCreditTransfer',
    subCode: 'CreditTransferDomestic',
    information: payment.reference,
    counterparty: beneficiary,
  });
  platform.ledger.posted(payment, platform.now());
}
