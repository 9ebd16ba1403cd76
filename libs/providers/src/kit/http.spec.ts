import { createServer as createTcpServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { type Reply, type ScriptedUpstream, startUpstream } from '../../../../test/upstream.js';
import { ProviderError, type UpstreamCall } from '../port/index.js';
import {
  createUpstreamHttp,
  decodeJson,
  type UpstreamAnswer,
  type UpstreamHttp,
  type UpstreamHttpOptions,
  type UpstreamRequest,
} from './http.js';
import { record, text } from './json.js';

const reports: UpstreamCall[] = [];
const open: UpstreamHttp[] = [];
let bank: ScriptedUpstream;

beforeAll(async () => {
  bank = await startUpstream();
});
afterEach(async () => {
  reports.length = 0;
  await Promise.all(open.splice(0).map((http) => http.close()));
});
afterAll(() => bank.stop());

const answers: readonly (readonly [string, Reply])[] = [
  ['a reset after the request', { wire: ({ socket }) => socket.resetAndDestroy() }],
  ['a hang-up after the request', { wire: ({ socket }) => socket.end() }],
  ['an answer that never comes', { wire: () => undefined }],
  [
    'an answer that stops half-way',
    {
      wire: ({ socket }, response) =>
        response.writeHead(201, { 'content-length': '100' }).write('{"id":', () => socket.destroy()),
    },
  ],
  ['an answer that trickles', { wire: (_, response) => void response.writeHead(201).write('{"id":') }],
  ['something that is not HTTP', { wire: ({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n') }],
  ['408', { status: 408, text: '' }],
  ['500', { status: 500, json: { id: 'x' } }],
  ['503 with a page', { status: 503, text: '<html>maintenance</html>' }],
];

// Negative control: with `transportFailure` and `faultOf` taking no notice of `movesMoney`, every row of the first table
// fails; with `attempt.written` set before the connection is there, every row of the third one does.
describe('a call that moves money and left us', () => {
  it.each([
    ...answers,
    ['a redirect', { status: 303, text: '', headers: { location: '/elsewhere' } }] as const,
    ['an accepted request with a page', { status: 201, text: '<html>thank you</html>' }] as const,
    ['an accepted request without the id', { status: 201, json: { status: 'ok' } }] as const,
    ['an answer that is too large', { status: 201, text: 'x'.repeat(5_000) }] as const,
  ])('is outcome-unknown after %s, and was sent once', async (_, reply) => {
    bank.on('POST /pay', reply);
    const before = bank.seen.length;
    const error = await failure(pay(quick(), { movesMoney: true }));
    expect(error.kind).toBe('outcome-unknown');
    expect(bank.seen.length - before).toBe(1);
  });
});

describe('the same on a call that is safe', () => {
  it.each(answers)('is unavailable after %s', async (_, reply) => {
    bank.on('POST /pay', reply);
    expect((await failure(pay(quick()))).kind).toBe('unavailable');
  });

  it.each([
    ['a redirect', { status: 302, text: '', headers: { location: 'http://127.0.0.1:1/' } }],
    ['a page', { text: '<html></html>' }],
  ] as const)('is malformed after %s', async (_, reply) => {
    bank.on('POST /pay', reply);
    expect((await failure(pay(quick()))).kind).toBe('malformed');
  });
});

describe('a call of which no byte left us', () => {
  it.each([
    ['the connection is refused', () => closedPort()],
    ['the host is not known', () => Promise.resolve('http://no-such-bank.invalid')],
    ['the TLS handshake fails', () => Promise.resolve(bank.origin.replace('http:', 'https:'))],
  ])('is unavailable even with money in it, when %s', async (_, target) => {
    const origin = await target();
    const before = bank.seen.length;
    const error = await failure(pay(quick(origin), { movesMoney: true, url: new URL('/pay', origin) }));
    expect(error.kind).toBe('unavailable');
    expect(bank.seen.length).toBe(before);
  });

  it('is unavailable when it still waited for a connection as its time was over, and never goes out later', async () => {
    bank.on(
      'POST /pay',
      { wire: (_, response) => void setTimeout(() => response.end('{"id":"1"}'), 600) },
      { json: { id: '2' } },
    );
    const http = client({ maxConnections: 1, limits: { totalMs: 20_000, headersMs: 20_000 } });
    const before = bank.seen.length;
    const first = pay(http, { movesMoney: true });
    const second = await failure(pay(http, { movesMoney: true, signal: AbortSignal.timeout(100) }));
    expect(second.kind).toBe('unavailable');
    await first;
    await http.close();
    expect(bank.seen.length - before).toBe(1);
  });

  it('is unavailable when the caller gave up before it went out', async () => {
    const error = await failure(pay(quick(), { movesMoney: true, signal: AbortSignal.abort() }));
    expect(error.kind).toBe('unavailable');
  });
});

it('never repeats a request on a connection that the bank closed in the meantime', async () => {
  const sockets: Socket[] = [];
  let requests = 0;
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      requests += 1;
      // The first request is answered and the connection kept; the second meets a reset.
      if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"id":"1"}');
      else socket.resetAndDestroy();
    });
  });
  const origin = await listen(server);
  const http = client({ origins: new Set([origin]) });
  await pay(http, { movesMoney: true, url: new URL('/pay', origin) });
  // The pool takes a connection as free again one turn after its answer.
  await new Promise((resolve) => setImmediate(resolve));
  const error = await failure(pay(http, { movesMoney: true, url: new URL('/pay', origin) }));
  expect({ kind: error.kind, requests, connections: sockets.length }).toEqual({
    kind: 'outcome-unknown',
    requests: 2,
    connections: 1,
  });
  server.close();
});

it("lets an upstream's own words decide what a 5xx means, where they do", async () => {
  bank.on('POST /pay', { status: 502, json: { code: 'REFUSED' } });
  const faultWords = ({ body }: UpstreamAnswer) => (body.includes('REFUSED') ? { kind: 'rejected' as const } : {});
  expect((await failure(pay(quick(), { movesMoney: true, faultWords }))).kind).toBe('rejected');
  // Control: without words, the status alone.
  bank.on('POST /pay', { status: 502, json: { code: 'OTHER' } });
  expect((await failure(pay(quick(), { movesMoney: true, faultWords }))).kind).toBe('outcome-unknown');
});

it('calls no origin that is not configured', async () => {
  bank.on('POST /pay', { json: { id: '1' } });
  const before = bank.seen.length;
  const error = await failure(pay(client({ origins: new Set(['http://127.0.0.1:1']) })));
  expect(error.kind).toBe('malformed');
  expect(bank.seen.length).toBe(before);
});

it('gives 4xx answers back, and body and headers as they are', async () => {
  bank.on('POST /pay', { status: 404, json: { id: 'ä' }, headers: { 'ASPSP-SCA-Approach': 'EMBEDDED' } });
  const answer = await client().send(request());
  expect(answer.status).toBe(404);
  expect(answer.headers['aspsp-sca-approach']).toBe('EMBEDDED');
  expect(answer.body.toString()).toBe('{"id":"ä"}');
});

it('reports every call once, with what it was and how it ended', async () => {
  bank.on('POST /pay', { json: { id: '1' } }, { status: 429, json: {} }, { status: 500, json: {} });
  const http = quick();
  await pay(http);
  await pay(http).catch(() => undefined);
  await pay(http).catch(() => undefined);
  await pay(http, { url: new URL('http://127.0.0.1:1/pay') }).catch(() => undefined);
  expect(reports.map(({ operation, httpStatus, ok }) => ({ operation, httpStatus, ok }))).toEqual([
    { operation: 'pay', httpStatus: 200, ok: true },
    { operation: 'pay', httpStatus: 429, ok: false },
    { operation: 'pay', httpStatus: 500, ok: false },
  ]);
});

it('says nothing of queries, bodies and tokens in its errors', async () => {
  const origin = await closedPort();
  const error = await failure(
    pay(client({ origins: new Set([origin]) }), {
      url: new URL('/pay?token=canary-1', origin),
      headers: { authorization: 'Bearer canary-2' },
      body: 'canary-3',
    }),
  );
  expect(`${error.message} ${JSON.stringify(error.facts)}`).not.toMatch(/canary/);
});

function client(options: Partial<UpstreamHttpOptions> = {}): UpstreamHttp {
  const http = createUpstreamHttp({
    provider: 'spec',
    connectionId: 'cnn_1',
    origins: new Set([bank.origin]),
    addresses: null,
    now: () => new Date('2026-03-01T00:00:00Z'),
    report: (call) => reports.push(call),
    ...options,
  });
  open.push(http);
  return http;
}

function quick(origin = bank.origin): UpstreamHttp {
  const limits = { headersMs: 200, bodyMs: 200, totalMs: 400, maxAnswerBytes: 2_000 };
  return client({ origins: new Set([origin, bank.origin]), limits });
}

function request(change: Partial<UpstreamRequest> = {}): UpstreamRequest {
  const url = new URL('/pay', bank.origin);
  return { operation: 'pay', traceId: 'trace', method: 'POST', url, headers: {}, body: '{}', ...change };
}

async function pay(http: UpstreamHttp, change: Partial<UpstreamRequest> = {}): Promise<string> {
  return decodeJson('spec', await http.send(request(change)), record({ id: text })).value.id;
}

async function failure(call: Promise<unknown>): Promise<ProviderError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
  throw new Error('the call did not fail');
}

async function closedPort(): Promise<string> {
  const server = createTcpServer();
  const origin = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return origin;
}

async function listen(server: ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('an upstream that failed ten times in a row', () => {
  it('is left alone: calls are refused as not sent, also one that moves money', async () => {
    bank.on('POST /pay', { status: 503, text: '' });
    const http = quick();
    for (let count = 0; count < 10; count += 1) {
      expect((await failure(pay(http, { movesMoney: true }))).kind).toBe('outcome-unknown');
    }
    const before = bank.seen.length;
    // Negative control, carried out: without the breaker this call is sent, and so `outcome-unknown`.
    const refused = await failure(pay(http, { movesMoney: true }));
    expect(refused.kind).toBe('unavailable');
    expect(refused.message).toContain('Nothing was sent');
    expect(bank.seen.length).toBe(before);
  });

  // Negative control, carried out: with one breaker for all clients the second connection is refused as well.
  it('is left alone by the connection that failed, not by another one', async () => {
    bank.on('POST /pay', { status: 503, text: '' });
    const [failing, other] = [quick(), quick()];
    for (let count = 0; count < 11; count += 1) await failure(pay(failing));
    const before = bank.seen.length;
    bank.on('POST /pay', { json: { id: 'x' } });
    expect((await failure(pay(failing))).message).toContain('Nothing was sent');
    expect(await pay(other)).toBe('x');
    expect(bank.seen.length).toBe(before + 1);
  });

  it('is not one that refuses: what it says no to it has understood', async () => {
    bank.on('POST /pay', { status: 403, json: { id: 'x' } });
    const http = quick();
    for (let count = 0; count < 12; count += 1) await pay(http, { movesMoney: true });
    const before = bank.seen.length;
    await pay(http, { movesMoney: true });
    expect(bank.seen.length).toBe(before + 1);
  });
});
