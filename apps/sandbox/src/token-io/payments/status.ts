/** The 22 words of a v2 payment. */
export const PAYMENT_STATUSES = [
  'INITIATION_PENDING',
  'INITIATION_PENDING_REDIRECT_AUTH',
  'INITIATION_PENDING_REDIRECT_AUTH_VERIFICATION',
  'INITIATION_PENDING_REDIRECT_HP',
  'INITIATION_PENDING_REDIRECT_PBL',
  'INITIATION_PENDING_EMBEDDED_AUTH',
  'INITIATION_PENDING_EMBEDDED_AUTH_VERIFICATION',
  'INITIATION_PENDING_DECOUPLED_AUTH',
  'INITIATION_PENDING_REDEMPTION',
  'INITIATION_PENDING_REDEMPTION_VERIFICATION',
  'INITIATION_PROCESSING',
  'INITIATION_COMPLETED',
  'INITIATION_REJECTED',
  'INITIATION_REJECTED_INSUFFICIENT_FUNDS',
  'INITIATION_FAILED',
  'INITIATION_DECLINED',
  'INITIATION_EXPIRED',
  'INITIATION_NO_FINAL_STATUS_AVAILABLE',
  'SETTLEMENT_IN_PROGRESS',
  'SETTLEMENT_COMPLETED',
  'SETTLEMENT_INCOMPLETE',
  'CANCELED',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

const OPEN: ReadonlySet<PaymentStatus> = new Set(
  PAYMENT_STATUSES.filter((status) => status.startsWith('INITIATION_PENDING')),
);

/** True before the payment was submitted to the bank. */
export function isPending(status: PaymentStatus): boolean {
  return OPEN.has(status);
}

/** True until the PSU's answer was verified: afterwards nobody can authorise it once more. */
export function isAuthorising(status: PaymentStatus): boolean {
  return isPending(status) && !status.startsWith('INITIATION_PENDING_REDEMPTION');
}

/** May still be cancelled by the TPP. */
export function isCancellable(status: PaymentStatus): boolean {
  return isPending(status) && status !== 'INITIATION_PENDING_REDEMPTION_VERIFICATION';
}
