import type { Json } from './answer.js';
import type { Hub } from './hub.js';
import { amountOf, type Payment } from './payment.js';
import { isOver, isRanked, isUnconfirmed, mayMove, type Status } from './statuses.js';

/** What became of a status that a bank reported. */
export type StatusReport = 'moved' | 'same' | 'illegal';

/** Takes a status from the bank; the TPP is told of every change. */
export function reportStatus(hub: Hub, payment: Payment, status: Status): StatusReport {
  if (payment.status === status) {
    return 'same';
  }
  if (hub.settings.illegalStatus !== 'taken' && !mayMove(payment.status, status, payment.kind, payment.held)) {
    return 'illegal';
  }
  const late = payment.linkEndsAt <= hub.now() && isUnconfirmed(payment.status);
  if (late && (status === 'RJCT' || status === 'CANC')) {
    expireLink(hub, payment);
  }
  setStatus(hub, payment, status);
  return 'moved';
}

function setStatus(hub: Hub, payment: Payment, status: Status): void {
  payment.status = status;
  payment.held = isRanked(status) ? status : payment.held;
  payment.history.push({ status, at: hub.now() });
  hub.outbox.add(payment.tpp, 'v2_payment_status', {
    paymentId: payment.id,
    paymentStatus: status,
    ...accountTransaction(hub, payment, status),
  });
}

/** Ends a payment for which no bank was chosen; nobody else can. */
export function abandon(hub: Hub, payment: Payment): void {
  setStatus(hub, payment, hub.settings.expiredStatus);
}

/** Tells the TPP once that the PSU can no longer confirm. */
export function expireLink(hub: Hub, payment: Payment): void {
  if (!payment.linkExpired) {
    payment.linkExpired = true;
    hub.outbox.add(payment.tpp, 'v2_payment_confirmation_link_expire', { paymentId: payment.id });
  }
}

/** The end of the link's life, unless the PSU was there. The bank itself reports the status that follows. */
export function watchLink(hub: Hub, payment: Payment): void {
  hub.schedule.at(payment.linkEndsAt.getTime(), () => {
    if (isOver(payment.status) || !isUnconfirmed(payment.status)) {
      return;
    }
    expireLink(hub, payment);
    if (!payment.bank) {
      abandon(hub, payment);
    }
  });
}

/** The entry on the account, when the payment is through; its two dates stand inside the amount here. */
function accountTransaction(hub: Hub, payment: Payment, status: Status): Json {
  if (hub.settings.accountTransaction === 'never' || status !== 'ACSC' || payment.kind === 'bulk') {
    return {};
  }
  const { creditorName, creditorAccount, debtorName, debtorAccount, ...content } = payment.content;
  const { remittanceInformationUnstructured, remittanceInformationStructured } = content;
  const date = hub.now().toISOString().slice(0, 10);
  const entry = {
    creditorName,
    creditorAccount,
    debtorName,
    debtorAccount,
    remittanceInformationUnstructured,
    remittanceInformationStructured,
  };
  const transactionAmount = { ...amountOf(payment.content), valueDate: date, bookingDate: date };
  return { accountTransaction: { ...entry, transactionAmount } };
}
