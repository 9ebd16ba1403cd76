import { askedFields, challengeOf } from '../authorisation/embedded.js';
import type { Account } from '../customers/customer.js';
import type { Payment } from './payment.js';

/** A payment as the API shows it. */
export function paymentView(payment: Payment): Record<string, unknown> {
  const { order, debtor } = payment;
  return {
    id: payment.id,
    memberId: payment.memberId,
    initiation: payment.initiation,
    status: payment.shown ?? payment.status,
    ...defined({
      statusReasonInformation: payment.reason,
      bankPaymentStatus: payment.bankStatus,
      bankPaymentId: payment.bankPaymentId,
      bankTransactionId: payment.bankTransactionId,
      errorInfo: payment.errorInfo,
      authentication: authenticationOf(payment),
      convertedToFutureDatedPayment: payment.converted || undefined,
      refundDetails: order.returnRefundAccount && debtor ? refundDetails(payment, debtor) : undefined,
    }),
    createdDateTime: new Date(payment.createdMs).toISOString(),
    updatedDateTime: new Date(payment.updatedMs).toISOString(),
  };
}

function authenticationOf({ status, link, authorisation }: Payment): Record<string, unknown> | undefined {
  if (status === 'INITIATION_PENDING_EMBEDDED_AUTH' && authorisation?.step) {
    return {
      ...challengeOf(authorisation),
      fields: askedFields(authorisation.step).map(({ id, kind, displayName, additionalInformation, options }) => ({
        type: { text: 'FIELD', password: 'PASSWORD', choice: 'CHOICE_FIELD' }[kind],
        id,
        displayName,
        ...defined({ additionalInformation, options }),
      })),
      isRetry: authorisation.isRetry,
    };
  }
  const atLink = status === 'INITIATION_PENDING_REDIRECT_AUTH' || status === 'INITIATION_PENDING_REDIRECT_HP';
  return atLink && link !== undefined ? { redirectUrl: link } : undefined;
}

function refundDetails({ order }: Payment, { numbers, customer }: Account): Record<string, unknown> {
  const { sortCode, accountNumber, iban } = numbers;
  const domestic = order.localInstrument === 'FASTER_PAYMENTS' && sortCode && accountNumber;
  return {
    refundAccount: { ...(domestic ? { sortCode, accountNumber } : { iban }), name: customer.fullName },
    paymentRefundStatus: 'NONE',
    settledRefundAmount: { value: '0.00', currency: order.currency },
    remainingRefundAmount: { value: order.amount, currency: order.currency },
  };
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
