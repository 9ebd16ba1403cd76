import { randomUUID } from 'node:crypto';
import type { Answer } from '../answer.js';
import type { Call } from '../call.js';
import { beginSca } from '../new-subject.js';
import { readScaWish } from '../sca-wish.js';
import { TppError } from '../tpp-error.js';
import { assertCancellable } from './cancellation-rules.js';
import { UNAUTHORISED_STATUSES, type Cancellation, type Payment } from './payment.js';
import { movePayment } from './settlement.js';

/**
 * DELETE of a payment. One that nobody has authorised yet is cancelled at once; one that waits for its day is cancelled
 * at once or after an SCA, as the profile says. A repeated DELETE gets the same answer.
 * @throws TppError 405 CANCELLATION_INVALID when it is too late.
 */
export function cancelPayment(call: Call, payment: Payment): Answer {
  if (payment.status === 'CANC') {
    return { status: 204 };
  }
  assertCancellable(call.bank, payment);
  if (UNAUTHORISED_STATUSES.includes(payment.status) || call.bank.profile.cancellation === 'direct') {
    movePayment(call.bank, payment, 'CANC');
    return { status: 204 };
  }
  const cancellation = openCancellation(call, payment);
  const sca = beginSca(call, cancellation);
  return {
    status: 202,
    headers: { 'ASPSP-SCA-Approach': sca.approach },
    body: {
      transactionStatus: payment.status,
      ...sca.data,
      _links: {
        ...sca.links,
        self: call.links.api(payment.path),
        status: call.links.api(`${payment.path}/status`),
      },
    },
  };
}

/** The cancellation that DELETE began. */
export function findCancellation(payment: Payment): Cancellation {
  if (!payment.cancellation) {
    throw new TppError(400, 'SERVICE_INVALID', 'No cancellation was requested: DELETE the payment first');
  }
  return payment.cancellation;
}

/** One per payment: a new DELETE after a failed SCA opens it again, with the return addresses of the new request. */
function openCancellation(call: Call, payment: Payment): Cancellation {
  const wish = readScaWish(call, 'optional');
  if (payment.cancellation) {
    return Object.assign(payment.cancellation, { status: 'open', wish, signed: [], wrongPasswords: 0 });
  }
  const cancellation: Cancellation = {
    kind: 'cancellation',
    id: randomUUID(),
    path: payment.path,
    tpp: payment.tpp,
    psu: payment.psu,
    preStep: payment.preStep,
    wish,
    signed: [],
    wrongPasswords: 0,
    createdAt: call.bank.clock.now(),
    payment,
    status: 'open',
  };
  payment.cancellation = cancellation;
  return cancellation;
}
