/** One initiation as it arrived at the TPP plane, also when it was refused or hit by a fault. */
export interface Initiation {
  at: Date;
  operation: string;
  clientId: string | undefined;
  requestId: string | undefined;
  amount: string | undefined;
  currency: string | undefined;
  /** `accepted` made a payment; `notAccepted`: a fault struck before the hub acted. */
  outcome: 'accepted' | 'refused' | 'notAccepted';
  paymentId: string | undefined;
  httpStatus: number;
  faults: string[];
}

/** One webhook to a bank. `httpStatus` is missing when there was no answer. */
export interface SentWebhook {
  at: Date;
  bank: string;
  name: string;
  requestId: string;
  httpStatus: number | undefined;
  faults: string[];
}

/** One Action of a bank. */
export interface ReceivedAction {
  at: Date;
  bank: string | undefined;
  name: string;
  requestId: string | undefined;
  httpStatus: number;
  code: string | undefined;
  replayed: boolean;
}

/** Money that really moved at the built-in bank. */
export interface Posting {
  at: Date;
  paymentId: string;
  debtorAccount: string;
  creditor: string;
  creditorName: string;
  reference: string | undefined;
  amount: string;
  currency: string;
}

/** What the hub saw and did: the evidence that proofs compare with. */
export class Ledger {
  readonly initiations: Initiation[] = [];
  readonly webhooks: SentWebhook[] = [];
  readonly actions: ReceivedAction[] = [];
  readonly postings: Posting[] = [];
  /** Requests so far, by operation. */
  readonly calls = new Map<string, number>();

  called(operation: string): void {
    this.calls.set(operation, (this.calls.get(operation) ?? 0) + 1);
  }
}
