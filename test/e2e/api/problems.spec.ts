import { connect } from 'node:net';
import { at, expectProblem, makeApp, type RunningApi, send, startApi, tokenFor } from './process.js';

let api: RunningApi;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await tokenFor(api.url, api.admin);
});
afterAll(() => api.stop());

const app = { name: 'App', redirectUris: ['https://app.example.com/callback'], scopes: ['accounts'] };
const post = (body: unknown, headers: Record<string, string> = {}) =>
  send(`${api.url}/v1/apps`, { method: 'POST', token, body, headers });
const pointers = (body: unknown): unknown[] => {
  const errors = at(body, 'errors');
  return Array.isArray(errors) ? errors.map((error) => at(error, 'pointer')) : [];
};

describe('problems', () => {
  it.each([
    ['unknown route', 'GET', '/v1/nothing', 404, 'not_found'],
    ['unknown method', 'PUT', '/v1/apps', 404, 'not_found'],
    ['malformed URL', 'GET', '/v1/apps/%ZZ', 400, 'invalid_request'],
    ['malformed id', 'GET', '/v1/apps/app_1', 404, 'not_found'],
    ['id of another kind', 'GET', '/v1/apps/con_01KAHX5V4Q0N6W2T8B7C9D3E5F', 404, 'not_found'],
    ['NUL in the path', 'GET', '/v1/apps/app_%00', 400, 'invalid_request'],
    ['limit of zero', 'GET', '/v1/apps?limit=0', 400, 'invalid_request'],
    ['limit that overflows', 'GET', '/v1/apps?limit=99999999999999999999', 400, 'invalid_request'],
    ['limit that is no number', 'GET', '/v1/apps?limit=1e2', 400, 'invalid_request'],
    ['repeated limit', 'GET', '/v1/apps?limit=1&limit=2', 400, 'invalid_request'],
    ['foreign cursor', 'GET', '/v1/apps?cursor=AAAA', 400, 'invalid_request'],
    ['unknown query', 'GET', '/v1/apps?offset=3', 400, 'invalid_request'],
  ])('%s', async (_, method, path, status, code) => {
    expectProblem(await send(`${api.url}${path}`, { method, token }), status, code);
  });

  it.each<[string, string, number, string]>([
    ['broken JSON', '{"name":', 400, 'invalid_request'],
    ['no object', '["a"]', 400, 'invalid_request'],
    ['null', 'null', 400, 'invalid_request'],
    ['a list of good objects', JSON.stringify([app]), 400, 'invalid_request'],
    ['__proto__', '{"__proto__":{"admin":true}}', 400, 'invalid_request'],
    ['NUL', '{"name":"a\\u0000"}', 400, 'invalid_request'],
    ['half of a surrogate pair', '{"name":"a\\ud800"}', 400, 'invalid_request'],
    ['deep nesting', `{"name":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 400, 'invalid_request'],
    ['too much', JSON.stringify({ name: 'x'.repeat(1_100_000) }), 413, 'body_too_large'],
  ])('body: %s', async (_, body, status, code) => {
    expectProblem(await post(body, { 'content-type': 'application/json' }), status, code);
  });

  it('refuses other kinds of bodies', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      expectProblem(await post('a=b', { 'content-type': type }), 415, 'unsupported_media_type');
    }
  });

  // Negative control, carried out: without the check the message goes on to the signature, which nobody here can hold against it (404).
  it('refuses webhooks in an encoding: it is the bytes that are signed', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const answer = await send(`${api.url}/webhooks/token-io`, { method: 'POST', body: '{}', headers });
    expectProblem(answer, 415, 'unsupported_media_type');
    const plain = await send(`${api.url}/webhooks/token-io`, { method: 'POST', body: '{}' });
    expectProblem(plain, 404, 'not_found');
  });

  it('names every field at fault, and no other', async () => {
    const answer = await post({
      name: '',
      redirectUris: ['http://evil.example/x', 'javascript:alert(1)'],
      scopes: ['accounts', 'x'],
      rank: 1,
    });
    expectProblem(answer, 400, 'invalid_request');
    expect(new Set(pointers(answer.body))).toEqual(new Set(['/name', '/rank', '/redirectUris', '/scopes']));
    const query = await send(`${api.url}/v1/institutions?limit=900&country=Germany&more=1`, { token });
    expect(new Set(pointers(query.body))).toEqual(new Set(['/query/country', '/query/limit', '/query/more']));
  });

  it('echoes a usable request id and mints one otherwise', async () => {
    const given = await send(`${api.url}/v1/apps`, { token, headers: { 'x-request-id': 'abc-123' } });
    expect(given.headers.get('x-request-id')).toBe('abc-123');
    for (const id of ['with blank', 'x'.repeat(129)]) {
      const minted = await send(`${api.url}/v1/apps`, { token, headers: { 'x-request-id': id } });
      expect(minted.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(given.headers.has('x-powered-by')).toBe(false);
  });

  it('shows no IBAN and no token, also where the caller put them', async () => {
    const answer = await send(`${api.url}/v1/nothing/DE89370400440532013000?token=abc`, { token });
    expect(answer.text).not.toContain('DE8937040044053201');
    expect(answer.text).not.toContain('abc');
    const named = await post({ ...app, DE89370400440532013000: 1 });
    expect(named.text).not.toContain('DE8937040044053201');
    expect(pointers(named.body)).toHaveLength(1);
  });

  it('answers a request that is no HTTP and goes on', async () => {
    const { port, hostname } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    socket.write('NONSENSE\r\n\r\n');
    const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect((await send(`${api.url}/health/live`)).status).toBe(200);
  });
});

describe('Idempotency-Key on a POST that moves no money', () => {
  it('gives the same answer to the same request and refuses another one', async () => {
    const headers = { 'idempotency-key': 'key-1' };
    const first = await post(app, headers);
    const again = await post(app, headers);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.text).toBe(first.text);
    expect(first.headers.has('idempotent-replayed')).toBe(false);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expectProblem(await post({ ...app, name: 'Other' }, headers), 422, 'idempotency_mismatch');
  });

  it('does the work once for twenty at the same time', async () => {
    const headers = { 'idempotency-key': 'key-20' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({ ...app, name: 'Twenty' }, headers)));
    const made = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => at(body, 'id')));
    expect(made.size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expectProblem(answer, 409, 'idempotency_in_progress');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    // Control: without the key the same requests make twenty.
    const without = await Promise.all(Array.from({ length: 20 }, () => post({ ...app, name: 'Twenty' })));
    expect(new Set(without.map(({ body }) => at(body, 'id'))).size).toBe(20);
  });

  it('is free again after a refusal, belongs to one app, and must be visible ASCII', async () => {
    const headers = { 'idempotency-key': 'key-2' };
    expectProblem(await post({ ...app, name: 7 }, headers), 400, 'invalid_request');
    expect((await post(app, headers)).status).toBe(201);
    const other = await makeApp(api, ['admin']);
    const otherToken = await tokenFor(api.url, other);
    const theirs = await send(`${api.url}/v1/apps`, {
      method: 'POST',
      token: otherToken,
      body: { ...app, name: 'B' },
      headers,
    });
    expect(theirs.status).toBe(201);
    for (const key of ['with blank', '', 'x'.repeat(256)]) {
      expectProblem(await post(app, { 'idempotency-key': key }), 400, 'invalid_request');
    }
  });
});
