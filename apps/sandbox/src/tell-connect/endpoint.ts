import type { Caller } from './authentication.js';
import type { Call } from './call.js';
import type { Operation } from './operations.js';
import type { Service } from './statistics.js';

/** What an endpoint says: JSON, or a text with its own content type. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** One call of the API. `handle` either acts and answers, or throws an ApiError and has changed nothing. */
export interface Endpoint {
  /** A function where it depends on the call. */
  operation: Operation | ((call: Call) => Operation);
  method: 'GET' | 'POST';
  path: string;
  /** Basic with client id and secret, or Bearer with an access token. */
  credentials: 'basic' | 'bearer';
  mediaType?: 'application/json' | 'application/x-www-form-urlencoded';
  /** Where it counts in the statistics. */
  service?: Service;
  handle(call: Call, caller: Caller): Answer;
}
