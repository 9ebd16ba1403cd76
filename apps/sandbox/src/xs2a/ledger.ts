import { amountView } from './money.js';
import type { ExecutedTransfer, Payment } from './payments/payment.js';

/** One initiation as it arrived, also when it was refused, repeated or hit by a fault. */
export interface Initiation {
  at: Date;
  requestId: string | undefined;
  endToEndIdentification: string | undefined;
  product: string | undefined;
  amount: string | undefined;
  currency: string | undefined;
  /** `accepted` made a payment; `replayed` gave the first answer again; `notAccepted`: a fault struck before the bank acted. */
  outcome: 'accepted' | 'replayed' | 'refused' | 'notAccepted';
  paymentId: string | undefined;
  httpStatus: number;
  /** Faults that spoiled the answer. */
  faults: string[];
}

/** Money that really moved. */
export interface Posting {
  at: Date;
  paymentId: string;
  /** One per transfer of a bulk and per execution of a periodic payment. */
  transferId: string;
  endToEndIdentification: string | undefined;
  debtorIban: string;
  creditorIban: string | undefined;
  amount: string;
  currency: string;
}

/** What the bank saw and did: the evidence that proofs compare with. */
export class Ledger {
  readonly initiations: Initiation[] = [];
  readonly postings: Posting[] = [];
  /** Requests so far, by operation. */
  readonly calls = new Map<string, number>();

  called(operation: string): void {
    this.calls.set(operation, (this.calls.get(operation) ?? 0) + 1);
  }

  initiated(initiation: Initiation): void {
    this.initiations.push(initiation);
  }

  posted(payment: Payment, transfer: ExecutedTransfer, at: Date): void {
    this.postings.push({
      at,
      paymentId: payment.id,
      transferId: transfer.id,
      endToEndIdentification: transfer.endToEndIdentification,
      debtorIban: payment.debtor.iban,
      creditorIban: transfer.creditorIban,
      ...amountView(transfer.amount, transfer.currency),
    });
  }
}
