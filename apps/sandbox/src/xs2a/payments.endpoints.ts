import { randomUUID } from 'node:crypto';
import type { Answer } from './answer.js';
import { grantOf } from './access-token.js';
import { authorisationEndpoints } from './authorisations.endpoints.js';
import type { Call } from './call.js';
import { available } from './customer.js';
import type { Endpoint } from './endpoint.js';
import { assertNoTokenForOAuth, beginSca, readScaContext } from './new-subject.js';
import type { Arrangement, Payment } from './payment.js';
import { JSON_PRODUCTS, readPaymentOrder } from './payment-request.js';
import { assertOwns } from './sca-outcome.js';
import { rejectPayment } from './settlement.js';
import { TppError } from './tpp-error.js';

const PRODUCT = '/v1/:service(^(?:payments|bulk-payments|periodic-payments)$)/:product';
const ONE = `${PRODUCT}/:paymentId`;

/** Payment initiation: `/v1/{payment-service}/{payment-product}`. */
export const paymentEndpoints: readonly Endpoint[] = [
  { operation: 'payments.initiate', method: 'POST', path: PRODUCT, handle: initiate },
  { operation: 'payments.get', method: 'GET', path: ONE, handle: (call) => get(findPayment(call)) },
  { operation: 'payments.status', method: 'GET', path: `${ONE}/status`, handle: (call) => status(findPayment(call)) },
  ...authorisationEndpoints('payments', ONE, findPayment),
];

function initiate(call: Call): Answer {
  assertOffered(call);
  const context = readScaContext(call, 'TOKEN_INVALID');
  assertNoTokenForOAuth(call, context);
  const order = readPaymentOrder(call, call.param('product'));
  const id = randomUUID();
  const payment: Payment = {
    ...context,
    ...order,
    kind: 'payment',
    id,
    path: `/v1/payments/${order.product}/${id}`,
    requestId: call.requestId,
    status: 'RCVD',
    history: [{ status: 'RCVD', at: call.bank.clock.now() }],
    arrangement: arrange(call),
  };
  if (payment.psu) {
    assertOwns(payment, payment.psu);
  }
  register(call, payment);
  const rejected = call.header('TPP-Rejection-NoFunds-Preferred') === 'true' && !hasFunds(payment);
  if (rejected) {
    rejectPayment(call.bank, payment, 'AM04');
  }
  const sca = rejected ? undefined : beginSca(call, payment);
  return {
    status: 201,
    headers: {
      ...(sca ? { 'ASPSP-SCA-Approach': sca.approach } : {}),
      Location: call.links.api(payment.path).href,
    },
    body: {
      transactionStatus: shownStatus(payment),
      paymentId: id,
      ...sca?.data,
      _links: {
        ...sca?.links,
        self: call.links.api(payment.path),
        status: call.links.api(`${payment.path}/status`),
      },
      ...reasonView(payment),
    },
  };
}

/** Keeps the payment; one that nobody authorises in time is rejected. */
function register(call: Call, payment: Payment): void {
  const { bank } = call;
  bank.payments.set(payment.id, payment);
  bank.schedule.at(bank.clock.nowMs() + bank.profile.confirmationSeconds * 1000, () => {
    if (payment.status === 'RCVD') {
      rejectPayment(bank, payment, 'DS0H');
    }
  });
}

function arrange(call: Call): Arrangement {
  return {
    rejection: call.fault('reject') && (call.fault('reject')?.reason ?? 'MS03'),
    extraSeconds: call.fault('slowSettlement') ? (call.fault('slowSettlement')?.seconds ?? 60) : 0,
    forcedStatus: call.fault('transactionStatus')?.status,
  };
}

function get(payment: Payment): Answer {
  return { status: 200, body: { ...payment.wire, transactionStatus: shownStatus(payment), ...reasonView(payment) } };
}

function status(payment: Payment): Answer {
  const open = payment.status === 'RCVD' || payment.status === 'ACTC';
  return {
    status: 200,
    body: {
      transactionStatus: shownStatus(payment),
      ...(open ? { fundsAvailable: hasFunds(payment) } : {}),
      ...reasonView(payment),
    },
  };
}

/** The reason of a rejection: ISO 20022 code and words, for the PSU and for the TPP. */
function reasonView(payment: Payment): Record<string, unknown> {
  if (payment.reason === undefined) {
    return {};
  }
  return {
    psuMessage: `The payment was rejected: ${payment.reason}`,
    tppMessages: [{ category: 'ERROR', code: 'PAYMENT_FAILED', text: payment.reason }],
  };
}

function shownStatus(payment: Payment): string {
  return payment.arrangement.forcedStatus ?? payment.status;
}

function hasFunds(payment: Payment): boolean {
  return available(payment.debtor).gte(payment.amount);
}

function assertOffered(call: Call): void {
  if (call.param('service') !== 'payments') {
    throw new TppError(400, 'PARAMETER_NOT_SUPPORTED', 'This bank offers single payments', 'payment-service');
  }
  if (!JSON_PRODUCTS.some((product) => product === call.param('product'))) {
    throw new TppError(404, 'PRODUCT_UNKNOWN', `Offered are ${JSON_PRODUCTS.join(', ')}`, 'payment-product');
  }
}

/** @throws TppError 404 RESOURCE_UNKNOWN, 405 SERVICE_INVALID, 403 PRODUCT_INVALID. */
function findPayment(call: Call): Payment {
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
  if (grant && grant.customer !== payment.psu) {
    throw new TppError(401, 'TOKEN_INVALID', 'The access token is of another PSU', 'Authorization');
  }
  if (call.fault('transactionStatus')) {
    payment.arrangement.forcedStatus = call.fault('transactionStatus')?.status;
  }
  return payment;
}
