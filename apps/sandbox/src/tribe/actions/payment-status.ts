import type { Json } from '../answer.js';
import type { Fields } from '../fields.js';
import type { Hub } from '../hub.js';
import type { Bank } from '../parties.js';
import { reportStatus } from '../payment-life.js';
import { Refusal, formatError } from '../refusal.js';
import { STATUSES, isStatus, type Status } from '../statuses.js';

/** The bank reports where a payment stands; the TPP is told of a change. */
export function paymentStatus(hub: Hub, bank: Bank, fields: Fields): Json {
  fields.only('paymentId', 'paymentStatus');
  const paymentId = fields.text('paymentId', { required: true, code: 'INVALID_PAYMENT_ID_FORMAT' });
  const word = fields.text('paymentStatus', {
    required: true,
    code: 'INVALID_PAYMENT_STATUS_FORMAT',
    check: (text) => (isStatus(text) ? undefined : `must be one of ${STATUSES.join(', ')}`),
  });
  fields.assert(hub.settings.fieldErrors);
  const payment = hub.paymentAt(bank, paymentId ?? '');
  if (!payment) {
    throw new Refusal(404, 'RESOURCE_UNKNOWN', 'The payment is not known');
  }
  const was = payment.status;
  if (reportStatus(hub, payment, word as Status) === 'illegal' && hub.settings.illegalStatus === 'refused') {
    throw formatError({
      code: 'INVALID_PAYMENT_STATUS_FORMAT',
      title: 'Invalid "paymentStatus" format',
      details: `A ${payment.kind} payment that is ${was} cannot become ${word}`,
    });
  }
  return { status: 'success' };
}
