import { addDays } from '../../kit/clock.js';
import type { Bank } from '../banks/bank.js';
import { execute, hasFunds } from '../execution.js';
import type { Hub } from '../hub.js';
import { newId, newSecret } from '../identifier.js';
import { ENDINGS, chooseEnding, wordOf, type Ending, type EndingName } from '../payments/endings.js';
import type { TokenRequest, TransferRequest } from '../requests/token-request.js';
import type { Token } from '../tokens/token.js';
import { isOpenTransfer, type TransferStatus } from './status.js';
import type { Transfer } from './transfer.js';
import { changeTransfer } from './transfer-change.js';

/** At a one-step bank the PSU has so long. */
const EXTERNAL_SECONDS = 15 * 60;

/** A fresh transfer: of a token, or at a one-step bank before there is one. */
export function newTransfer(
  hub: Hub,
  request: TokenRequest,
  order: TransferRequest,
  bank: Bank,
  token: Token | undefined,
  status: 'PENDING' | 'PENDING_EXTERNAL_AUTHORIZATION',
): Transfer {
  const transfer: Transfer = {
    id: newId('t'),
    memberId: request.memberId,
    request,
    order,
    bankId: bank.id,
    tokenId: token?.id,
    refId: request.refId,
    description: request.description,
    debtor: token?.accounts[0],
    status,
    reason: undefined,
    bankStatus: 'RCVD',
    bankPaymentId: newSecret(9),
    transactionId: undefined,
    converted: false,
    createdMs: hub.nowMs(),
    ending: request.ending,
    shown: undefined,
    history: [],
  };
  request.transferId = transfer.id;
  hub.transfers.set(transfer.id, transfer);
  changeTransfer(hub, transfer, status);
  if (status === 'PENDING_EXTERNAL_AUTHORIZATION') {
    hub.after(EXTERNAL_SECONDS, () => {
      if (transfer.status === 'PENDING_EXTERNAL_AUTHORIZATION') {
        failTransfer(hub, transfer, 'FAILURE_EXPIRED', 'The user did not finish the authorization in time');
      }
    });
  }
  return transfer;
}

export function failTransfer(hub: Hub, transfer: Transfer, status: TransferStatus, reason: string): void {
  if (isOpenTransfer(transfer.status)) {
    changeTransfer(hub, transfer, status, { reason });
  }
}

/** Hands an authorised transfer to the bank and lets it come to its end by the clock. */
export function submitTransfer(hub: Hub, transfer: Transfer, bank: Bank): void {
  if (bank.outOfHours && transfer.order.executionDate === undefined) {
    if (transfer.request.payload['disableFutureDatedPaymentConversion'] === true) {
      failTransfer(hub, transfer, 'FAILURE_GENERIC', 'Outside the operating hours of the bank');
      return;
    }
    transfer.converted = true;
    transfer.order = { ...transfer.order, executionDate: addDays(hub.today(), 1) };
  }
  changeTransfer(hub, transfer, 'PROCESSING', { bankStatus: 'PDNG' });
  hub.after(hub.profile.executionSeconds, () => {
    if (transfer.status === 'PROCESSING') {
      end(hub, transfer, bank);
    }
  });
}

function end(hub: Hub, transfer: Transfer, bank: Bank): void {
  const { order, debtor, ending: arranged } = transfer;
  const funded = debtor !== undefined && hasFunds(debtor, order.amount);
  const name = chooseEnding({ amount: order.amount, arranged, scenarios: bank.scenarios, funded });
  const ending: Ending = ENDINGS[name];
  const waits = transfer.order.executionDate !== undefined && ending.executes;
  if (ending.executes && !waits) {
    moveMoney(hub, transfer);
  }
  changeTransfer(hub, transfer, ending.transfer, {
    reason: ending.reason,
    bankStatus: transfer.converted && ending.executes ? 'ACWC' : wordOf(ending, bank.words, transfer.bankStatus),
  });
  const { later } = ending;
  if (later && transfer.status === 'PROCESSING') {
    hub.after(later.afterSeconds, () => {
      if (transfer.status === 'PROCESSING') {
        changeTransfer(hub, transfer, later.transfer, { reason: 'The bank gave no final status' });
      }
    });
  }
  if (waits && transfer.order.executionDate !== undefined) {
    const day = Date.parse(`${transfer.order.executionDate}T06:00:00Z`);
    hub.schedule.at(Math.max(day, hub.nowMs()), () => {
      moveMoney(hub, transfer);
      settle(hub, transfer, bank, name);
    });
  } else if (ending.transfer === 'SUCCESS') {
    hub.after(hub.profile.settlementSeconds, () => settle(hub, transfer, bank, name));
  }
}

/** The bank's last word, and for a settlement account whether the money arrived there. */
function settle(hub: Hub, transfer: Transfer, bank: Bank, name: EndingName): void {
  const word = ENDINGS[name].word === 'settled' ? bank.words.settled : transfer.bankStatus;
  if (transfer.order.rail !== 'virtualAccount') {
    if (word !== transfer.bankStatus) {
      changeTransfer(hub, transfer, transfer.status, { bankStatus: word });
    }
    return;
  }
  changeTransfer(hub, transfer, 'SETTLEMENT_IN_PROGRESS', { bankStatus: word });
  const last = name === 'unmatched' ? 'SETTLEMENT_INCOMPLETE' : 'SETTLEMENT_COMPLETED';
  const wait = name === 'unmatched' ? 15 * 86_400 : hub.profile.settlementSeconds;
  hub.after(wait, () => changeTransfer(hub, transfer, last));
}

function moveMoney(hub: Hub, transfer: Transfer): void {
  const { order, debtor, id, refId, tokenId } = transfer;
  if (!debtor) {
    return;
  }
  transfer.transactionId = execute(hub, debtor, {
    kind: 'transfer',
    resourceId: id,
    refId,
    amount: order.amount,
    currency: order.currency,
    creditorName: order.creditorName,
    creditorAccount: order.creditorAccount,
    remittance: order.remittance,
    tokenId,
    transferId: id,
  });
}
