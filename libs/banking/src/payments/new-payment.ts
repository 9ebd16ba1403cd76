import {
  type BulkItem,
  type BulkOrder,
  formatMoney,
  type PaymentOrder,
  type Recurrence,
  type ScaApproach,
} from '@tributary/domain';
import type { PaymentKind } from '@tributary/persistence';
import type { Capability, Psu } from '@tributary/providers';
import { Refusal, type RefusalDetails } from '../refusal.js';
import { capabilityFor } from './initiation-of.js';

/** A single order as an app gives it: without an end-to-end id of its own, one is made from the payment's id. */
export type NewSingleOrder = Omit<PaymentOrder, 'endToEndId'> & { readonly endToEndId?: string | undefined };
/** A bulk as an app gives it; the same for each of its items. */
export type NewBulkOrder = Omit<BulkOrder, 'items'> & {
  readonly items: readonly (Omit<BulkItem, 'endToEndId'> & { readonly endToEndId?: string | undefined })[];
};

/** What an app asks for in POST /v1/payments and POST /v1/bulk-payments. */
export interface NewPayment {
  readonly institutionId: string;
  readonly provider?: string | undefined;
  readonly psu: Psu;
  readonly order: NewSingleOrder | NewBulkOrder;
  readonly redirectUri: string;
  readonly state?: string | undefined;
  readonly scaPreference?: ScaApproach | undefined;
  readonly consentId?: string | undefined;
  /** To be authorised in a signing basket: no SCA of its own is opened. */
  readonly signInBasket?: boolean | undefined;
}

export function kindOf({ order }: Pick<NewPayment, 'order'>): PaymentKind {
  return 'items' in order ? 'bulk' : 'single';
}

/** What a route must be able to do for it. */
export function capabilitiesFor(request: NewPayment): readonly Capability[] {
  const { order, signInBasket } = request;
  const kind = capabilityFor[kindOf(request)];
  return [
    kind,
    ...('recurrence' in order && order.recurrence ? (['payments.recurring'] as const) : []),
    ...(order.executionDate !== undefined ? ([`${kind}.futureDated`] as const) : []),
    ...(signInBasket ? (['signingBaskets'] as const) : []),
  ];
}

type Fault = NonNullable<RefusalDetails['errors']>[number];

/**
 * Refuses what no bank could carry out, naming the field.
 * @throws Refusal `invalid_request`
 */
export function checkOrder(order: NewPayment['order'], now: Date): void {
  const { executionDate } = order;
  // The day before is today somewhere on earth.
  const earliest = new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10);
  const errors = 'items' in order ? bulkFaults(order) : recurrenceFaults(order.recurrence, executionDate, earliest);
  if (executionDate !== undefined && executionDate < earliest) errors.push(past('/executionDate'));
  if (errors.length === 0) return;
  throw new Refusal('invalid_request', 'Correct the fields named in "errors" and send the request again.', {
    errors: errors.slice(0, 50),
  });
}

function bulkFaults({ items, amount }: NewBulkOrder): Fault[] {
  const errors: Fault[] = [];
  const seen = new Set<string>();
  items.forEach((item, position) => {
    if (item.amount.currency !== amount.currency) {
      const message = `must be ${amount.currency}, the currency of the control sum`;
      errors.push({ pointer: `/items/${position}/amount/currency`, code: 'mixed_currencies', message });
    }
    if (item.endToEndId === undefined) return;
    if (seen.has(item.endToEndId)) {
      const message = 'must differ from those of the other items';
      errors.push({ pointer: `/items/${position}/endToEndId`, code: 'duplicate', message });
    }
    seen.add(item.endToEndId);
  });
  const sum = items.reduce((total, item) => total + item.amount.minor, 0n);
  if (errors.length === 0 && sum !== amount.minor) {
    const message = `must be the sum of the items: ${formatMoney({ minor: sum, currency: amount.currency })}`;
    errors.push({ pointer: '/controlSum/amount', code: 'sum_mismatch', message });
  }
  return errors;
}

function recurrenceFaults(recurrence: Recurrence | undefined, executionDate: string | undefined, earliest: string) {
  const errors: Fault[] = [];
  if (recurrence === undefined) return errors;
  const { frequency, startDate, endDate, monthsOfExecution } = recurrence;
  if (executionDate !== undefined) {
    const message = 'does not go with recurrence: its startDate says when the first payment is due';
    errors.push({ pointer: '/executionDate', code: 'ambiguous', message });
  }
  if (startDate < earliest) errors.push(past('/recurrence/startDate'));
  if (endDate !== undefined && endDate < startDate) {
    errors.push({ pointer: '/recurrence/endDate', code: 'invalid', message: 'must not be before startDate' });
  }
  if ((frequency === 'monthlyVariable') !== (monthsOfExecution !== undefined)) {
    const message = 'goes with the frequency monthlyVariable, which needs it, and with no other';
    errors.push({ pointer: '/recurrence/monthsOfExecution', code: 'invalid', message });
  }
  return errors;
}

const past = (pointer: string): Fault => ({ pointer, code: 'past', message: 'must be today or later' });

/** The order with an end-to-end id for each transfer; ours are made of the payment's id, so that they never repeat. */
export function named(order: NewPayment['order'], paymentId: string): PaymentOrder | BulkOrder {
  const own = paymentId.slice(paymentId.indexOf('_') + 1);
  if (!('items' in order)) return { ...order, ...endToEndId(order.endToEndId, own) };
  const items = order.items.map((item, position) => ({
    ...item,
    ...endToEndId(item.endToEndId, `${own}-${position + 1}`),
  }));
  return { ...order, items };
}

function endToEndId(given: string | undefined, ours: string): Pick<BulkItem, 'endToEndId' | 'endToEndIdIsOurs'> {
  return given === undefined ? { endToEndId: ours, endToEndIdIsOurs: true } : { endToEndId: given };
}
