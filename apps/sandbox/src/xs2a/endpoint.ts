import type { Answer } from './answer.js';
import type { Call } from './call.js';
import type { Operation } from './operations.js';

/** One call of the XS2A interface. `handle` either acts and answers, or throws a TppError and has changed nothing. */
export interface Endpoint {
  operation: Operation;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** `oauth`: no X-Request-ID, errors by RFC 6749. */
  dialect?: 'oauth';
  handle(call: Call): Answer;
}
