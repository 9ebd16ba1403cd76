import type { Payment } from './payment.js';

/** One call to initiate a payment, whatever became of it. */
export interface Initiation {
  at: Date;
  consentId: string | undefined;
  amount: string | undefined;
  reference: string | undefined;
  /** `notAccepted`: a fault struck before the bank acted. */
  outcome: 'accepted' | 'refused' | 'notAccepted';
  paymentReference: string | undefined;
  httpStatus: number;
  faults: string[];
}

/** Money that really moved. */
export interface Posting {
  at: Date;
  paymentReference: string;
  debtorAccountId: string;
  beneficiaryIdentification: string;
  amount: string;
  currency: string;
  reference: string;
}

/** What the bank saw and did: the evidence that proofs compare with. */
export class Ledger {
  readonly initiations: Initiation[] = [];
  readonly postings: Posting[] = [];
  /** Requests so far, by operation. */
  readonly calls = new Map<string, number>();
  /** Signatures that came more than once inside of their window. */
  readonly repeatedSignatures: { at: Date; path: string }[] = [];

  called(operation: string): void {
    this.calls.set(operation, (this.calls.get(operation) ?? 0) + 1);
  }

  posted(payment: Payment, at: Date): void {
    this.postings.push({
      at,
      paymentReference: payment.id,
      debtorAccountId: payment.debtor.id,
      beneficiaryIdentification: payment.beneficiary.identification,
      amount: payment.amount.toFixed(2),
      currency: payment.currency,
      reference: payment.reference,
    });
  }
}
