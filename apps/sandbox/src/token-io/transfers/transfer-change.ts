import type { Hub } from '../hub.js';
import type { TransferStatus } from './status.js';
import type { Transfer } from './transfer.js';

type Change = Partial<Pick<Transfer, 'reason' | 'bankStatus' | 'transactionId'>>;

/** Writes a new status or a new word of the bank, and tells the member. */
export function changeTransfer(hub: Hub, transfer: Transfer, status: TransferStatus, change: Change = {}): void {
  Object.assign(transfer, change, { status });
  transfer.history.push({ at: hub.now(), status, bankStatus: transfer.bankStatus });
  tellTransfer(hub, transfer);
}

export function tellTransfer(hub: Hub, transfer: Transfer): void {
  const member = hub.members.get(transfer.memberId);
  if (member) {
    hub.courier.emit(member, 'TRANSFER_STATUS_CHANGED', {
      transferStatusChanged: {
        refId: transfer.refId,
        bankPaymentStatus: transfer.bankStatus,
        status: transfer.shown ?? transfer.status,
        statusReasonInformation: transfer.reason,
        tokenRequestId: transfer.request.id,
        transferId: transfer.id,
        transactionId: transfer.transactionId,
      },
    });
  }
}
