import type { Bank } from '../bank.js';
import { available } from '../customer.js';
import { REJECTED_AMOUNTS, reasonText } from './rejection-rules.js';
import {
  WAITING_STATUSES,
  isInstant,
  isOver,
  totalOf,
  type ExecutedTransfer,
  type Execution,
  type Payment,
  type TransactionStatus,
} from './payment.js';
import { bookExecution, pendingEntry } from './booking.js';

/** Changes the status unless the payment is over; the history keeps every step. */
export function movePayment(bank: Bank, payment: Payment, status: TransactionStatus, reasonCode?: string): boolean {
  if (isOver(payment) || payment.status === status) {
    return false;
  }
  payment.status = status;
  payment.reason = reasonCode === undefined ? undefined : reasonText(reasonCode);
  payment.history.push({ status, at: bank.now() });
  if (isOver(payment)) {
    payment.debtor.standingOrders = payment.debtor.standingOrders.filter(({ id }) => id !== payment.id);
  }
  return true;
}

/**
 * A single or bulk payment is authorised: ACTC now, ACSP when it is sent to execution, ACSC when it is booked. Instant
 * payments settle with ACSP; a payment with a requested execution date waits for that day.
 */
export function beginSettlement(bank: Bank, payment: Payment): void {
  const startMs = Math.max(bank.now().getTime(), earliestMs(bank, payment));
  const waits = startMs > bank.now().getTime();
  const [execution] = payment.executions;
  if (!execution || !movePayment(bank, payment, waits ? bank.profile.waitingStatus : 'ACTC')) {
    return;
  }
  scheduleExecution(bank, payment, startMs, {
    execute: () => {
      if (WAITING_STATUSES.includes(payment.status)) {
        execute(bank, payment, execution);
        showExecution(bank, payment, execution);
      }
    },
    settle: () => {
      if (settle(bank, payment, execution)) {
        movePayment(bank, payment, 'ACSC');
      }
    },
  });
}

/** Puts the two moments of an execution into the schedule. */
export function scheduleExecution(
  bank: Bank,
  payment: Payment,
  startMs: number,
  moments: { execute: () => void; settle: () => void },
): void {
  const { acspAfterSeconds, acscAfterSeconds } = bank.profile;
  const extra = payment.arrangement.extraSeconds;
  const acspAt = startMs + (acspAfterSeconds + extra) * 1000;
  const acscAt = isInstant(payment) ? acspAt : Math.max(acspAt, startMs + (acscAfterSeconds + 2 * extra) * 1000);
  bank.schedule.at(acspAt, moments.execute);
  bank.schedule.at(acscAt, moments.settle);
}

/** Ends an open payment with a reason; what was reserved for it is free again. */
export function rejectPayment(bank: Bank, payment: Payment, reasonCode: string): void {
  if (movePayment(bank, payment, 'RJCT', reasonCode)) {
    dropReservations(payment, reasonCode);
  }
}

/** Takes back what an execution reserved and has not booked. */
export function dropReservations(payment: Payment, reasonCode: string): void {
  for (const transfer of payment.executions.flatMap(({ transfers }) => transfers)) {
    if (transfer.status === 'ACSP') {
      release(payment, transfer);
    }
    if (transfer.status === 'ACSP' || transfer.status === undefined) {
      transfer.status = 'RJCT';
      transfer.reasonCode = reasonCode;
    }
  }
}

/** Each transfer on its own, in the given order: money is reserved for it, or it is rejected. */
export function execute(bank: Bank, payment: Payment, execution: Execution): void {
  execution.date = bank.today();
  for (const transfer of execution.transfers) {
    transfer.reasonCode = rejectionOf(payment, transfer);
    transfer.status = transfer.reasonCode === undefined ? 'ACSP' : 'RJCT';
    if (transfer.status === 'ACSP') {
      payment.debtor.reserved = payment.debtor.reserved.plus(totalOf(transfer));
      payment.debtor.pending.push(pendingEntry(payment, transfer, bank.today()));
    }
  }
}

/** Books what was accepted, once. False when nothing was there to book or a part was rejected. */
export function settle(bank: Bank, payment: Payment, execution: Execution): boolean {
  const accepted = execution.transfers.filter(({ status }) => status === 'ACSP');
  for (const transfer of accepted) {
    release(payment, transfer);
    transfer.status = 'ACSC';
    bank.ledger.posted(payment, transfer, bank.now());
  }
  bookExecution(bank, payment, accepted);
  return accepted.length > 0 && accepted.length === execution.transfers.length;
}

/** The status of the whole payment after its transfers were accepted or rejected. */
function showExecution(bank: Bank, payment: Payment, { transfers }: Execution): void {
  const rejected = transfers.filter(({ status }) => status === 'RJCT');
  if (rejected.length === transfers.length) {
    movePayment(bank, payment, 'RJCT', rejected[0]?.reasonCode);
  } else {
    movePayment(bank, payment, rejected.length > 0 ? 'PART' : 'ACSP');
  }
}

function rejectionOf(payment: Payment, transfer: ExecutedTransfer): string | undefined {
  const { debtor, arrangement } = payment;
  const arranged = arrangement.rejection ?? REJECTED_AMOUNTS[transfer.amount.toFixed(2)];
  if (arranged !== undefined) {
    return arranged;
  }
  if (debtor.status !== 'enabled') {
    return 'AC06';
  }
  return available(debtor).lt(totalOf(transfer)) ? 'AM04' : undefined;
}

function release(payment: Payment, transfer: ExecutedTransfer): void {
  payment.debtor.reserved = payment.debtor.reserved.minus(totalOf(transfer));
  payment.debtor.pending = payment.debtor.pending.filter((entry) => entry.id !== transfer.id);
}

/** The instant before which the payment must wait. */
function earliestMs(bank: Bank, payment: Payment): number {
  const day = Date.parse(`${payment.requestedExecutionDate ?? bank.today()}T00:00:00Z`);
  return payment.requestedExecutionTime?.getTime() ?? day;
}
