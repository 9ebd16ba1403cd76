/** One order as it arrived, also when it was refused or hit by a fault. */
export interface ReceivedOrder {
  at: Date;
  operation: string;
  memberId: string | undefined;
  refId: string | undefined;
  amount: string | undefined;
  currency: string | undefined;
  /** `notAccepted`: a fault struck before the hub acted. */
  outcome: 'accepted' | 'refused' | 'notAccepted';
  /** What it made: a payment, token request or transfer. */
  resourceId: string | undefined;
  httpStatus: number;
  /** Faults that spoiled the answer. */
  faults: string[];
}

/** Money that really moved. */
export interface Posting {
  at: Date;
  kind: 'payment' | 'transfer' | 'standingOrder';
  resourceId: string;
  refId: string;
  bankId: string;
  debtor: string;
  creditor: string;
  amount: string;
  currency: string;
}

/** A read of account data. */
export interface AccountRead {
  at: Date;
  operation: string;
  tokenId: string;
  /** The PSU was there: `token-customer-ip-address`, or `customer-initiated: true`. */
  attended: boolean;
  ipAddress: string | undefined;
  customerInitiated: boolean | undefined;
}

const MOST_READS = 5000;

/** What the hub saw and did: the evidence that proofs compare with. */
export class Ledger {
  readonly orders: ReceivedOrder[] = [];
  readonly postings: Posting[] = [];
  readonly reads: AccountRead[] = [];
  /** Requests so far, by operation. */
  readonly calls = new Map<string, number>();

  called(operation: string): void {
    this.calls.set(operation, (this.calls.get(operation) ?? 0) + 1);
  }

  read(read: AccountRead): void {
    this.reads.push(read);
    if (this.reads.length > MOST_READS) {
      this.reads.shift();
    }
  }
}
