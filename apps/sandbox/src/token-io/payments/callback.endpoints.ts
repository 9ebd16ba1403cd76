import { takeCallback } from '../authorisation/decision.js';
import { ok, type Answer } from '../answer.js';
import { ApiError } from '../api-error.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { paymentView } from './payment-view.js';

/** Where a TPP that receives the banks' callbacks itself hands their query string on. */
export const callbackEndpoints: readonly Endpoint[] = [
  { operation: 'callback.forward', method: 'POST', path: '/callback/initiation', errors: 'coded', handle: forward },
];

function forward(call: Call): Answer {
  const { hub, member } = call;
  const query = new URLSearchParams(call.body().text('query', { max: 8000 }));
  const authorisation = takeCallback(hub, query, member);
  if (!authorisation) {
    throw new ApiError(400, 'belongs to no authorisation', { errorCode: 'Field.Invalid', paths: ['query'] });
  }
  const payment = hub.payments.get(authorisation.subjectId);
  return ok(payment ? { payment: paymentView(payment) } : { tokenRequestId: authorisation.subjectId });
}
