import type { KeyObject } from 'node:crypto';
import type { Json } from '../answer.js';
import { isObject } from '../answer.js';
import { holdsFor } from '../raw-signature.js';
import { Refusal } from '../refusal.js';
import type { Settings } from '../settings.js';
import { UUID } from '../vocabulary.js';

/** A message of the bank plane as it arrived, in either direction. Header names are in lower case. */
export interface BankMessage {
  /** The name of the webhook or the path of the action. */
  name: string;
  headers: Readonly<Record<string, string | undefined>>;
  /** The raw body: the signature is over these bytes. */
  bytes: Buffer;
}

/** Who may send: found by X-Api-Key. */
export interface Sender {
  publicKey: KeyObject;
  blocked: boolean;
}

/**
 * The checks before a body is looked at: X-Api-Key, X-Request-Id, X-Signature over the raw bytes, in this order
 * (`checkOrder: signatureFirst` turns the last two round).
 * @throws Refusal with the first mistake; nothing was parsed so far.
 */
export function openMessage<T extends Sender>(
  message: BankMessage,
  order: Settings['checkOrder'],
  findSender: (apiKey: string) => T | undefined,
): { sender: T; requestId: string } {
  const apiKey = message.headers['x-api-key'] ?? '';
  if (apiKey === '') {
    throw new Refusal(401, 'AUTHENTICATION_REQUIRED', 'X-Api-Key is missing');
  }
  const sender = findSender(apiKey);
  if (!sender) {
    throw new Refusal(401, 'WRONG_CREDENTIALS', 'X-Api-Key is not known');
  }
  if (sender.blocked) {
    throw new Refusal(403, 'SERVICE_BLOCKED', 'The client is blocked');
  }
  if (order === 'signatureFirst') {
    checkSignature(message, sender);
  }
  const requestId = message.headers['x-request-id'] ?? '';
  if (!UUID.test(requestId)) {
    throw new Refusal(401, 'REQUEST_ID_NOT_UUID', 'Header "X-Request-Id" is not valid UUID');
  }
  checkSignature(message, sender);
  return { sender, requestId };
}

function checkSignature(message: BankMessage, sender: Sender): void {
  const signature = message.headers['x-signature'] ?? '';
  if (signature === '') {
    throw new Refusal(400, 'HEADERS_ERROR', 'X-Signature is missing');
  }
  if (!holdsFor(message.bytes, signature, sender.publicKey)) {
    throw new Refusal(401, 'WRONG_CREDENTIALS', 'X-Signature does not fit the body');
  }
}

/** The body as a JSON object; `empty` is the answer for no body at all. */
export function readObject(bytes: Buffer, empty?: Json): Json {
  if (bytes.length === 0 && empty) {
    return empty;
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'FORMAT_ERROR', 'The body is not JSON');
  }
  if (!isObject(value)) {
    throw new Refusal(400, 'FORMAT_ERROR', 'The body is not a JSON object');
  }
  return value;
}
