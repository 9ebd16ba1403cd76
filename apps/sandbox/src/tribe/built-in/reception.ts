import { createPublicKey } from 'node:crypto';
import { isObject, type Answer, type Json } from '../answer.js';
import { openMessage, readObject, type BankMessage } from '../bank-message/open-message.js';
import type { BankReply } from '../parties.js';
import { Refusal } from '../refusal.js';
import { errorAnswer } from '../send.js';
import { BANK_WEBHOOKS } from '../vocabulary.js';
import type { BuiltInBank } from './bank.js';
import { HANDLERS } from './webhooks.js';

const HOUR_MS = 3_600_000;

/** Takes a webhook of the hub as any bank should: name, credentials, signature over the raw bytes, and only then the body. */
export function receive(bank: BuiltInBank, message: BankMessage): BankReply {
  const answer = answerTo(bank, message);
  return { status: answer.status, bytes: Buffer.from(JSON.stringify(answer.body)) };
}

function answerTo(bank: BuiltInBank, message: BankMessage): Answer {
  const { hub, record, requests } = bank;
  try {
    const name = BANK_WEBHOOKS.find((known) => known === message.name);
    if (name === undefined) {
      throw new Refusal(401, 'API_ACTION_DOES_NOT_EXIST', 'This API action does not exist');
    }
    const expected = hub.settings.apiKeys === 'same' ? record.apiKey : record.webhookApiKey;
    const sender = { publicKey: createPublicKey(record.hubKey), blocked: false };
    const { requestId } = openMessage(message, hub.settings.checkOrder, (key) =>
      key === expected ? sender : undefined,
    );
    const handler = HANDLERS[name];
    const now = hub.clock.nowMs();
    const known = handler.moves ? requests.find('hub', requestId, message, now) : undefined;
    if (known) {
      return known;
    }
    const answer = { status: 200, body: handler.handle(bank, message, bodyOf(message)) };
    if (handler.moves) {
      requests.keep('hub', requestId, message, answer, now + hub.settings.requestIdHours * HOUR_MS);
    }
    return answer;
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    return withoutDetails(errorAnswer(hub, 'bank', error, message.headers['x-request-id']));
  }
}

/** `v2_accounts` has no body: nothing, `{}` and `[]` are the same. */
function bodyOf(message: BankMessage): Json {
  const empty = message.name === 'v2_accounts' && /^\s*(?:\[\s*\])?\s*$/.test(message.bytes.toString('utf8'));
  return empty ? {} : readObject(message.bytes);
}

/** The error body of webhooks has no `additionalErrors`; what they say goes into the title. */
function withoutDetails(answer: Answer): Answer {
  if (!isObject(answer.body)) {
    return answer;
  }
  const { additionalErrors, ...body } = answer.body;
  const [first] = Array.isArray(additionalErrors) ? (additionalErrors as { details?: string }[]) : [];
  return { ...answer, body: first?.details === undefined ? body : { ...body, title: first.details } };
}
