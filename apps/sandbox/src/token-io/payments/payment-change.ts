import type { Hub } from '../hub.js';
import type { Payment } from './payment.js';
import { paymentView } from './payment-view.js';
import type { PaymentStatus } from './status.js';

type Change = Partial<Pick<Payment, 'reason' | 'bankStatus' | 'bankPaymentId' | 'bankTransactionId' | 'errorInfo'>>;

/** Writes a new status or a new word of the bank, and tells the member. The creation is told too. */
export function changePayment(hub: Hub, payment: Payment, status: PaymentStatus, change: Change = {}): void {
  Object.assign(payment, change, { status, updatedMs: hub.nowMs() });
  payment.history.push({ at: hub.now(), status, bankStatus: payment.bankStatus });
  tellPayment(hub, payment);
}

/** The event: what changed, not the whole payment. */
export function tellPayment(hub: Hub, payment: Payment): void {
  const member = hub.members.get(payment.memberId);
  const { id, memberId, initiation, bankPaymentId, status, bankPaymentStatus, statusReasonInformation, refundDetails } =
    paymentView(payment);
  if (member) {
    hub.courier.emit(member, 'PAYMENT_STATUS_CHANGED', {
      eventType: 'PAYMENT_STATUS_CHANGED',
      payment: {
        id,
        memberId,
        initiation,
        bankPaymentId,
        status,
        bankPaymentStatus,
        statusReasonInformation,
        refundDetails,
      },
    });
  }
}
