import { randomUUID } from 'node:crypto';
import { Big } from 'big.js';
import { amountText } from '../money.js';
import { isOver, type Status } from '../statuses.js';
import type { BuiltInBank } from './bank.js';
import { availableOn, type Account } from './customer.js';
import type { BankPayment } from './payment.js';
import type { Transfer } from './read-order.js';

/** Amounts with an end of their own, so that every end can be had without a fault. */
export const ODD_AMOUNTS = {
  declined: '66.61',
  rejectedLater: '66.62',
  pending: '66.63',
  credited: '66.64',
} as const;

const PENDING_SECONDS = 60;

/** Sets a status and reports it to the hub: every change, as the Action wants. */
export function moveTo(bank: BuiltInBank, payment: BankPayment, status: Status): void {
  payment.status = status;
  bank.call('payments/status', { paymentId: payment.id, paymentStatus: status });
}

/** The PSU said yes: from here on the clock moves it. */
export function confirm(bank: BuiltInBank, payment: BankPayment, debtor: Account): void {
  const { hub } = bank;
  payment.debtor = debtor;
  const reason = payment.fate.reject ?? (isOdd(payment, 'declined') ? 'The bank declined the payment' : undefined);
  if (reason !== undefined || payment.order.total.gt(availableOn(debtor))) {
    payment.message = reason ?? 'Not enough funds on the account';
    moveTo(bank, payment, 'RJCT');
    return;
  }
  if (isOdd(payment, 'pending')) {
    moveTo(bank, payment, 'PDNG');
    hub.after(PENDING_SECONDS, () => execute(bank, payment));
    return;
  }
  const instant = payment.order.scheme === 'SCTI' || payment.order.scheme === 'FPS';
  if (instant) {
    execute(bank, payment);
  } else {
    moveTo(bank, payment, 'ACCP');
    hub.after(1 + (payment.fate.slowSeconds ?? 0), () => execute(bank, payment));
  }
}

export function refuse(bank: BuiltInBank, payment: BankPayment): void {
  payment.message = 'The PSU refused the payment';
  moveTo(bank, payment, 'CANC');
}

function execute(bank: BuiltInBank, payment: BankPayment): void {
  if (isOver(payment.status)) {
    return;
  }
  moveTo(bank, payment, 'ACSP');
  bank.hub.after(2 + (payment.fate.slowSeconds ?? 0), () => settle(bank, payment));
}

/** Money moves here, transfer by transfer; some of a bulk may fail. */
function settle(bank: BuiltInBank, payment: BankPayment): void {
  const { debtor, order } = payment;
  if (isOver(payment.status) || !debtor) {
    return;
  }
  const bulk = payment.kind === 'bulk';
  const failing: readonly string[] = bulk
    ? [ODD_AMOUNTS.declined, ODD_AMOUNTS.rejectedLater]
    : [ODD_AMOUNTS.rejectedLater];
  const passed = order.transfers.filter(
    (transfer) => !failing.includes(transfer.amount.toFixed(2)) && post(bank, payment, debtor, transfer),
  );
  if (passed.length === 0) {
    payment.message = 'The payment was rejected';
    moveTo(bank, payment, 'RJCT');
  } else if (passed.length < order.transfers.length) {
    moveTo(bank, payment, 'PART');
  } else {
    moveTo(bank, payment, 'ACSC');
    if (isOdd(payment, 'credited')) {
      bank.hub.after(1, () => moveTo(bank, payment, 'ACCC'));
    }
  }
}

function post(bank: BuiltInBank, payment: BankPayment, debtor: Account, transfer: Transfer): boolean {
  const { amount, currency, creditor, creditorName, reference } = transfer;
  if (amount.gt(availableOn(debtor))) {
    return false;
  }
  const date = bank.hub.now().toISOString().slice(0, 10);
  const to = creditor.iban ?? creditor.bban ?? `${creditor.sortCode} ${creditor.accountNumber}`;
  debtor.booked = debtor.booked.minus(amount);
  debtor.entries.push({
    id: randomUUID(),
    amount: new Big(0).minus(amount),
    counterparty: creditorName,
    counterpartyIban: creditor.iban,
    reference: reference ?? '',
    structured: undefined,
    bookingDate: date,
    valueDate: date,
  });
  bank.hub.ledger.postings.push({
    at: bank.hub.now(),
    paymentId: payment.id,
    debtorAccount: debtor.id,
    creditor: to,
    creditorName,
    reference,
    amount: amountText(amount, currency),
    currency,
  });
  return true;
}

function isOdd({ kind, order }: BankPayment, name: keyof typeof ODD_AMOUNTS): boolean {
  return kind !== 'bulk' && order.total.toFixed(2) === ODD_AMOUNTS[name];
}
