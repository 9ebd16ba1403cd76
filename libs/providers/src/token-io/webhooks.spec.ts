import { createPrivateKey, sign } from 'node:crypto';
import fs from 'node:fs';
import type { IncomingWebhook, ProviderDeps } from '../port/index.js';
import { exampleSettings } from './settings.js';
import { createWebhookReceiver } from './webhooks.js';

// RFC 8032 section 7.1, TEST 1; the public half is that of the example settings.
const key = createPrivateKey({
  key: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  },
  format: 'jwk',
});
const findings: string[] = [];
const deps: ProviderDeps = {
  connectionId: 'cnn_1',
  environment: 'sandbox',
  now: () => new Date(),
  addresses: null,
  report: () => undefined,
  warn: ({ message }) => findings.push(message),
};
const sample = (name: string): Buffer => fs.readFileSync(`test/fixtures/wire/token-io/${name}.json`);

function webhook(rawBody: Buffer, more: Partial<IncomingWebhook['headers']> = {}, event?: string): IncomingWebhook {
  const headers = { 'token-signature': sign(null, rawBody, key).toString('base64url'), ...more };
  return { headers, rawBody, event, receivedAt: new Date() };
}

const receiver = createWebhookReceiver(exampleSettings, deps);
if (receiver === undefined) throw new Error('the example settings have a webhook key');

describe('a webhook', () => {
  const payment = sample('webhook-payment');

  // Made with OpenSSL.
  it('is proven by this signature of this body', () => {
    const rawBody = Buffer.from('{"id":"1","payment":{"id":"pm2:1:2","status":"INITIATION_COMPLETED"}}');
    const vector = 'XJnOfkc-TqUSJcTA4BpupssM5prZWcMDznffbikw_KIIozm66PNYbEJmifHC5-gIx1CzVzcGc9empSN-azbyBQ';
    expect(sign(null, rawBody, key).toString('base64url')).toBe(vector);
    expect(() => receiver.verify(webhook(rawBody, { 'token-signature': vector }))).not.toThrow();
  });

  // Negative control, carried out once: with `verify` left out of the condition the first four are accepted.
  it.each([
    [
      'one altered byte',
      () =>
        webhook(Buffer.from(payment.toString().replace('ACSC', 'ACSP')), {
          'token-signature': sign(null, payment, key).toString('base64url'),
        }),
    ],
    ['no signature', () => webhook(payment, { 'token-signature': undefined })],
    ['an empty one', () => webhook(payment, { 'token-signature': '' })],
    ['one that is too short', () => webhook(payment, { 'token-signature': 'AAAA' })],
    ['the address of another connection', () => webhook(payment, {}, 'cnn_2')],
    ['another member', () => webhook(Buffer.from(payment.toString().replace('m:nP4w', 'm:xxxx')))],
  ])('with %s is refused', (_, make) => {
    expect(() => receiver.verify(make())).toThrow(expect.objectContaining({ kind: 'unauthorised' }));
  });

  it('is taken at the address of its connection', () => {
    expect(() => receiver.verify(webhook(payment, {}, 'cnn_1'))).not.toThrow();
  });

  it.each([
    ['webhook-payment', 'PAYMENT_STATUS_CHANGED', { type: 'payment', reference: 'pm2:12345abcd:abcd' }],
    [
      'webhook-transfer',
      'TRANSFER_STATUS_CHANGED',
      { type: 'payment', reference: 'rq:ej5ACWNwi1EcqBeuDPc4Z8C4Bgc:5zKtXEAq' },
    ],
    ['webhook-outage', 'BANK_SIP_OUTAGE_STATUS_CHANGED', { type: 'institution', reference: 'ob-modelo' }],
  ])(
    '%s hints at its subject, with or without its kind in the header, the same key for a repeated one',
    (name, kind, subject) => {
      const [named] = receiver.decode(webhook(sample(name), { 'token-event': kind }));
      const [again] = receiver.decode(webhook(sample(name)));
      expect(named).toEqual({ eventKey: expect.stringContaining(kind), subject });
      expect(again).toEqual(named);
    },
  );

  it('of a kind that is of no use here says nothing, and is reported', () => {
    expect(receiver.decode(webhook(Buffer.from('{"id":"x"}'), { 'token-event': 'PAYOUT_STATUS_CHANGED' }))).toEqual([]);
    expect(findings.at(-1)).toContain('PAYOUT_STATUS_CHANGED');
  });

  it('that is no JSON is malformed', () => {
    expect(() => receiver.decode(webhook(Buffer.from('<html>')))).toThrow(
      expect.objectContaining({ kind: 'malformed' }),
    );
  });
});
