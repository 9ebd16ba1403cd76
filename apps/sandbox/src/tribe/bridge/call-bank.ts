import { EventEmitter } from 'node:events';
import { isObject, type Json } from '../answer.js';
import type { BankMessage } from '../bank-message/open-message.js';
import type { Hub } from '../hub.js';
import type { Bank, BankReply } from '../parties.js';
import { Refusal } from '../refusal.js';
import { actFaults, type FaultEffect } from '../wire-faults.js';
import { compose, type Question } from './compose.js';
import { SPOILERS, spoil } from './spoil.js';

/** A bank said no, or nothing that could be understood. `status` and `code` are the bank's own, when it gave some. */
export class BankFailure extends Error {
  constructor(
    readonly status: number | undefined,
    readonly code: string | undefined,
    readonly title: string,
  ) {
    super(title);
  }
}

/**
 * Asks a bank by webhook and waits for its answer.
 * @throws BankFailure for anything but a 200 with a JSON object.
 */
export async function askBank(hub: Hub, bank: Bank, question: Question): Promise<Json> {
  const operation = `webhooks.${question.name}`;
  hub.ledger.called(operation);
  const amount = orderedAmount(question.body);
  const faults = hub.faults.strike({ method: 'POST', path: `/${question.name}`, operation, amount });
  const spoiler = faults.find(({ kind }) => kind === 'spoilWebhook')?.code;
  const composed = compose(hub, bank, question);
  const chosen = SPOILERS.find((one) => one === spoiler);
  const message = chosen ? spoil(composed, chosen) : composed;
  const note = {
    at: hub.now(),
    bank: bank.identifier,
    name: question.name,
    requestId: message.headers['x-request-id'] ?? '',
    httpStatus: undefined as number | undefined,
    faults: faults.map(({ kind }) => kind),
  };
  const waiter = new EventEmitter();
  stopForEffect(await actFaults(hub, waiter, faults, 'before'));
  hub.ledger.webhooks.push(note);
  const reply = await deliver(hub, bank, message);
  note.httpStatus = reply.status;
  if (faults.some(({ kind }) => kind === 'doubleWebhook')) {
    await deliver(hub, bank, message);
  }
  stopForEffect(await actFaults(hub, waiter, faults, 'after'));
  return readReply(reply);
}

/** What a payment's webhook is about, for faults; the sum of a bulk. */
function orderedAmount(body: Json = {}): string | undefined {
  const money = body['instructed_amount'] ?? body['instructedAmount'] ?? body['instructed_totals'];
  return isObject(money) && typeof money['amount'] === 'string' ? money['amount'] : undefined;
}

async function deliver(hub: Hub, bank: Bank, message: BankMessage): Promise<BankReply> {
  const signal = AbortSignal.any([hub.closing.signal, AbortSignal.timeout(hub.settings.bankTimeoutMs)]);
  try {
    return await bank.line.send(message, signal);
  } catch (error) {
    throw new BankFailure(undefined, undefined, `No answer from the bank: ${String(error)}`);
  }
}

/** Between hub and bank, a spoiled answer and a cut connection are the same: the hub has no answer. */
function stopForEffect(effect: FaultEffect): void {
  if (effect?.kind === 'error') {
    throw new BankFailure(effect.status, effect.code, effect.title);
  }
  if (effect) {
    throw new BankFailure(undefined, undefined, 'No answer from the bank');
  }
}

function readReply(reply: BankReply): Json {
  let value: unknown;
  try {
    value = JSON.parse(reply.bytes.toString('utf8'));
  } catch {
    throw new BankFailure(reply.status, undefined, `The bank answered ${reply.status} without JSON`);
  }
  if (reply.status === 200 && isObject(value)) {
    return value;
  }
  const { code, title } = isObject(value) ? value : {};
  const text =
    typeof title === 'string' ? title : typeof code === 'string' ? code : `The bank answered ${reply.status}`;
  throw new BankFailure(reply.status, typeof code === 'string' ? code : undefined, text);
}

/**
 * What the TPP is told about it: 502 ASPSP_UNKNOWN_ERROR with the bank's words. `bankErrors` says which of the bank's
 * answers go through instead.
 * @param refusals what this operation makes of some of the bank's codes.
 */
export function refusalFor(failure: BankFailure, hub: Hub, refusals: Readonly<Record<string, Refusal>> = {}): Refusal {
  const { status, code = '' } = failure;
  const { bankErrors } = hub.settings;
  const known = refusals[code];
  if (bankErrors === 'accountUnknown' && known) {
    return known;
  }
  if (bankErrors === 'passed' && status !== undefined && status >= 400 && code !== '') {
    return new Refusal(status, code, failure.title.slice(0, 70));
  }
  return new Refusal(502, 'ASPSP_UNKNOWN_ERROR', 'Request to ASPSP failed', [
    { code: 'ASPSP_ERROR_DESC', title: (code || 'ASPSP error').slice(0, 70), details: failure.title.slice(0, 500) },
  ]);
}
