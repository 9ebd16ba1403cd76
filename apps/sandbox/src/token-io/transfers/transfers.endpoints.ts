import { Big } from 'big.js';
import { ShapeError, type Shape } from '../../kit/shape.js';
import { ok, type Answer } from '../answer.js';
import { ApiError, notFound } from '../api-error.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { dottedPage } from '../pages.js';
import { ENDING_NAMES } from '../payments/endings.js';
import type { TransferRequest } from '../requests/token-request.js';
import type { Token } from '../tokens/token.js';
import { instant } from '../tokens/tokens.endpoints.js';
import { TRANSFER_STATUSES } from './status.js';
import type { Transfer } from './transfer.js';
import { newTransfer, submitTransfer } from './transfer-life.js';
import { transferView } from './transfer-view.js';

/** Payments v1: redeeming tokens, and following what came of them. */
export const transferEndpoints: readonly Endpoint[] = [
  { operation: 'transfers.create', method: 'POST', path: '/transfers', order: true, handle: create },
  { operation: 'transfers.list', method: 'GET', path: '/transfers', handle: list },
  { operation: 'transfers.get', method: 'GET', path: '/transfers/:transferId', handle: get },
];

/** A token pays once, what was agreed and not more; of a member that is set so, as often as it is redeemed. */
function create(call: Call): Answer {
  const { hub } = call;
  const payload = call.body().object('payload');
  const token = findToken(call, payload.text('tokenId', { max: 200 }));
  const { request } = token;
  const bank = hub.banks.get(token.bankId);
  if (request.body.kind !== 'transfer' || !bank) {
    throw new ShapeError('payload.tokenId', 'is no token for a transfer');
  }
  if (token.ended || hub.nowMs() >= token.expiresMs) {
    throw new ApiError(400, 'FAILED_PRECONDITION: the token was cancelled or has expired');
  }
  const amount = readMoney(payload, request.body);
  const description = payload.optionalText('description', { max: 255 });
  if (description !== undefined && description !== request.description) {
    throw new ShapeError('payload.description', 'is not the one of the token request');
  }
  const refId = payload.optionalText('refId', { max: 35 });
  if (request.transferId !== undefined && !call.member.tokensPayAgain) {
    throw new ApiError(400, 'FAILED_PRECONDITION: the lifetime amount of the token is used up');
  }
  if (bank.status.pis === 'DOWN') {
    throw new ApiError(503, 'The bank does not answer', { external: true });
  }
  const order = { ...request.body, amount };
  const transfer = newTransfer(hub, request, order, bank, token, 'PENDING');
  transfer.refId = refId ?? request.refId;
  const outcome = call.fault('outcome')?.status;
  transfer.ending = ENDING_NAMES.find((name) => name === outcome);
  transfer.shown = call.fault('show')?.status;
  submitTransfer(hub, transfer, bank);
  return ok({ transfer: transferView(transfer) });
}

function readMoney(payload: Shape, { amount, currency }: TransferRequest): string {
  const money = payload.optionalObject('amount');
  const value =
    money?.optionalText('value', { pattern: /^\d{1,14}(\.\d{1,4})?$/, expected: 'a decimal text' }) ?? amount;
  if ((money?.optionalText('currency') ?? currency) !== currency) {
    throw new ShapeError('payload.amount.currency', `must be ${currency}`);
  }
  if (new Big(value).lte(0) || new Big(value).gt(amount)) {
    throw new ShapeError('payload.amount.value', `must be greater than zero and at most ${amount}`);
  }
  return value;
}

/** Newest first. */
function list(call: Call): Answer {
  // The specification has one of the words with a space.
  const status = call.query('filter.transactionStatus')?.replace(' ', '_');
  if (status !== undefined && !TRANSFER_STATUSES.some((known) => known === status)) {
    throw new ShapeError('filter.transactionStatus', 'is no status');
  }
  const [after, before] = [instant(call, 'filter.startTimeMs'), instant(call, 'filter.endTimeMs')];
  const tokenId = call.query('filter.tokenId') ?? call.query('tokenId');
  const refId = call.query('filter.refId');
  const refundStatus = call.query('filter.transferRefundStatus');
  const found = [...call.hub.transfers.values()].filter(
    (transfer) =>
      transfer.memberId === call.member.id &&
      (status === undefined || transfer.status === status) &&
      (tokenId === undefined || transfer.tokenId === tokenId) &&
      (refId === undefined || transfer.refId === refId) &&
      (refundStatus === undefined || refundStatus === 'NONE') &&
      (after === undefined || transfer.createdMs >= after) &&
      (before === undefined || transfer.createdMs <= before),
  );
  const page = dottedPage(call, found.toReversed(), ({ id }) => id);
  return ok({ offset: page.next, transfers: page.items.map(transferView) });
}

/** `skipTransferUpdate=true` would show what the hub has kept; here both are the same. */
function get(call: Call): Answer {
  call.queryBoolean('skipTransferUpdate');
  return ok({ transfer: transferView(findTransfer(call)) });
}

function findToken(call: Call, id: string): Token {
  const token = call.hub.tokens.get(id);
  if (!token || token.memberId !== call.member.id) {
    throw notFound('token', id);
  }
  return token;
}

function findTransfer(call: Call): Transfer {
  const transfer = call.hub.transfers.get(call.param('transferId'));
  if (!transfer || transfer.memberId !== call.member.id) {
    throw notFound('transfer', call.param('transferId'));
  }
  return transfer;
}
