import { ok, type Answer } from '../answer.js';
import { fieldError } from '../api-error.js';
import type { Call } from '../call.js';
import { pageInfo, pageInfoPage } from '../pages.js';
import type { Payment } from './payment.js';
import { paymentView } from './payment-view.js';
import { PAYMENT_STATUSES } from './status.js';

/** GET /v2/payments: the member's payments, newest first. */
export function listPayments(call: Call): Answer {
  const type = call.query('type') ?? 'SINGLE_IMMEDIATE_PAYMENT';
  if (type !== 'SINGLE_IMMEDIATE_PAYMENT' && type !== 'VARIABLE_RECURRING_PAYMENT') {
    throw fieldError('Field.Invalid', 'type', 'must be SINGLE_IMMEDIATE_PAYMENT or VARIABLE_RECURRING_PAYMENT');
  }
  if (call.query('vrpConsentId') !== undefined && type !== 'VARIABLE_RECURRING_PAYMENT') {
    throw fieldError('Field.Invalid', 'vrpConsentId', 'goes with VARIABLE_RECURRING_PAYMENT only');
  }
  const filter = readFilter(call);
  const own = type === 'SINGLE_IMMEDIATE_PAYMENT' ? [...call.hub.payments.values()] : [];
  const found = own.filter((payment) => payment.memberId === call.member.id && filter(payment)).toReversed();
  const page = pageInfoPage(call, found, ({ id }) => id);
  const partial = call.queryBoolean('partial') === true;
  const view = (payment: Payment) =>
    partial ? { id: payment.id, status: payment.shown ?? payment.status } : paymentView(payment);
  return ok({ payments: page.items.map(view), pageInfo: pageInfo(page) });
}

function readFilter(call: Call): (payment: Payment) => boolean {
  const [ids, statuses, refIds] = [call.queryList('ids'), call.queryList('statuses'), call.queryList('refIds')];
  const unknown = statuses.find((status) => !PAYMENT_STATUSES.some((known) => known === status));
  if (unknown !== undefined) {
    throw fieldError('Field.Invalid', 'statuses', `${unknown} is no status`);
  }
  const [invertIds, invertStatuses] = [call.queryBoolean('invertIds'), call.queryBoolean('invertStatuses')];
  const [after, before] = [readInstant(call, 'createdAfter'), readInstant(call, 'createdBefore')];
  const [subTpp, psu] = [call.query('onBehalfOfId'), call.query('externalPsuReference')];
  const refunds = call.queryList('refundStatuses');
  return ({ id, status, order, initiation, createdMs }) =>
    (ids.length === 0 || ids.includes(id) !== (invertIds === true)) &&
    (statuses.length === 0 || statuses.includes(status) !== (invertStatuses === true)) &&
    (refIds.length === 0 || refIds.includes(order.refId)) &&
    (after === undefined || createdMs > after) &&
    (before === undefined || createdMs < before) &&
    (subTpp === undefined || initiation['onBehalfOfId'] === subTpp) &&
    (psu === undefined || initiation['externalPsuReference'] === psu) &&
    (refunds.length === 0 || refunds.includes('NONE'));
}

function readInstant(call: Call, name: string): number | undefined {
  const text = call.query(name);
  const instant = text === undefined ? undefined : Date.parse(text);
  if (instant !== undefined && Number.isNaN(instant)) {
    throw fieldError('Field.InvalidFormat', name, 'must be an instant such as 2030-01-31T12:00:00.000Z');
  }
  return instant;
}
