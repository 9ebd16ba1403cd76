import { at, makeApp, type RunningApi, send, startApi, tokenFor } from './process.js';

let api: RunningApi;
let token: string;
beforeAll(async () => {
  api = await startApi({ RATE_LIMITS: 'read=5,write=12' });
  token = await tokenFor(api.url, api.admin);
});
afterAll(() => api.stop());

/** Asks until it is told to wait; a new minute may begin in between, so more than one minute's worth is allowed. */
async function until429(
  ask: () => ReturnType<typeof send>,
): Promise<{ served: number; last: Awaited<ReturnType<typeof send>> }> {
  let served = 0;
  for (;;) {
    const last = await ask();
    if (last.status === 429 || served > 50) return { served, last };
    served += 1;
  }
}

describe('rate limits', () => {
  it('hold per app and class of route, and say when to come back', async () => {
    const { served, last } = await until429(() => send(`${api.url}/v1/apps`, { token }));
    expect(served).toBeGreaterThanOrEqual(5);
    expect(served).toBeLessThanOrEqual(10);
    expect(last.status).toBe(429);
    expect(last.headers.get('content-type')).toContain('application/problem+json');
    expect(at(last.body, 'code')).toBe('rate_limited');
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(last.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    // Another class has a limit of its own (negative control: the same token is let in there).
    const body = { name: 'Another', redirectUris: [], scopes: ['accounts'] };
    expect((await send(`${api.url}/v1/apps`, { method: 'POST', token, body })).status).toBe(201);
  });

  // Negative control, carried out: with a tracker that is the same for all apps, the other one is told to wait as well.
  it('of one app leave another one alone', async () => {
    const [one, other] = [await makeApp(api, ['institutions']), await makeApp(api, ['institutions'])];
    const [tired, fresh] = [await tokenFor(api.url, one), await tokenFor(api.url, other)];
    const read = (of: string) => send(`${api.url}/v1/institutions`, { token: of });
    expect((await until429(() => read(tired))).last.status).toBe(429);
    expect((await read(fresh)).status).toBe(200);
  });

  it('say on each answer how much is left', async () => {
    const body = { name: 'Another', redirectUris: [], scopes: ['accounts'] };
    const { headers } = await send(`${api.url}/v1/apps`, { method: 'POST', token, body });
    expect(headers.get('x-ratelimit-limit')).toBe('12');
  });

  it('leave those alone who watch us', async () => {
    for (let count = 0; count < 20; count += 1) expect((await send(`${api.url}/health/live`)).status).toBe(200);
  });
});
