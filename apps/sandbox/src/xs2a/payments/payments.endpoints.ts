import { grantOf } from '../access-token.js';
import { authorisationEndpoints } from '../authorisations.endpoints.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { TppError } from '../tpp-error.js';
import { cancelPayment, findCancellation } from './cancellation.js';
import { initiate } from './initiation.js';
import type { Payment } from './payment.js';
import { paymentAnswer, statusAnswer } from './payment-view.js';

const PRODUCT = '/v1/:service(^(?:payments|bulk-payments|periodic-payments)$)/:product';
const ONE = `${PRODUCT}/:paymentId`;

/** Payments: `/v1/{payment-service}/{payment-product}`. */
export const paymentEndpoints: readonly Endpoint[] = [
  { operation: 'payments.initiate', method: 'POST', path: PRODUCT, handle: initiate },
  { operation: 'payments.get', method: 'GET', path: ONE, handle: (call) => paymentAnswer(call, findPayment(call)) },
  {
    operation: 'payments.cancel',
    method: 'DELETE',
    path: ONE,
    handle: (call) => cancelPayment(call, findPayment(call)),
  },
  {
    operation: 'payments.status',
    method: 'GET',
    path: `${ONE}/status`,
    handle: (call) => statusAnswer(call, findPayment(call)),
  },
  ...authorisationEndpoints('payments', `${ONE}/authorisations`, findPayment),
  ...authorisationEndpoints('cancellations', `${ONE}/cancellation-authorisations`, (call) =>
    findCancellation(findPayment(call)),
  ),
];

/** @throws TppError 404 RESOURCE_UNKNOWN, 405 SERVICE_INVALID, 403 PRODUCT_INVALID. */
export function findPayment(call: Call): Payment {
  const payment = call.bank.payments.get(call.param('paymentId'));
  if (!payment || payment.tpp !== call.tpp) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such payment of this TPP', 'paymentId');
  }
  if (payment.service !== call.param('service')) {
    throw new TppError(405, 'SERVICE_INVALID', `The payment belongs to ${payment.service}`, 'payment-service');
  }
  if (payment.product !== call.param('product')) {
    throw new TppError(403, 'PRODUCT_INVALID', `The payment belongs to ${payment.product}`, 'payment-product');
  }
  const grant = grantOf(call);
  if (grant && grant.customer !== payment.psu && !grant.customer?.accounts.includes(payment.debtor)) {
    throw new TppError(401, 'TOKEN_INVALID', 'The access token is of another PSU', 'Authorization');
  }
  if (call.fault('transactionStatus')) {
    payment.arrangement.forcedStatus = call.fault('transactionStatus')?.status;
  }
  return payment;
}
