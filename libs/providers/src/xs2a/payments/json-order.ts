import {
  type AnyOrder,
  type BulkItem,
  formatMoney,
  isBulk,
  type PaymentFrequency,
  type Recurrence,
} from '@tributary/domain';
import { wireIdentifier } from '../accounts/access.js';
import type { Xs2aSettings } from '../settings.js';
import type { PaymentProduct } from './products.js';

type Transfer = Pick<BulkItem, 'amount' | 'creditor' | 'endToEndId' | 'remittance'>;

/** Words of the framework for frequencies (1.3.11, schema frequencyCode). */
const frequencies = {
  daily: 'Daily',
  weekly: 'Weekly',
  everyTwoWeeks: 'EveryTwoWeeks',
  monthly: 'Monthly',
  everyTwoMonths: 'EveryTwoMonths',
  quarterly: 'Quarterly',
  semiAnnual: 'SemiAnnual',
  annual: 'Annual',
  monthlyVariable: 'MonthlyVariable',
} as const satisfies Record<PaymentFrequency, string>;

/** The JSON body of a single, recurring or bulk payment (1.3.11, schemas paymentInitiation_json and its two sisters). */
export function jsonOrder(order: AnyOrder, product: PaymentProduct, settings: Xs2aSettings): object {
  const debtor = { debtorAccount: order.debtor?.account && wireIdentifier(order.debtor.account) };
  const debtorName = order.debtor?.name;
  const requestedExecutionDate = order.executionDate;
  if (isBulk(order)) {
    const payments = order.items.map((item) => jsonTransfer(item, product, settings));
    const batchBookingPreferred = order.batchBooking;
    return { batchBookingPreferred, ...debtor, debtorName, requestedExecutionDate, payments };
  }
  const { endToEndIdentification, ...transfer } = jsonTransfer(order, product, settings);
  const rhythm = order.recurrence && standingOrder(order.recurrence);
  return { endToEndIdentification, ...debtor, debtorName, ...transfer, requestedExecutionDate, ...rhythm };
}

function jsonTransfer(
  { amount, creditor, endToEndId, remittance }: Transfer,
  product: PaymentProduct,
  settings: Xs2aSettings,
) {
  const { structured, unstructured } = remittance ?? {};
  return {
    endToEndIdentification: product.endToEndId ? endToEndId : undefined,
    instructedAmount: { currency: amount.currency, amount: formatMoney(amount) },
    creditorAccount: wireIdentifier(creditor.account),
    creditorAgent: creditor.agent?.bic,
    creditorAgentName: creditor.agent?.name,
    creditorName: creditor.name,
    creditorAddress: creditor.address,
    remittanceInformationUnstructured: unstructured,
    remittanceInformationStructured:
      settings.structuredRemittance === 'object' && structured !== undefined ? { reference: structured } : structured,
  };
}

/** When a recurring payment pays; also the second part of one in XML (schema periodicPaymentInitiation_xml-Part2). */
export function standingOrder(recurrence: Recurrence): object {
  const { startDate, endDate, executionRule, frequency, dayOfExecution, monthsOfExecution } = recurrence;
  return {
    startDate,
    endDate,
    executionRule,
    frequency: frequencies[frequency],
    dayOfExecution: dayOfExecution?.toString(),
    monthsOfExecution: monthsOfExecution?.map(String),
  };
}
