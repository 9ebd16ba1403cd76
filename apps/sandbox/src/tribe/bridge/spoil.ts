import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { BankMessage } from '../bank-message/open-message.js';
import { signBody } from '../raw-signature.js';

/** Mistakes that a bank must notice in a webhook. */
export const SPOILERS = [
  'alteredByte',
  'reserialised',
  'wrongKey',
  'noSignature',
  'urlSafe',
  'noBase64',
  'noRequestId',
  'badRequestId',
  'noApiKey',
  'wrongApiKey',
  'noToken',
  'wrongToken',
] as const;
export type Spoiler = (typeof SPOILERS)[number];

let strangerKey: KeyObject | undefined;

/** The same webhook with one mistake; signed before, unless the mistake is the signature. */
export function spoil(message: BankMessage, spoiler: Spoiler): BankMessage {
  const withHeaders = (headers: BankMessage['headers'], bytes = message.bytes): BankMessage => ({
    ...message,
    bytes,
    headers: { ...message.headers, ...headers },
  });
  switch (spoiler) {
    case 'alteredByte':
      return withHeaders({}, altered(message.bytes));
    case 'reserialised':
      return withHeaders({}, Buffer.from(JSON.stringify(JSON.parse(message.bytes.toString('utf8') || '{}'), null, 1)));
    case 'wrongKey':
      strangerKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      return withHeaders({ 'x-signature': signBody(message.bytes, strangerKey) });
    case 'noSignature':
      return withHeaders({ 'x-signature': undefined });
    case 'urlSafe':
      return withHeaders({ 'x-signature': urlSafe(message.headers['x-signature'] ?? '') });
    case 'noBase64':
      return withHeaders({ 'x-signature': `*${message.headers['x-signature']}` });
    case 'noRequestId':
      return withHeaders({ 'x-request-id': undefined });
    case 'badRequestId':
      return withHeaders({ 'x-request-id': '12345' });
    case 'noApiKey':
      return withHeaders({ 'x-api-key': undefined });
    case 'wrongApiKey':
      return withHeaders({ 'x-api-key': `${message.headers['x-api-key']}x` });
    case 'noToken':
      return withHeaders({ 'x-auth-token': undefined });
    case 'wrongToken':
      return withHeaders({ 'x-auth-token': 'feedfacefeedfacefeedface' });
  }
}

/** The last digit or letter becomes another one, so that the JSON stays JSON. */
function altered(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const at = /[0-9a-z](?=[^0-9a-z]*$)/i.exec(text)?.index;
  if (at === undefined) {
    return Buffer.concat([bytes, Buffer.from(' ')]);
  }
  const copy = Buffer.from(bytes);
  copy[at] = text[at] === '1' ? 0x32 : 0x31;
  return copy;
}

/** Even a signature that happens to have neither `+` nor `/` is another text: the padding goes. */
function urlSafe(signature: string): string {
  return signature.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
