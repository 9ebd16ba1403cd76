import type { Account } from '../customers/customer.js';
import type { TokenRequest } from '../requests/token-request.js';

/** What the PSU agreed to: an access to accounts (`ta:`), a payment or a standing order (`tt:`). */
export interface Token {
  id: string;
  memberId: string;
  request: TokenRequest;
  bankId: string;
  /** The accounts that may be read, or the debtor's. */
  accounts: Account[];
  effectiveMs: number;
  expiresMs: number;
  /** `atBank`: the PSU revoked it there; the hub learns it at the next read. */
  ended: 'cancelled' | 'atBank' | undefined;
  replacedBy: string | undefined;
  /** By the hub's key, over the id. */
  signature: { memberId: string; keyId: string; signature: string };
  /** Reads without the PSU, by day. */
  unattended: Map<string, number>;
}
