import type { Hub } from './hub.js';
import { Refusal } from './refusal.js';
import { withQuery } from './with-query.js';

/**
 * The PSU comes back from the bank: on to the TPP, under the TPP plane's names. Nothing is believed of what the browser
 * carries but the way itself.
 * @throws Refusal when the address belongs to no payment, or names another one.
 */
export function wayToTpp(hub: Hub, query: URLSearchParams): string {
  const payment = hub.callbacks.get(query.get('sid') ?? '');
  if (!payment) {
    throw new Refusal(404, 'RESOURCE_UNKNOWN', 'This address belongs to no payment');
  }
  const [status, bankPaymentId] = [query.get('status') ?? '', query.get('payment_id')];
  if (bankPaymentId !== payment.bankPaymentId || !/^[A-Z]{4}$/.test(status)) {
    throw new Refusal(400, 'PARAMETER_NOT_CONSISTENT', 'status or payment_id is missing, or of another payment');
  }
  const message = query.get('message') ?? undefined;
  return withQuery(payment.redirectUri, { status, paymentId: payment.id, message });
}
