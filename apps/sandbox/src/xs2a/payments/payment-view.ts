import type { Answer } from '../answer.js';
import { chooseType } from '../accept.js';
import type { Call } from '../call.js';
import { available } from '../customer.js';
import { multipartOf } from './multipart.js';
import { reasonMessages, type TppNotice } from './notices.js';
import { painStatus } from './pain-status.js';
import { UNAUTHORISED_STATUSES, WAITING_STATUSES, isOver, totalOf, type Payment } from './payment.js';

/** The initiation as it came, with the status where the format has a place for it. */
export function paymentAnswer(call: Call, payment: Payment): Answer {
  const { wire } = payment;
  if (wire.format === 'json') {
    return {
      status: 200,
      body: { ...jsonBody(payment), transactionStatus: shownStatus(payment), ...reasonMessages(payment) },
    };
  }
  chooseType(call, ['application/xml', 'multipart/form-data']);
  if (wire.standingOrder === undefined) {
    return { status: 200, headers: { 'Content-Type': 'application/xml; charset=utf-8' }, body: wire.text };
  }
  const { type, body } = multipartOf([
    { name: 'xml_sct', type: 'application/xml', text: wire.text },
    { name: 'json_standingorderType', type: 'application/json', text: JSON.stringify(wire.standingOrder) },
  ]);
  return { status: 200, headers: { 'Content-Type': type }, body };
}

/** The transaction status: pain.002 for the XML products, unless the TPP asks for JSON. */
export function statusAnswer(call: Call, payment: Payment): Answer {
  if (
    payment.wire.format === 'xml' &&
    chooseType(call, ['application/xml', 'application/json']) === 'application/xml'
  ) {
    return {
      status: 200,
      headers: { 'Content-Type': 'application/xml; charset=utf-8' },
      body: painStatus(call.bank, payment, payment.wire, shownStatus(payment)),
    };
  }
  const open = UNAUTHORISED_STATUSES.includes(payment.status) || WAITING_STATUSES.includes(payment.status);
  return {
    status: 200,
    body: {
      transactionStatus: shownStatus(payment),
      ...(open ? { fundsAvailable: hasFunds(payment) } : {}),
      ...(isOver(payment) || payment.status === 'PART' ? reasonMessages(payment) : openMessages(payment)),
    },
  };
}

export function shownStatus(payment: Payment): string {
  return payment.arrangement.forcedStatus ?? payment.status;
}

/** Whether the debtor's account could bear all of it now. */
export function hasFunds(payment: Payment): boolean {
  let rest = available(payment.debtor);
  for (const transfer of payment.transfers) {
    rest = rest.minus(totalOf(transfer));
  }
  return rest.gte(0);
}

/** While nothing is decided: what the bank warns of. */
function openMessages(payment: Payment): Record<string, unknown> {
  const notice: TppNotice = {
    category: 'WARNING',
    code: 'FUNDS_NOT_AVAILABLE',
    text: 'The account does not bear the payment at present',
  };
  return hasFunds(payment) ? {} : { tppMessages: [notice] };
}

/** A bulk shows what became of each item. */
function jsonBody({ wire, executions, service }: Payment): Record<string, unknown> {
  if (wire.format !== 'json' || service !== 'bulk-payments' || !Array.isArray(wire.body['payments'])) {
    return wire.format === 'json' ? wire.body : {};
  }
  const items: unknown[] = wire.body['payments'];
  const transfers = executions[0]?.transfers ?? [];
  return {
    ...wire.body,
    payments: items.map((item, index) => {
      const status = transfers[index]?.status;
      return { ...(item as Record<string, unknown>), ...(status === undefined ? {} : { transactionStatus: status }) };
    }),
  };
}
