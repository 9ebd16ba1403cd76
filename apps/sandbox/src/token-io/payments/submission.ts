import type { Bank } from '../banks/bank.js';
import { execute, hasFunds } from '../execution.js';
import type { Hub } from '../hub.js';
import { newSecret } from '../identifier.js';
import { ENDINGS, chooseEnding, wordOf, type Ending, type EndingName } from './endings.js';
import type { Payment } from './payment.js';
import { changePayment } from './payment-change.js';

const DAY_SECONDS = 86_400;

/** Hands an authorised payment to the bank and lets it come to its end by the clock. */
export function submit(hub: Hub, payment: Payment, bank: Bank): void {
  changePayment(hub, payment, 'INITIATION_PROCESSING', {
    bankStatus: 'PDNG',
    bankPaymentId: payment.bankPaymentId ?? newSecret(9),
  });
  const wait = payment.slowSeconds ?? hub.profile.executionSeconds;
  hub.after(wait, () => {
    if (payment.status === 'INITIATION_PROCESSING') {
      end(hub, payment, bank);
    }
  });
}

/** The bank's word on the order. */
function end(hub: Hub, payment: Payment, bank: Bank): void {
  const { order, debtor, ending: arranged } = payment;
  const funded = debtor !== undefined && hasFunds(debtor, order.amount);
  const name = chooseEnding({ amount: order.amount, arranged, scenarios: bank.scenarios, funded });
  const ending: Ending = ENDINGS[name];
  const waits = payment.order.executionDate !== undefined && ending.executes;
  if (ending.executes && !waits) {
    moveMoney(hub, payment);
  }
  const word = wordOf(ending, bank.words, payment.bankStatus);
  changePayment(hub, payment, ending.payment, {
    reason: ending.reason,
    bankStatus: payment.converted && ending.executes ? 'ACWC' : word,
    ...(name === 'failed' ? { errorInfo: unreachable() } : {}),
  });
  if (ending.later) {
    giveUpLater(hub, payment, ending.later);
  }
  if (waits && payment.order.executionDate !== undefined) {
    const day = Date.parse(`${payment.order.executionDate}T06:00:00Z`);
    hub.schedule.at(Math.max(day, hub.nowMs()), () => {
      moveMoney(hub, payment);
      settle(hub, payment, bank, name);
    });
  } else if (ending.payment === 'INITIATION_COMPLETED') {
    hub.after(hub.profile.settlementSeconds, () => settle(hub, payment, bank, name));
  }
}

export function unreachable(): NonNullable<Payment['errorInfo']> {
  return { httpErrorCode: 503, message: 'UNAVAILABLE: HTTP connection failed', tokenExternalError: true };
}

function giveUpLater(hub: Hub, payment: Payment, later: NonNullable<Ending['later']>): void {
  hub.after(later.afterSeconds, () => {
    if (payment.status === 'INITIATION_PROCESSING') {
      changePayment(hub, payment, later.payment, { reason: 'The bank gave no final status' });
    }
  });
}

/** After the completion: the bank's last word, and for a settlement account whether the money arrived there. */
function settle(hub: Hub, payment: Payment, bank: Bank, name: EndingName): void {
  const word = ENDINGS[name].word === 'settled' ? bank.words.settled : payment.bankStatus;
  if (payment.order.settlementAccountId === undefined) {
    if (word !== payment.bankStatus) {
      changePayment(hub, payment, payment.status, { bankStatus: word });
    }
    return;
  }
  changePayment(hub, payment, 'SETTLEMENT_IN_PROGRESS', { bankStatus: word });
  const instant = payment.order.localInstrument !== 'SEPA';
  const matched = name !== 'unmatched';
  hub.after(matched ? hub.profile.settlementSeconds : (instant ? 1 : 15) * DAY_SECONDS, () =>
    changePayment(hub, payment, matched ? 'SETTLEMENT_COMPLETED' : 'SETTLEMENT_INCOMPLETE'),
  );
}

function moveMoney(hub: Hub, payment: Payment): void {
  const { order, debtor, id } = payment;
  if (!debtor) {
    return;
  }
  payment.bankTransactionId = execute(hub, debtor, {
    kind: 'payment',
    resourceId: id,
    refId: order.refId,
    amount: order.amount,
    currency: order.currency,
    creditorName: order.creditorName ?? 'Settlement account',
    creditorAccount: order.creditorAccount,
    remittance: order.remittance,
  });
}
