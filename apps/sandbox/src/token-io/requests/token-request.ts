import type { Authorisation } from '../authorisation/authorisation.js';
import type { EndingName } from '../payments/endings.js';

/** The three things that a token request can ask for. */
export type RequestBody = TransferRequest | StandingOrderRequest | AccessRequest;

/** What moves money: where to, and why. */
interface MoneyRequest {
  amount: string;
  currency: string;
  creditorName: string;
  /** In the words of a statement. */
  creditorAccount: string;
  rail: string;
  remittance: string;
  debtorAccount: string | undefined;
  returnRefundAccount: boolean;
}

export interface TransferRequest extends MoneyRequest {
  kind: 'transfer';
  executionDate: string | undefined;
  confirmFunds: boolean;
}

export interface StandingOrderRequest extends MoneyRequest {
  kind: 'standingOrder';
  frequency: string;
  startDate: string;
  endDate: string | undefined;
}

export interface AccessRequest {
  kind: 'access';
  resources: string[];
  historyDays: number | undefined;
  debtorAccount: string | undefined;
  /** Epoch milliseconds at which the TPP wants it to end. */
  expiresAtMs: number | undefined;
}

export type RequestStatus = 'PENDING' | 'PROCESSED' | 'REJECTED' | 'EXPIRED';

/** A request for a token: v1 payments, standing orders and access to accounts. */
export interface TokenRequest {
  id: string;
  memberId: string;
  /** As they were sent. */
  payload: Record<string, unknown>;
  options: Record<string, unknown> | undefined;
  body: RequestBody;
  refId: string;
  redirectUrl: string;
  callbackState: string | undefined;
  description: string | undefined;
  bankId: string | undefined;
  status: RequestStatus;
  reason: string | undefined;
  authorisation: Authorisation | undefined;
  tokenId: string | undefined;
  transferId: string | undefined;
  submissionId: string | undefined;
  /** Arranged by a tester for the transfer that comes of it. */
  ending: EndingName | undefined;
  /** Origin and prefix for links, as the caller reaches the sandbox. */
  base: string;
  createdMs: number;
}
