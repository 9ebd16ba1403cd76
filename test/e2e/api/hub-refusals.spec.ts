import { at, type RunningApi, send, startApi } from './process.js';

/*
 * What a hub hears whose request does not get as far as the bank: its own error body, never ours. Negative control, carried out:
 * without the look at the path in the filter, each of these is answered with problem+json.
 */

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({ RATE_LIMITS: 'anonymous=30' });
});
afterAll(() => api.stop());

const requestId = '1af7b333-7a06-41b1-8a61-e9a29fd069bc';
const bank = '/bank/tribe/cnn_01KAHX5V4Q0N6W2T8B7C9D3E5F';
const ask = (path: string, body = '{}', method = 'POST') =>
  send(`${api.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-request-id': requestId },
    ...(method === 'POST' && { body }),
  });
type Answer = Awaited<ReturnType<typeof ask>>;

function expectTribes({ status, headers, body }: Answer, httpStatus: number, code: string): void {
  expect({ status, body }).toEqual({
    status: httpStatus,
    body: {
      code,
      title: expect.stringMatching(/.+/),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      requestId,
    },
  });
  expect(headers.get('content-type')).toContain('application/json');
}

it.each<[string, string, string, string, number, string]>([
  ['a bank that is none', 'POST', `${bank}/v2_accounts`, '{}', 401, 'API_ACTION_DOES_NOT_EXIST'],
  ['a connection that is none', 'POST', '/bank/tribe/x/v2_accounts', '{}', 401, 'API_ACTION_DOES_NOT_EXIST'],
  ['a path that is none', 'GET', bank, '', 401, 'API_ACTION_DOES_NOT_EXIST'],
  ['no path at all', 'POST', '/bank/tribe', '{}', 401, 'API_ACTION_DOES_NOT_EXIST'],
  ['too much', 'POST', `${bank}/v2_payment_bulk`, 'x'.repeat(1_100_000), 400, 'FORMAT_ERROR'],
  ['an address that cannot be read', 'POST', `${bank}/%ZZ`, '{}', 400, 'FORMAT_ERROR'],
  ['NUL in the address', 'POST', `${bank}/%00`, '{}', 400, 'FORMAT_ERROR'],
])('%s', async (_, method, path, body, httpStatus, code) => {
  const answer = await ask(path, body, method);
  expectTribes(answer, httpStatus, code);
  expect(at(answer.body, 'title')).not.toContain('docs-json');
});

it('is ours for customers, apps, and hubs that nobody knows', async () => {
  for (const path of ['/bank/nobody/x/v2_accounts', '/bank/tribe/consent/x/y', '/v1/nothing']) {
    const { headers } = await ask(path);
    expect({ path, type: headers.get('content-type') }).toMatchObject({
      type: expect.stringContaining('application/problem+json'),
    });
  }
});

it('too many requests', async () => {
  let answer = await ask(`${bank}/v2_accounts`);
  for (let asked = 0; answer.status === 401 && asked < 100; asked += 1) answer = await ask(`${bank}/v2_accounts`);
  // Nothing that a TPP could take for "not done": what is repeated may have been done before.
  expectTribes(answer, 500, 'INTERNAL_SERVER_ERROR');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(at(answer.body, 'title')).toContain('wait');
});
