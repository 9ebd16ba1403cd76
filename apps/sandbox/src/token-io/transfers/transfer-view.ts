import type { AccountNumbers } from '../customers/customer.js';
import type { Transfer } from './transfer.js';

/** A transfer as the API shows it. */
export function transferView(transfer: Transfer): Record<string, unknown> {
  const { order, request, debtor, refId, description, tokenId } = transfer;
  const money = { value: order.amount, currency: order.currency };
  const acting = request.payload['actingAs'];
  return {
    id: transfer.id,
    ...(transfer.transactionId ? { transactionId: transfer.transactionId } : {}),
    createdAtMs: String(transfer.createdMs),
    status: transfer.shown ?? transfer.status,
    ...(transfer.reason ? { statusReasonInformation: transfer.reason } : {}),
    providerDetails: { id: transfer.bankPaymentId, ...(transfer.bankStatus ? { status: transfer.bankStatus } : {}) },
    payload: {
      tokenId: tokenId ?? '',
      refId,
      amount: money,
      ...(description ? { description } : {}),
      confirmFunds: order.confirmFunds,
      transferDestinations: destinationsOf(request.payload),
    },
    payloadSignatures: [],
    ...(debtor
      ? { source: { accountIdentifier: identifierOf(debtor.numbers), bankId: transfer.bankId, bic: debtor.bic } }
      : {}),
    ...(order.returnRefundAccount && debtor
      ? {
          refund: { account: identifierOf(debtor.numbers), name: debtor.customer.fullName },
          refundDetails: {
            transferRefundStatus: 'NONE',
            settledRefundAmount: { value: '0.00', currency: order.currency },
            remainingRefundAmount: money,
          },
        }
      : {}),
    ...(transfer.converted ? { convertedToFutureDatedPayment: true } : {}),
    ...(order.executionDate ? { executionDate: order.executionDate } : {}),
    ...(acting ? { actingAs: acting } : {}),
  };
}

/** One wrapped identifier, as accounts are written in v1. */
export function identifierOf({ sortCode, accountNumber, iban }: AccountNumbers): Record<string, unknown> {
  return sortCode && accountNumber ? { gbDomestic: { sortCode, accountNumber } } : { iban: { iban } };
}

function destinationsOf(payload: Readonly<Record<string, unknown>>): unknown {
  const body = payload['transferBody'];
  const instructions = typeof body === 'object' && body !== null && 'instructions' in body ? body.instructions : {};
  return typeof instructions === 'object' && instructions !== null && 'transferDestinations' in instructions
    ? instructions.transferDestinations
    : [];
}
