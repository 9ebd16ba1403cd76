import type { Account } from '../customers/customer.js';
import type { EndingName } from '../payments/endings.js';
import type { TransferRequest, TokenRequest } from '../requests/token-request.js';
import type { TransferStatus } from './status.js';

/** A payment of the first version. */
export interface Transfer {
  id: string;
  memberId: string;
  request: TokenRequest;
  order: TransferRequest;
  bankId: string;
  /** Absent until the PSU has agreed, at a one-step bank. */
  tokenId: string | undefined;
  refId: string;
  description: string | undefined;
  debtor: Account | undefined;
  status: TransferStatus;
  reason: string | undefined;
  bankStatus: string | undefined;
  bankPaymentId: string;
  transactionId: string | undefined;
  converted: boolean;
  createdMs: number;
  ending: EndingName | undefined;
  shown: string | undefined;
  history: { at: Date; status: TransferStatus; bankStatus?: string | undefined }[];
}
