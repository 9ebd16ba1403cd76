import { formatMoney, type IsoPaymentStatus, type NextStep, type PaymentState } from '@tributary/domain';
import type {
  ItemStatus,
  Payment,
  StoredBulkOrder,
  StoredItem,
  StoredMoney,
  StoredOrder,
} from '@tributary/persistence';
import type { SubjectAuthorisation } from '../authorisations/authorisations.service.js';
import { authorisationIds, openStep } from '../authorisations/open-step.js';
import { moneyText, type PaymentDisclosureView, viewPaymentDisclosure } from '../disclosure.js';
import { itemOf } from './stored-order.js';

/** What single and bulk payments show alike, in the words of the REST contract. */
interface StandingView extends PaymentDisclosureView {
  readonly id: string;
  readonly institutionId: string;
  readonly status: PaymentState;
  readonly isoStatus: IsoPaymentStatus | null;
  readonly isoReason: string | null;
  readonly final: boolean;
  /** Of a bulk: its control sum. */
  readonly amount: StoredMoney;
  readonly scheme: string | null;
  readonly executionDate: string | null;
  readonly provider: string;
  readonly connectionId: string;
  readonly reference: string | null;
  readonly upstreamStatus: string | null;
  readonly signInBasket: boolean;
  /** The newest one. */
  readonly authorisationId: string | null;
  /** One per signer and try, oldest first. */
  readonly authorisationIds: readonly string[];
  readonly cancellationAuthorisationId: string | null;
  readonly nextStep: NextStep | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A single payment, once or recurring. */
export interface PaymentView extends StandingView {
  readonly kind: 'single';
  readonly creditor: StoredOrder['creditor'];
  readonly debtor: NonNullable<StoredOrder['debtor']> | null;
  readonly endToEndId: string;
  readonly remittance: NonNullable<StoredOrder['remittance']> | null;
  readonly recurrence: NonNullable<StoredOrder['recurrence']> | null;
}

/** A bulk payment. */
export interface BulkPaymentView extends StandingView {
  readonly kind: 'bulk';
  readonly debtor: StoredBulkOrder['debtor'];
  readonly batchBooking: boolean | null;
  readonly itemCount: number;
  /** null in lists. */
  readonly items: readonly BulkItemView[] | null;
}

/** An item of a bulk, and what is known of it. */
export interface BulkItemView {
  readonly amount: StoredMoney;
  readonly creditor: StoredItem['creditor'];
  readonly endToEndId: string;
  readonly remittance: NonNullable<StoredItem['remittance']> | null;
  readonly reference: string | null;
  readonly isoStatus: IsoPaymentStatus | null;
  readonly isoReason: string | null;
  readonly upstreamStatus: string | null;
}

export type AnyPaymentView = PaymentView | BulkPaymentView;

/** @param authorisations all of the payment and of its cancellation, oldest first */
export function viewPayment(payment: Payment, authorisations: readonly SubjectAuthorisation[]): AnyPaymentView {
  const { order } = payment;
  const standing: StandingView = {
    ...viewPaymentDisclosure(payment.disclosure),
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
    scheme: order.scheme ?? null,
    executionDate: order.executionDate ?? null,
    provider: payment.provider,
    connectionId: payment.connectionId,
    reference: payment.reference,
    upstreamStatus: payment.upstreamStatus,
    signInBasket: payment.signInBasket,
    authorisationId: payment.authorisationId,
    authorisationIds: authorisationIds(authorisations, 'payment'),
    cancellationAuthorisationId: payment.cancellationAuthorisationId,
    nextStep: nextStepOf(payment, authorisations),
    createdAt: payment.createdAt.toISOString(),
    updatedAt: payment.updatedAt.toISOString(),
  };
  if (!('itemCount' in order)) {
    const { creditor, debtor = null, endToEndId, remittance = null, recurrence = null } = order;
    return { ...standing, kind: 'single', creditor, debtor, endToEndId, remittance, recurrence };
  }
  const { debtor, batchBooking = null, itemCount } = order;
  return { ...standing, kind: 'bulk', debtor, batchBooking, itemCount, items: itemsOf(payment) };
}

/** Whoever asked to cancel has the PSU do that; else the newest step of the payment itself. */
function nextStepOf(payment: Payment, authorisations: readonly SubjectAuthorisation[]): NextStep | null {
  if (payment.final) return null;
  return openStep(authorisations, 'cancellation') ?? (payment.stepOpen ? openStep(authorisations, 'payment') : null);
}

function itemsOf({ items, itemStatuses, currency }: Payment): readonly BulkItemView[] | null {
  if (!items) return null;
  const statuses = new Map<string, ItemStatus>((itemStatuses ?? []).map((item) => [item.endToEndId, item]));
  return items.map((stored) => {
    const { amount, creditor, endToEndId, remittance = null } = itemOf(stored, currency);
    const status = statuses.get(endToEndId);
    return {
      amount: moneyText(amount),
      creditor,
      endToEndId,
      remittance,
      reference: status?.reference ?? null,
      isoStatus: status?.isoStatus ?? null,
      isoReason: status?.isoReason ?? null,
      upstreamStatus: status?.upstreamStatus ?? null,
    };
  });
}
