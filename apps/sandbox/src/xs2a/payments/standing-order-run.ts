import type { Bank } from '../bank.js';
import type { StandingOrder } from '../customer.js';
import type { Execution, Payment } from './payment.js';
import { execute, movePayment, rejectPayment, scheduleExecution, settle } from './settlement.js';
import { executionDates } from './standing-order.js';

/** So many days without enough money, one after the other, end a standing order. */
const FAILURES_TO_THE_END = 3;

/**
 * A periodic payment is authorised: it stays ACTC while it runs. Every day of its plan moves money; the last one makes
 * it ACSC. A day without enough money is left out, three in a row end it in RJCT.
 */
export function beginStandingOrder(bank: Bank, payment: Payment): void {
  const { plan } = payment;
  if (!plan || !movePayment(bank, payment, 'ACTC')) {
    return;
  }
  payment.debtor.standingOrders.push(standingOrderOf(payment));
  scheduleNext(bank, payment, executionDates(plan), 0);
}

function scheduleNext(bank: Bank, payment: Payment, dates: Iterator<string>, failures: number): void {
  const next = dates.next();
  if (next.done === true) {
    movePayment(bank, payment, 'ACSC');
    return;
  }
  const date = next.value;
  const startMs = Math.max(bank.now().getTime(), Date.parse(`${date}T00:00:00Z`));
  const execution: Execution = { date, transfers: [] };
  scheduleExecution(bank, payment, startMs, {
    execute: () => {
      if (payment.status === 'ACTC') {
        execution.transfers = payment.transfers.map((transfer) => ({ ...transfer, id: `${payment.id}-${date}` }));
        execute(bank, payment, execution);
        payment.executions.push(execution);
      }
    },
    settle: () => {
      if (payment.status !== 'ACTC') {
        // Cancelled between the two moments: what was sent to execution is booked, nothing follows.
        settle(bank, payment, execution);
        return;
      }
      const failed = settle(bank, payment, execution) ? 0 : failures + 1;
      if (failed >= FAILURES_TO_THE_END) {
        rejectPayment(bank, payment, execution.transfers[0]?.reasonCode ?? 'MS03');
      } else {
        scheduleNext(bank, payment, dates, failed);
      }
    },
  });
}

/** How it looks among the account's standing orders (bookingStatus `information`). */
function standingOrderOf(payment: Payment): StandingOrder {
  const [transfer] = payment.transfers;
  const { plan } = payment;
  if (!transfer || !plan) {
    throw new Error('a periodic payment has a transfer and a plan');
  }
  return {
    id: payment.id,
    amount: transfer.debit.neg(),
    creditorName: transfer.creditorName,
    creditorIban: transfer.creditorIban,
    unstructured: transfer.unstructured,
    startDate: plan.startDate,
    endDate: plan.endDate,
    frequency: plan.frequency,
    executionRule: plan.executionRule,
    dayOfExecution: plan.dayOfExecution === undefined ? undefined : String(plan.dayOfExecution),
    monthsOfExecution: plan.monthsOfExecution?.map(String),
  };
}
