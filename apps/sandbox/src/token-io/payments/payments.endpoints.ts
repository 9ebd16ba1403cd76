import { checkText, type Shape } from '../../kit/shape.js';
import { ok, type Answer } from '../answer.js';
import { ApiError, fieldError, notFound } from '../api-error.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { newId } from '../identifier.js';
import { findBank, objectionOf } from './bank-rules.js';
import { ENDING_NAMES } from './endings.js';
import { readInitiation } from './initiation-request.js';
import type { Payment, PaymentOrder } from './payment.js';
import { cancel, provideValues, startPayment } from './payment-life.js';
import { listPayments } from './payment-list.js';
import { paymentView } from './payment-view.js';
import { redeem } from './redemption.js';
import { isCancellable } from './status.js';

const ONE = '/v2/payments/:paymentId';

/** Payments v2. The last three stand in no specification, but the upstream has them. */
export const paymentEndpoints: readonly Endpoint[] = [
  {
    operation: 'payments.initiate',
    method: 'POST',
    path: '/v2/payments',
    errors: 'coded',
    order: true,
    handle: initiate,
  },
  { operation: 'payments.list', method: 'GET', path: '/v2/payments', errors: 'bare', handle: listPayments },
  { operation: 'payments.get', method: 'GET', path: ONE, errors: 'coded', handle: (call) => show(find(call)) },
  {
    operation: 'payments.embeddedAuth',
    method: 'POST',
    path: `${ONE}/embedded-auth`,
    errors: 'coded',
    handle: embedded,
  },
  { operation: 'payments.redeem', method: 'POST', path: `${ONE}/redeem`, errors: 'coded', handle: redeemNow },
  { operation: 'payments.cancel', method: 'DELETE', path: ONE, errors: 'coded', handle: cancelNow },
];

function initiate(call: Call): Answer {
  const { hub, member } = call;
  const body = call.body();
  const initiation = body.object('initiation');
  if (initiation.has('vrpConsentId')) {
    throw new ApiError(501, 'Variable recurring payments are not simulated');
  }
  const order = readInitiation(call, initiation);
  const accepted = body.has('pispConsentAccepted') ? body.boolean('pispConsentAccepted') : false;
  const bankId = initiation.optionalText('bankId', { max: 100 });
  assertMember(call, initiation, order, accepted, bankId);
  const bank = bankId === undefined ? undefined : findBank(hub, bankId);
  const objection = bank && objectionOf(bank, order);
  if (objection) {
    throw objection;
  }
  const payment: Payment = {
    id: newId('pm2'),
    memberId: member.id,
    initiation: initiation.plain(),
    order,
    bankId,
    status: 'INITIATION_PENDING',
    reason: undefined,
    bankStatus: undefined,
    bankPaymentId: undefined,
    bankTransactionId: undefined,
    errorInfo: undefined,
    authorisation: undefined,
    initialValues: readValues(body, 'initialEmbeddedAuth'),
    link: undefined,
    base: call.base,
    debtor: undefined,
    converted: false,
    createdMs: hub.nowMs(),
    updatedMs: hub.nowMs(),
    ...arrangement(call),
    history: [],
  };
  startPayment(hub, member, payment);
  const seconds = payment.status === 'INITIATION_PENDING' ? (payment.slowSeconds ?? hub.profile.bankAnswerSeconds) : 0;
  return answerLater(call, payment, seconds);
}

/** What faults arrange for this payment. */
function arrangement(call: Call): Pick<Payment, 'ending' | 'shown' | 'slowSeconds'> {
  const outcome = call.fault('outcome')?.status;
  return {
    ending: call.fault('bankDown') ? 'failed' : ENDING_NAMES.find((name) => name === outcome),
    shown: call.fault('show')?.status,
    slowSeconds: call.fault('slowBank')?.seconds,
  };
}

function assertMember(
  { hub, member }: Call,
  initiation: Shape,
  order: PaymentOrder,
  accepted: boolean,
  bankId: string | undefined,
): void {
  if (bankId === undefined && order.flowType !== 'FULL_HOSTED_PAGES') {
    throw fieldError('Field.Expected', 'initiation.bankId', `${order.flowType} needs the bank`);
  }
  if (member.sponsored && !initiation.has('onBehalfOfId')) {
    throw fieldError('Field.Expected', 'initiation.onBehalfOfId', 'name the sub-TPP for whom you act');
  }
  if (!hub.profile.strict) {
    return;
  }
  if (order.flowType === 'API_ONLY' && !accepted) {
    throw fieldError('Field.Invalid', 'pispConsentAccepted', 'must be true when the TPP shows the consent itself');
  }
  if ([...hub.payments.values()].some((one) => one.memberId === member.id && one.order.refId === order.refId)) {
    throw fieldError('Field.NotUnique', 'initiation.refId', 'was used before');
  }
}

function embedded(call: Call): Answer {
  const payment = find(call);
  const values = readValues(call.body(), 'embeddedAuth');
  const step = payment.authorisation?.step;
  if (payment.status !== 'INITIATION_PENDING_EMBEDDED_AUTH' || step === undefined) {
    throw fieldError('Field.Invalid', 'embeddedAuth', `nothing is asked for: the payment is ${payment.status}`);
  }
  return answerLater(call, payment, provideValues(call.hub, payment, values));
}

function redeemNow(call: Call): Answer {
  const payment = find(call);
  const bank = call.hub.banks.get(payment.bankId ?? '');
  if (payment.status !== 'INITIATION_PENDING_REDEMPTION' || !bank) {
    throw fieldError('Field.Invalid', 'paymentId', `cannot be redeemed: the payment is ${payment.status}`);
  }
  return answerLater(call, payment, redeem(call.hub, payment, bank));
}

function cancelNow(call: Call): Answer {
  const payment = find(call);
  if (!isCancellable(payment.status)) {
    throw fieldError('Field.Invalid', 'paymentId', `cannot be cancelled: the payment is ${payment.status}`);
  }
  cancel(call.hub, payment);
  return show(payment);
}

/** The payment of this member. @throws ApiError 404 otherwise. */
function find(call: Call): Payment {
  const payment = call.hub.payments.get(call.param('paymentId'));
  if (!payment || payment.memberId !== call.member.id) {
    throw notFound('payment', call.param('paymentId'));
  }
  return payment;
}

function show(payment: Payment): Answer {
  return ok({ payment: paymentView(payment) });
}

/** Waits for the bank, but not longer than the caller does: then the payment as it is by then. */
function answerLater(call: Call, payment: Payment, seconds: number): Answer {
  const ms = Math.min(seconds * 1000, call.requestTimeoutMs ?? Number.POSITIVE_INFINITY);
  return ms > 0 ? { ...show(payment), wait: { ms, answer: () => show(payment) } } : show(payment);
}

/** A map of field ids to texts. */
function readValues(body: Shape, name: string): Record<string, string> {
  const shape = body.optionalObject(name);
  return Object.fromEntries(
    (shape?.names ?? []).map((field) => [field, checkText(shape?.raw(field), `${name}.${field}`, { max: 200 })]),
  );
}
