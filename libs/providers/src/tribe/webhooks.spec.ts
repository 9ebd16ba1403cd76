import { generateKeyPairSync, sign } from 'node:crypto';
import { wireSample } from '../../../../test/upstream.js';
import { createWebhooks } from './webhooks.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const webhooks = createWebhooks(publicKey.export({ type: 'spki', format: 'pem' }).toString());
const receivedAt = new Date('2026-03-02T10:00:00Z');

function webhook(body: string, signature: string | undefined, event?: string) {
  return { headers: { 'x-signature': signature }, rawBody: Buffer.from(body), receivedAt, event };
}
const signed = (body: string, key = privateKey): string => sign('sha256', Buffer.from(body), key).toString('base64');
const status = wireSample('tribe', 'webhook-status');

// Negative control: the first line of the first test is the same message, believed.
describe('a webhook about a payment', () => {
  it('is believed with the signature of the hub over its bytes, and with no other', () => {
    expect(() => webhooks.verify(webhook(status, signed(status)))).not.toThrow();
    const serialised = JSON.stringify(JSON.parse(status));
    const urlSafe = signed(status).replaceAll('+', '-').replaceAll('/', '_');
    for (const [body, signature] of [
      [status.replace('ACSC', 'RJCT'), signed(status)],
      [serialised, signed(status)],
      [status, signed(status, other)],
      [status, urlSafe === signed(status) ? 'AA-_' : urlSafe],
      [status, 'nonsense'],
      [status, ''],
      [status, undefined],
    ] as const) {
      expect(() => webhooks.verify(webhook(body, signature))).toThrow('does not carry the signature');
    }
  });

  it('is a hint: which payment, and the same key for the same fact', () => {
    const decoded = webhooks.decode(webhook(status, undefined, 'v2_payment_status'));
    expect(decoded).toEqual([
      {
        eventKey: 'v2_payment_status:1234-wertiq-983:ACSC',
        subject: { type: 'payment', reference: '1234-wertiq-983' },
      },
    ]);
    const snake = '{"payment_id":"1234-wertiq-983","payment_status":"ACSC"}';
    expect(webhooks.decode(webhook(snake, undefined))).toEqual(decoded);
  });

  it('can say that the link to confirm it has ended', () => {
    const body = wireSample('tribe', 'webhook-link-expired');
    const event = 'v2_payment_confirmation_link_expire';
    expect(webhooks.decode(webhook(body, undefined, event))).toEqual([
      { eventKey: `${event}:1234-wertiq-983`, subject: { type: 'payment', reference: '1234-wertiq-983' } },
    ]);
  });

  it.each([
    ['no JSON', 'hello', undefined],
    ['no payment', '{}', undefined],
    ['another kind than its address', status, 'v2_payment_confirmation_link_expire'],
  ])('with %s does not decode', (_, body, event) => {
    expect(() => webhooks.decode(webhook(body, undefined, event))).toThrow('does not decode');
  });
});
