import { type AnyOrder, isBulk } from '@tributary/domain';
import { decodeTime } from 'ulid';
import { deriveReference } from '../../kit/reference.js';
import { type HeldPayment, ProviderError } from '../../port/index.js';
import type { CallSpec } from '../client.js';
import { pain001 } from '../pain/pain001.js';
import { providerId, type Xs2aSettings } from '../settings.js';
import { jsonOrder, standingOrder } from './json-order.js';
import type { PaymentProduct } from './products.js';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * What an initiation sends, as its product wants it: JSON, pain.001, or for a recurring payment in XML both parts of a multipart
 * message (1.3.11, schema periodicPaymentInitiationMultipartBody). Built again for the same payment it is the same, byte for byte:
 * only then a bank that replays recognises a second copy.
 */
export function initiationContent(
  payment: HeldPayment<AnyOrder>,
  product: PaymentProduct,
  settings: Xs2aSettings,
  connectionId: string,
): Pick<CallSpec, 'body' | 'content'> {
  const { order } = payment;
  if (product.format === 'json') return { body: jsonOrder(order, product, settings) };
  const createdAt = createdAtOf(payment.id);
  const message = pain001(order, product, {
    messageId: deriveReference(connectionId, payment.id, { length: 30, alphabet }),
    createdAt,
    today: dayAt(createdAt, settings.timeZone ?? 'Europe/Brussels'),
    initiatingParty: settings.initiatingParty,
    debtorAgentBic: settings.institution.bic,
  });
  if (isBulk(order) || order.recurrence === undefined) {
    return { content: { type: 'application/xml', bytes: message } };
  }
  const boundary = deriveReference(connectionId, `${payment.id} boundary`, { length: 30, alphabet });
  const parts = [
    { name: 'xml_sct', type: 'application/xml', text: message },
    { name: 'json_standingorderType', type: 'application/json', text: JSON.stringify(standingOrder(order.recurrence)) },
  ];
  return { content: { type: `multipart/form-data; boundary=${boundary}`, bytes: multipart(parts, boundary) } };
}

/** A message of several parts (RFC 7578). */
function multipart(
  parts: readonly { readonly name: string; readonly type: string; readonly text: string }[],
  boundary: string,
): string {
  const lines = parts.flatMap(({ name, type, text }) => [
    `--${boundary}`,
    `Content-Disposition: form-data; name="${name}"`,
    `Content-Type: ${type}`,
    '',
    text,
  ]);
  return [...lines, `--${boundary}--`, ''].join('\r\n');
}

/** When the payment was made: our ids begin with it (ULID). */
function createdAtOf(id: string): Date {
  const ulid = /^[a-z]+_([0-9A-HJKMNP-TV-Z]{26})$/.exec(id)?.[1];
  if (ulid !== undefined) return new Date(decodeTime(ulid));
  const message = 'The id of the payment does not tell when it was made. Nothing was sent.';
  throw new ProviderError({ kind: 'unsupported', provider: providerId, operation: 'initiatePayment', message });
}

/** The date YYYY-MM-DD at an instant in a time zone. */
export function dayAt(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(instant);
}
