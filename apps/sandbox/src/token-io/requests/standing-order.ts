import type { StandingOrder } from '../customers/customer.js';
import type { Hub } from '../hub.js';
import { newId, newSecret } from '../identifier.js';
import type { Member } from '../members/member.js';
import type { Token } from '../tokens/token.js';
import type { StandingOrderRequest, TokenRequest } from './token-request.js';

/** Puts an authorised standing order on the debtor's account; it is PROCESSING until the bank has taken it. */
export function placeStandingOrder(
  hub: Hub,
  member: Member,
  request: TokenRequest,
  body: StandingOrderRequest,
  token: Token,
): void {
  const submissionId = newId('so');
  request.submissionId = submissionId;
  const order: StandingOrder = {
    id: `so-${newSecret(8)}`,
    status: 'PROCESSING',
    frequency: body.frequency,
    createdAtMs: hub.nowMs(),
    amount: body.amount,
    currency: body.currency,
    startDate: body.startDate,
    ...(body.endDate === undefined ? {} : { endDate: body.endDate }),
    reference: body.remittance,
    creditor: { name: body.creditorName, ...creditorNumbers(body.creditorAccount) },
    tokenId: token.id,
    submissionId,
  };
  token.accounts[0]?.standingOrders.push(order);
  tell(hub, member, request, order);
  hub.after(hub.profile.executionSeconds, () => {
    order.status = 'ACTIVE';
    tell(hub, member, request, order);
  });
}

function tell(hub: Hub, member: Member, request: TokenRequest, order: StandingOrder): void {
  hub.courier.emit(member, 'STANDING_ORDER_STATUS_CHANGED', {
    standingOrderStatusChanged: {
      standingOrderSubmissionId: order.submissionId,
      tokenRequestId: request.id,
      refId: request.refId,
      status: order.status,
    },
  });
}

function creditorNumbers(account: string): Pick<StandingOrder['creditor'], 'iban' | 'sortCode' | 'accountNumber'> {
  const [, sortCode, accountNumber] = /^(\d{6})-(\w+)$/.exec(account) ?? [];
  return sortCode !== undefined && accountNumber !== undefined ? { sortCode, accountNumber } : { iban: account };
}
