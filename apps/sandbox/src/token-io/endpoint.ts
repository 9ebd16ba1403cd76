import type { Answer } from './answer.js';
import type { ErrorDialect } from './api-error.js';
import type { Call } from './call.js';

/** One call of the API. `handle` either acts and answers, or throws an ApiError and has changed nothing. */
export interface Endpoint {
  /** The name by which faults and the ledger know it. */
  operation: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** The shape of its 400; `plain` if not said. */
  errors?: ErrorDialect;
  /** It may make a payment: written into the ledger whatever becomes of it. */
  order?: true;
  handle(call: Call): Answer;
}
