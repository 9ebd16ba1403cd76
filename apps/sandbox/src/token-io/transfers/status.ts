/** The words of a v1 transfer, and of transactions on accounts. */
export const TRANSFER_STATUSES = [
  'PROCESSING',
  'SUCCESS',
  'INITIATED',
  'PENDING',
  'PENDING_EXTERNAL_AUTHORIZATION',
  'FAILURE_GENERIC',
  'FAILURE_PERMISSION_DENIED',
  'FAILURE_CANCELED',
  'FAILURE_EXPIRED',
  'FAILURE_INSUFFICIENT_FUNDS',
  'FAILURE_DECLINED',
  'SETTLEMENT_IN_PROGRESS',
  'SETTLEMENT_COMPLETED',
  'SETTLEMENT_INCOMPLETE',
] as const;
export type TransferStatus = (typeof TRANSFER_STATUSES)[number];

/** True while the hub itself will still change it. */
export function isOpenTransfer(status: TransferStatus): boolean {
  return ['PROCESSING', 'PENDING', 'PENDING_EXTERNAL_AUTHORIZATION', 'SETTLEMENT_IN_PROGRESS'].includes(status);
}
