import type { Shape } from '../../kit/shape.js';
import { checkText, ShapeError } from '../../kit/shape.js';
import { decide } from '../authorisation/decision.js';
import { ok, type Answer } from '../answer.js';
import { ApiError } from '../api-error.js';
import type { Bank, BankStatus, Maintenance } from '../banks/bank.js';
import type { Call } from '../call.js';
import { ENDING_NAMES } from '../payments/endings.js';
import { changePayment, tellPayment } from '../payments/payment-change.js';
import { PAYMENT_STATUSES } from '../payments/status.js';
import { changeTransfer, tellTransfer } from '../transfers/transfer-change.js';
import { TRANSFER_STATUSES } from '../transfers/status.js';
import type { JsonRoute } from './json-route.js';
import {
  authorisationView,
  bankControlView,
  paymentControlView,
  requestView,
  tokenView,
  transferView,
} from './views.js';

/** What TPPs have made, and what a tester does to it in the place of the PSU or the bank. */
export const resourceRoutes: readonly JsonRoute[] = [
  { method: 'GET', path: '/banks', handle: ({ hub }) => ok({ banks: [...hub.banks.values()].map(bankControlView) }) },
  { method: 'PUT', path: '/banks/:id', handle: changeBank },
  {
    method: 'GET',
    path: '/payments',
    handle: ({ hub }) => ok({ payments: [...hub.payments.values()].map(paymentControlView) }),
  },
  { method: 'POST', path: '/payments/:id', handle: forcePayment },
  {
    method: 'GET',
    path: '/transfers',
    handle: ({ hub }) => ok({ transfers: [...hub.transfers.values()].map(transferView) }),
  },
  { method: 'POST', path: '/transfers/:id', handle: forceTransfer },
  {
    method: 'GET',
    path: '/token-requests',
    handle: ({ hub }) => ok({ tokenRequests: [...hub.requests.values()].map(requestView) }),
  },
  { method: 'GET', path: '/tokens', handle: ({ hub }) => ok({ tokens: [...hub.tokens.values()].map(tokenView) }) },
  { method: 'POST', path: '/tokens/:id', handle: endToken },
  {
    method: 'GET',
    path: '/authorisations',
    handle: ({ hub }) => ok({ authorisations: [...hub.authorisations.values()].map(authorisationView) }),
  },
  { method: 'POST', path: '/authorisations/:id', handle: decideAuthorisation },
];

/** `{ ending }` arranges how it will end, `{ status, reason?, bankStatus? }` moves it now, `{ show }` shows any word (null takes it back). */
function forcePayment(call: Call): Answer {
  const payment = call.hub.payments.get(call.param('id')) ?? missing('payment');
  const shape = call.body();
  shape.only(['ending', 'status', 'reason', 'bankStatus', 'show']);
  payment.ending = shape.optionalChoice('ending', ENDING_NAMES) ?? payment.ending;
  if (shape.has('status')) {
    changePayment(call.hub, payment, shape.choice('status', PAYMENT_STATUSES), words(shape, payment));
  } else if (shape.has('bankStatus')) {
    changePayment(call.hub, payment, payment.status, words(shape, payment));
  }
  if (shape.has('show')) {
    payment.shown = shownWord(shape);
    tellPayment(call.hub, payment);
  }
  return ok(paymentControlView(payment));
}

/** The same for a transfer of v1. */
function forceTransfer(call: Call): Answer {
  const transfer = call.hub.transfers.get(call.param('id')) ?? missing('transfer');
  const shape = call.body();
  shape.only(['ending', 'status', 'reason', 'bankStatus', 'show']);
  transfer.ending = shape.optionalChoice('ending', ENDING_NAMES) ?? transfer.ending;
  if (shape.has('status')) {
    changeTransfer(call.hub, transfer, shape.choice('status', TRANSFER_STATUSES), words(shape, transfer));
  } else if (shape.has('bankStatus')) {
    changeTransfer(call.hub, transfer, transfer.status, words(shape, transfer));
  }
  if (shape.has('show')) {
    transfer.shown = shownWord(shape);
    tellTransfer(call.hub, transfer);
  }
  return ok(transferView(transfer));
}

function words(
  shape: Shape,
  before: { reason: string | undefined; bankStatus: string | undefined },
): { reason: string | undefined; bankStatus: string | undefined } {
  return {
    reason: shape.optionalText('reason', { max: 256 }) ?? before.reason,
    bankStatus: shape.optionalText('bankStatus', { max: 60 }) ?? before.bankStatus,
  };
}

function shownWord(shape: Shape): string | undefined {
  return shape.raw('show') === null ? undefined : shape.text('show', { max: 60 });
}

/** `{ revoke: true }`: the PSU has revoked it at the bank; the TPP learns it by a 403. `{ expire: true }`: its time is over. */
function endToken(call: Call): Answer {
  const token = call.hub.tokens.get(call.param('id')) ?? missing('token');
  const shape = call.body();
  shape.only(['revoke', 'expire']);
  if (shape.has('revoke') && shape.boolean('revoke')) {
    token.ended ??= 'atBank';
  }
  if (shape.has('expire') && shape.boolean('expire')) {
    token.expiresMs = call.hub.nowMs();
  }
  return ok(tokenView(token));
}

/** `{ decision: approve | refuse, username? }`, as the PSU at the bank's page or in its app. */
function decideAuthorisation(call: Call): Answer {
  const id = call.param('id');
  const found = [...call.hub.authorisations.values()].find((one) => one.id === id || one.subjectId === id);
  const authorisation = found ?? missing('authorisation');
  const shape = call.body();
  shape.only(['decision', 'username']);
  const decision = shape.choice('decision', ['approve', 'refuse'] as const);
  const username = shape.optionalText('username');
  const customer = call.hub.customers.find((one) => one.username === username) ?? authorisation.customer;
  if (username !== undefined && customer?.username !== username) {
    throw new ShapeError('username', 'is no customer');
  }
  const back = decide(call.hub, call.base, authorisation, decision === 'approve', customer ?? call.hub.customers[0]);
  return ok({ ...authorisationView(authorisation), browserGoesTo: back });
}

/** `{ ais, pis }` LIVE or DOWN, `outOfHours`, `maintenance`; `approach`, `scaMethods` and `bic` (null: none) make it another bank. */
function changeBank(call: Call): Answer {
  const bank = call.hub.banks.get(call.param('id')) ?? missing('bank');
  const shape = call.body();
  shape.only(['ais', 'pis', 'outOfHours', 'maintenance', 'approach', 'scaMethods', 'bic']);
  for (const side of ['ais', 'pis'] as const) {
    const status = shape.optionalChoice<BankStatus>(side, ['LIVE', 'DOWN']);
    if (status !== undefined && status !== bank.status[side]) {
      turn(call, bank, side, status);
    }
  }
  bank.approach = shape.optionalChoice('approach', ['redirect', 'embedded', 'decoupled'] as const) ?? bank.approach;
  bank.scaMethods = shape.optionalList('scaMethods', (item, path) => checkText(item, path)) ?? bank.scaMethods;
  bank.bic = shape.has('bic') ? (shape.raw('bic') === null ? '' : shape.text('bic', { max: 11 })) : bank.bic;
  bank.outOfHours = shape.has('outOfHours') ? shape.boolean('outOfHours') : bank.outOfHours;
  bank.maintenance = shape.optionalList('maintenance', readMaintenance) ?? bank.maintenance;
  return ok(bankControlView(bank));
}

/** All members who subscribed hear of it. */
function turn({ hub }: Call, bank: Bank, side: 'ais' | 'pis', status: BankStatus): void {
  const word = (one: BankStatus) => (one === 'DOWN' ? 'COMPLETE_OUTAGE' : 'AVAILABLE');
  const change = {
    bankId: bank.id,
    previousOutageStatus: word(bank.status[side]),
    currentOutageStatus: word(status),
  };
  bank.status[side] = status;
  bank.status.sinceMs = hub.nowMs();
  for (const member of hub.members.values()) {
    if (side === 'ais') {
      hub.courier.emit(member, 'BANK_AIS_OUTAGE_STATUS_CHANGED', { bankAisOutageStatusChanged: change });
    } else {
      hub.courier.emit(member, 'BANK_SIP_OUTAGE_STATUS_CHANGED', { bankSipOutageStatusChanged: change });
    }
  }
}

function readMaintenance(item: unknown, path: string): Maintenance {
  if (typeof item !== 'object' || item === null) {
    throw new ShapeError(path, 'must be a JSON object');
  }
  const { startTime, endTime, type, productType } = Object.fromEntries(Object.entries(item)) as Record<string, string>;
  if (
    !startTime ||
    !endTime ||
    (type !== 'NO_DOWNTIME_EXPECTED' && type !== 'DOWNTIME_EXPECTED' && type !== 'OUTAGE') ||
    (productType !== 'AIS' && productType !== 'SIP')
  ) {
    throw new ShapeError(path, 'needs startTime, endTime, type and productType');
  }
  return { startTime, endTime, type, productType };
}

function missing(what: string): never {
  throw new ApiError(404, `No such ${what}`);
}
