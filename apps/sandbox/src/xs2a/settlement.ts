import type { Bank } from './bank.js';
import { available, type Transaction } from './customer.js';
import { FINAL_STATUSES, type Payment, type TransactionStatus } from './payment.js';
import { REJECTED_AMOUNTS, reasonText } from './rejection-rules.js';

/** Changes the status unless a final one was reached; the history keeps every step. */
export function movePayment(bank: Bank, payment: Payment, status: TransactionStatus, reasonCode?: string): boolean {
  if (FINAL_STATUSES.includes(payment.status) || payment.status === status) {
    return false;
  }
  payment.status = status;
  payment.reason = reasonCode === undefined ? undefined : reasonText(reasonCode);
  payment.history.push({ status, at: bank.now() });
  return true;
}

/**
 * The payment is authorised: ACTC now, ACSP when it is sent to execution, ACSC when it is booked. Instant payments
 * settle with ACSP; a payment with a requested execution date waits for that day.
 */
export function beginSettlement(bank: Bank, payment: Payment): void {
  if (!movePayment(bank, payment, 'ACTC')) {
    return;
  }
  const { acspAfterSeconds, acscAfterSeconds } = bank.profile;
  const extra = payment.arrangement.extraSeconds;
  const executionDay = Date.parse(`${payment.requestedExecutionDate ?? bank.today()}T00:00:00Z`);
  const start = Math.max(bank.clock.nowMs(), executionDay);
  const acspAt = start + (acspAfterSeconds + extra) * 1000;
  const instant = payment.product.startsWith('instant-');
  const acscAt = instant ? acspAt : Math.max(acspAt, start + (acscAfterSeconds + 2 * extra) * 1000);
  bank.schedule.at(acspAt, () => execute(bank, payment));
  bank.schedule.at(acscAt, () => settle(bank, payment));
}

/** Ends an open payment with a reason. */
export function rejectPayment(bank: Bank, payment: Payment, reasonCode: string): void {
  const wasExecuting = payment.status === 'ACSP';
  if (movePayment(bank, payment, 'RJCT', reasonCode) && wasExecuting) {
    release(payment);
  }
}

function execute(bank: Bank, payment: Payment): void {
  if (payment.status !== 'ACTC') {
    return;
  }
  const rejection = payment.arrangement.rejection ?? REJECTED_AMOUNTS[payment.amount.toFixed(2)];
  if (rejection !== undefined) {
    rejectPayment(bank, payment, rejection);
  } else if (payment.debtor.status !== 'enabled') {
    rejectPayment(bank, payment, 'AC06');
  } else if (available(payment.debtor).lt(payment.amount)) {
    rejectPayment(bank, payment, 'AM04');
  } else {
    movePayment(bank, payment, 'ACSP');
    payment.debtor.reserved = payment.debtor.reserved.plus(payment.amount);
    payment.debtor.pending.push(entryOf(payment, payment.amount.neg(), bank.today()));
  }
}

/** Books the payment once: the debtor's account and, if the creditor has an account here, that one too. */
function settle(bank: Bank, payment: Payment): void {
  if (payment.status !== 'ACSP') {
    return;
  }
  release(payment);
  movePayment(bank, payment, 'ACSC');
  const today = bank.today();
  bank.book(payment.debtor, { ...entryOf(payment, payment.amount.neg(), today), bookingDate: today });
  bank.ledger.posted(payment, bank.now());
  const creditor = payment.creditorIban === undefined ? undefined : bank.customers.account(payment.creditorIban);
  if (creditor && creditor.currency === payment.currency) {
    bank.book(creditor, {
      ...entryOf(payment, payment.amount, today),
      id: `C-${payment.id}`,
      bookingDate: today,
      counterpartyName: payment.debtor.customer.fullName,
      counterpartyIban: payment.debtor.iban,
      bankTransactionCode: 'PMNT-RCDT-ESCT',
    });
  }
}

function release(payment: Payment): void {
  payment.debtor.reserved = payment.debtor.reserved.minus(payment.amount);
  payment.debtor.pending = payment.debtor.pending.filter((entry) => entry.id !== payment.id);
}

function entryOf(payment: Payment, amount: Transaction['amount'], valueDate: string): Transaction {
  const { creditorIban, endToEndIdentification, unstructured, structured } = payment;
  return {
    id: payment.id,
    entryReference: payment.id.replaceAll('-', '').slice(0, 20),
    valueDate,
    amount,
    currency: payment.currency,
    counterpartyName: payment.creditorName,
    ...(creditorIban === undefined ? {} : { counterpartyIban: creditorIban }),
    ...(endToEndIdentification === undefined ? {} : { endToEndId: endToEndIdentification }),
    ...(unstructured === undefined ? {} : { unstructured }),
    ...(structured === undefined ? {} : { structured }),
    bankTransactionCode: payment.product.startsWith('instant-') ? 'PMNT-IRCT-ESCT' : 'PMNT-ICDT-ESCT',
  };
}
