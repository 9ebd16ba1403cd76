import type { Authorisation } from '../authorisation/authorisation.js';
import type { Bank } from '../banks/bank.js';
import { hasFunds } from '../execution.js';
import type { Hub } from '../hub.js';
import type { Payment } from './payment.js';
import { changePayment } from './payment-change.js';
import { submit } from './submission.js';

/** Authorised: at a one-step bank that is all; elsewhere the payment waits to be redeemed. */
export function authorised(hub: Hub, payment: Payment, { bank, member, accounts }: Authorisation): void {
  payment.debtor = accounts[0];
  const { order, debtor } = payment;
  if (order.confirmFunds && debtor && !hasFunds(debtor, order.amount)) {
    changePayment(hub, payment, 'INITIATION_REJECTED_INSUFFICIENT_FUNDS', {
      reason: 'Insufficient funds',
      bankStatus: bank.words.rejected,
    });
  } else if (bank.capabilities.requiresOneStepPayment) {
    submit(hub, payment, bank);
  } else {
    changePayment(hub, payment, 'INITIATION_PENDING_REDEMPTION', { bankStatus: 'ACTC' });
    if (member.autoRedeem) {
      redeem(hub, payment, bank);
    }
  }
}

/** Submits what was authorised. @returns the seconds until the bank answers. */
export function redeem(hub: Hub, payment: Payment, bank: Bank): number {
  changePayment(hub, payment, 'INITIATION_PENDING_REDEMPTION_VERIFICATION');
  const wait = payment.slowSeconds ?? hub.profile.bankAnswerSeconds;
  hub.soon(wait, () => {
    if (payment.status === 'INITIATION_PENDING_REDEMPTION_VERIFICATION') {
      submit(hub, payment, bank);
    }
  });
  return wait;
}
