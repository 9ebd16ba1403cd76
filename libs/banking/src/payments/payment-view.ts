import { formatMoney, type IsoPaymentStatus, type NextStep, type PaymentState } from '@tributary/domain';
import type { Payment, StoredOrder } from '@tributary/persistence';

/** A payment in the words of the REST contract. */
export interface PaymentView {
  readonly id: string;
  readonly institutionId: string;
  readonly status: PaymentState;
  readonly isoStatus: IsoPaymentStatus | null;
  readonly isoReason: string | null;
  readonly final: boolean;
  readonly amount: { readonly amount: string; readonly currency: string };
  readonly creditor: StoredOrder['creditor'];
  readonly debtor: NonNullable<StoredOrder['debtor']> | null;
  readonly scheme: string | null;
  readonly endToEndId: string;
  readonly remittance: NonNullable<StoredOrder['remittance']> | null;
  readonly executionDate: string | null;
  readonly provider: string;
  readonly connectionId: string;
  readonly reference: string | null;
  readonly upstreamStatus: string | null;
  readonly authorisationId: string | null;
  readonly nextStep: NextStep | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** @param nextStep of the payment's authorisation; shown only while the PSU has something to do */
export function viewPayment(payment: Payment, nextStep: NextStep | null): PaymentView {
  const { order } = payment;
  return {
    id: payment.id,
    institutionId: payment.institutionId,
    status: payment.state,
    isoStatus: payment.isoStatus,
    isoReason: payment.isoReason,
    final: payment.final,
    amount: {
      amount: formatMoney({ minor: payment.amountMinor, currency: payment.currency }),
      currency: payment.currency,
    },
    creditor: order.creditor,
    debtor: order.debtor ?? null,
    scheme: order.scheme ?? null,
    endToEndId: order.endToEndId,
    remittance: order.remittance ?? null,
    executionDate: order.executionDate ?? null,
    provider: payment.provider,
    connectionId: payment.connectionId,
    reference: payment.reference,
    upstreamStatus: payment.upstreamStatus,
    authorisationId: payment.authorisationId,
    nextStep: payment.stepOpen ? nextStep : null,
    createdAt: payment.createdAt.toISOString(),
    updatedAt: payment.updatedAt.toISOString(),
  };
}
