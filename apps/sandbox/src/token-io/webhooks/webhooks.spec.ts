import { createPublicKey, verify } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { TokenMember, paymentBody, type Json } from '../../../test/token-member.js';

interface Received {
  event: string;
  signature: string;
  text: string;
}

let tpp: TokenMember;
let server: Server;
let received: Received[];
let answers: number[];

beforeEach(async () => {
  tpp = await TokenMember.start();
  received = [];
  answers = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    request.on('end', () => {
      const { 'token-event': event = '', 'token-signature': signature = '' } = request.headers;
      received.push({ event: String(event), signature: String(signature), text });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  await tpp.app.close();
  await new Promise((done) => void server.close(done));
});

async function subscribe(type = ['PAYMENT_STATUS_CHANGED', 'TRANSFER_STATUS_CHANGED']): Promise<void> {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const config = { type, url: `http://127.0.0.1:${port}/hooks` };
  expect((await tpp.call('PUT', '/webhook/config', { config })).json).toEqual({});
  expect((await tpp.call('GET', '/webhook/config')).json).toEqual({ config });
}

async function until(count: number): Promise<Received[]> {
  while (received.length < count) {
    // oxlint-disable-next-line no-await-in-loop -- waiting for what comes by itself
    await new Promise((done) => void setTimeout(done, 10));
  }
  return received;
}

async function pay(): Promise<void> {
  const { json } = await tpp.call('POST', '/v2/payments', paymentBody());
  const { authentication } = json['payment'] as { authentication: { redirectUrl: string } };
  await tpp.authorise(authentication.redirectUrl);
}

function isSigned({ text, signature }: Received, publicRaw: string): boolean {
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(publicRaw, 'base64url')]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
}

function statusesOf(events: readonly Received[]): string[] {
  return events.map(({ text }) => (JSON.parse(text) as { payment: { status: string } }).payment.status);
}

it('tells every change without being asked, in order, signed over the very bytes', async () => {
  await subscribe();
  await pay();
  const events = await until(8);
  expect(statusesOf(events).slice(-3)).toEqual([
    'INITIATION_PROCESSING',
    'INITIATION_COMPLETED',
    'INITIATION_COMPLETED',
  ]);
  for (const event of events) {
    expect(event.event).toBe('PAYMENT_STATUS_CHANGED');
    expect(isSigned(event, tpp.webhookPublicKey)).toBe(true);
    expect(isSigned({ ...event, text: `${event.text} ` }, tpp.webhookPublicKey)).toBe(false);
  }
});

it('tries again after ten minutes when the answer was not 200', async () => {
  await subscribe();
  answers = [500, 202];
  await tpp.call('POST', '/v2/payments', paymentBody());
  const [first] = await until(2);
  await settled(() => tpp.control('GET', '/webhooks'), 'waiting', 2);
  await tpp.advance(601);
  const events = await until(4);
  expect(events.map(({ text }) => text)).toContain(first?.text);
  expect(events.filter(({ text }) => text === first?.text)).toHaveLength(2);
});

it('tries again within seconds where a tester wishes it', async () => {
  await subscribe();
  await tpp.control('PUT', '/webhooks', { retrySeconds: 0.05 });
  answers = [503, 503];
  await tpp.call('POST', '/v2/payments', paymentBody());
  const seen = await until(4);
  expect(new Set(seen.map(({ text }) => text)).size).toBe(2);
  expect(await tpp.control('PUT', '/webhooks', { retrySeconds: null })).toMatchObject({ retrySeconds: null });
});

it('can be doubled, dropped, held and shuffled, and signed wrongly', async () => {
  await subscribe();
  await tpp.control('PUT', '/webhooks', { copies: 2 });
  await tpp.call('POST', '/v2/payments', paymentBody());
  const doubled = await until(4);
  expect(new Set(doubled.map(({ text }) => text)).size).toBe(2);
  await tpp.control('PUT', '/webhooks', { copies: 1, drop: 'all' });
  await tpp.call('POST', '/v2/payments', paymentBody());
  await tpp.control('PUT', '/webhooks', { drop: 'none', hold: true, shuffle: true });
  await tpp.call('POST', '/v2/payments', paymentBody());
  expect(received).toHaveLength(4);
  expect(await tpp.control('POST', '/webhooks/release')).toEqual({ released: 2 });
  expect(statusesOf((await until(6)).slice(4))).toEqual(['INITIATION_PENDING_REDIRECT_AUTH', 'INITIATION_PENDING']);
  await tpp.control('PUT', '/webhooks', { hold: false, badSignature: true });
  await tpp.call('POST', '/v2/payments', paymentBody());
  const wrong = (await until(8)).at(-1);
  expect(wrong && isSigned(wrong, tpp.webhookPublicKey)).toBe(false);
});

it('sends only what was subscribed to, and nothing after the configuration is deleted', async () => {
  await subscribe(['BANK_AIS_OUTAGE_STATUS_CHANGED']);
  await tpp.call('POST', '/v2/payments', paymentBody());
  await tpp.control('PUT', '/banks/mbank', { ais: 'DOWN' });
  expect(JSON.parse((await until(1))[0]?.text ?? '')).toMatchObject({
    bankAisOutageStatusChanged: { bankId: 'mbank', currentOutageStatus: 'COMPLETE_OUTAGE' },
  });
  expect((await tpp.call('DELETE', '/webhook/config')).json).toEqual({});
  expect((await tpp.call('GET', '/webhook/config')).status).toBe(404);
  await tpp.control('PUT', '/banks/mbank', { ais: 'LIVE' });
  expect(((await tpp.control('GET', '/webhooks'))['deliveries'] as Json[]).length).toBe(1);
});

it('refuses an unknown type', async () => {
  const config = { type: ['SOMETHING'], url: 'https://tpp.example/hooks' };
  expect((await tpp.call('PUT', '/webhook/config', { config })).status).toBe(400);
});

/** Waits until so many deliveries have had a try and are in this state. */
async function settled(read: () => Promise<Json>, state: string, count: number): Promise<void> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- waiting for what comes by itself
    const { deliveries } = (await read()) as { deliveries: { state: string; attempts: unknown[] }[] };
    if (deliveries.filter((one) => one.state === state && one.attempts.length > 0).length >= count) {
      return;
    }
  }
}
