import { randomUUID } from 'node:crypto';
import type { BankRefusal, BankRefusalKind, InboundRequest, InboundResponse } from '../../port/index.js';
import { bankDefaults, type BankSettings } from './settings.js';
import type { WireRefusal } from './wire.js';

/** Version 1 to 8 and the variant of RFC 9562, in either case. */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export function isUuid(text: string | undefined): text is string {
  return text !== undefined && uuid.test(text);
}

/** Error codes and their HTTP statuses (BANK API v2, "Error code"). A wrong path and a wrong request id are 401 there. */
const codes = {
  // The documentation has no 429. A refusal would say that nothing was done, but a repeated payment may have been taken in before.
  'too-many': [500, 'INTERNAL_SERVER_ERROR'],
  'client-certificate': [401, 'SSL_CREDENTIALS_NOT_FOUND'],
  'unknown-action': [401, 'API_ACTION_DOES_NOT_EXIST'],
  unauthenticated: [401, 'AUTHENTICATION_REQUIRED'],
  'wrong-credentials': [401, 'WRONG_CREDENTIALS'],
  'request-id': [401, 'REQUEST_ID_NOT_UUID'],
  headers: [400, 'HEADERS_ERROR'],
  malformed: [400, 'FORMAT_ERROR'],
  'token-missing': [401, 'AUTHENTICATION_REQUIRED'],
  'token-invalid': [401, 'WRONG_CREDENTIALS'],
  'not-granted': [403, 'SERVICE_BLOCKED'],
  'unknown-resource': [404, 'RESOURCE_UNKNOWN'],
  'foreign-resource': [403, 'SERVICE_BLOCKED'],
  'scheme-unsupported': [400, 'PAYMENT_SCHEME_INVALID'],
  // The documentation has no code for it: this one is Berlin Group's.
  'payment-refused': [400, 'PAYMENT_FAILED'],
  internal: [500, 'INTERNAL_SERVER_ERROR'],
} as const satisfies Record<BankRefusalKind, readonly [number, string]>;

type RefusalSettings = Pick<BankSettings, 'paymentRefusedCode' | 'timestampOffset' | 'foreignAccount'>;

/** The error body of the bank's answers. It has no list of details: what is wrong with which field stands in the title. */
export function refusalResponse(
  { paymentRefusedCode, timestampOffset, foreignAccount }: RefusalSettings,
  { headers }: InboundRequest,
  { kind, message }: BankRefusal,
  now: Date,
): InboundResponse {
  const hidden = kind === 'foreign-resource' && (foreignAccount ?? bankDefaults.foreignAccount) === 'unknown';
  const [httpStatus, usual] = codes[hidden ? 'unknown-resource' : kind];
  const given = headers['x-request-id'];
  const body: WireRefusal = {
    code: kind === 'payment-refused' ? (paymentRefusedCode ?? usual) : usual,
    title: message.slice(0, 255),
    timestamp: `${now.toISOString().slice(0, 19)}${timestampOffset ?? bankDefaults.timestampOffset}`,
    // Junk is never echoed.
    requestId: isUuid(given) ? given : randomUUID(),
  };
  return { httpStatus, body };
}
