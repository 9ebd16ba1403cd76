import type { Authorisation } from '../authorisation/authorisation.js';
import type { LocalInstrument } from '../banks/bank.js';
import type { Account } from '../customers/customer.js';
import type { EndingName } from './endings.js';
import type { PaymentStatus } from './status.js';

export type FlowType = 'API_ONLY' | 'FULL_HOSTED_PAGES' | 'EMBEDDED_HOSTED_PAGES';

/** What a v2 payment was asked to be. */
export interface PaymentOrder {
  refId: string;
  amount: string;
  currency: string;
  localInstrument: LocalInstrument;
  remittance: string;
  creditorName: string | undefined;
  /** The creditor's account in the words of a statement. */
  creditorAccount: string;
  /** The creditor is a settlement account. */
  settlementAccountId: string | undefined;
  /** The debtor's account as it was written, with the sort code in front. */
  debtorAccount: string | undefined;
  executionDate: string | undefined;
  confirmFunds: boolean;
  returnRefundAccount: boolean;
  mayConvert: boolean;
  callbackUrl: string;
  callbackState: string | undefined;
  flowType: FlowType;
}

/** A payment of the second version. */
export interface Payment {
  id: string;
  memberId: string;
  /** As it was sent. */
  initiation: Record<string, unknown>;
  order: PaymentOrder;
  bankId: string | undefined;
  status: PaymentStatus;
  reason: string | undefined;
  bankStatus: string | undefined;
  bankPaymentId: string | undefined;
  bankTransactionId: string | undefined;
  errorInfo: { httpErrorCode: number; message: string; tokenExternalError: boolean } | undefined;
  authorisation: Authorisation | undefined;
  /** Values that were sent with the initiation, for the first steps of an embedded login. */
  initialValues: Record<string, string>;
  /** The link to the bank or the hosted page; shown while the PSU has to go there. */
  link: string | undefined;
  /** Origin and prefix for links, as the caller reaches the sandbox. */
  base: string;
  debtor: Account | undefined;
  converted: boolean;
  createdMs: number;
  updatedMs: number;
  /** What a tester or the amount decides; undefined is the bank's usual way. */
  ending: EndingName | undefined;
  /** A word shown instead of the real status. */
  shown: string | undefined;
  /** The bank answers later than the profile says. */
  slowSeconds: number | undefined;
  history: { at: Date; status: PaymentStatus; bankStatus?: string | undefined }[];
}
