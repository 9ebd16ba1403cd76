import type { Answer } from '../answer.js';
import type { TppOperation } from '../operations.js';
import type { Scope } from '../vocabulary.js';
import type { TppCall } from './call.js';

/** One operation of the TPP API. */
export interface Endpoint {
  method: 'GET' | 'POST';
  /** Below `/tpp/v2`. */
  path: string;
  operation: TppOperation;
  /** `consent`: bearer and client; `client`: direct payments; `directory`: the list of banks. */
  security: 'consent' | 'client' | 'directory';
  /** Needed in the consent. */
  scope?: Scope;
  /** A token that is spent may still read what became of its payment. */
  spent?: boolean;
  handle(call: TppCall): Promise<Answer>;
}
