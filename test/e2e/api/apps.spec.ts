import pg from 'pg';
import { at, expectProblem, makeApp, type RunningApi, send, startApi, textAt, tokenFor } from './process.js';

let api: RunningApi;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await tokenFor(api.url, api.admin);
});
afterAll(async () => {
  expect(await api.stop()).toBe(0);
});

const call = (method: string, path: string, body?: unknown) => send(`${api.url}${path}`, { method, token, body });

describe('apps', () => {
  it('are made, read and listed, never with a secret', async () => {
    const wanted = {
      name: 'Budget',
      redirectUris: ['https://a.example/cb', 'com.example.app:/cb'],
      scopes: ['accounts'],
    };
    const made = await call('POST', '/v1/apps', wanted);
    expect(made.status).toBe(201);
    const read = await call('GET', `/v1/apps/${textAt(made.body, 'id')}`);
    expect(read.body).toEqual({
      ...wanted,
      id: at(made.body, 'id'),
      credentials: [],
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const list = await call('GET', '/v1/apps');
    expect(list.text).toContain('"Budget"');
    expect(list.text).not.toMatch(/secret/i);
  });

  it.each([
    'http://app.example.com/cb',
    'https://app.example.com/cb#part',
    'https://user:pass@app.example.com/cb',
    'javascript:alert(1)',
    'data:text/html,x',
    '/relative',
    'https://app.example.com/with blank',
  ])('refuse %s as a redirect URI', async (uri) => {
    const answer = await call('POST', '/v1/apps', { name: 'A', redirectUris: [uri], scopes: [] });
    expectProblem(answer, 400, 'invalid_request');
    expect(at(answer.body, 'errors.0.pointer')).toBe('/redirectUris');
  });

  it('have at most two live credentials, also when ten are asked for at once', async () => {
    const { id } = await makeApp(api, ['accounts']);
    const answers = await Promise.all(Array.from({ length: 10 }, () => call('POST', `/v1/apps/${id}/credentials`)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) expectProblem(answer, 409, 'conflict');
    const app = await call('GET', `/v1/apps/${id}`);
    expect(at(app.body, 'credentials.length')).toBe(2);
  });

  it('keep of a secret only its hash', async () => {
    const { clientId, clientSecret } = await makeApp(api, ['accounts']);
    const database = new pg.Client({ connectionString: api.databaseUrl });
    await database.connect();
    const { rows } = await database.query<{ secret_hash: string }>(
      'SELECT secret_hash FROM app_credentials WHERE client_id = $1',
      [clientId],
    );
    await database.end();
    expect(rows[0]?.secret_hash).toMatch(/^sha256\./);
    expect(rows[0]?.secret_hash).not.toContain(clientSecret);
    expect(api.output()).not.toContain(clientSecret);
  });

  it('are paged without gaps and repeats', async () => {
    for (let count = 0; count < 5; count += 1) await makeApp(api, ['accounts']);
    const whole = await call('GET', '/v1/apps?limit=500');
    const ids: unknown[] = [];
    let cursor = '';
    do {
      const page = await call('GET', `/v1/apps?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(page.status).toBe(200);
      const data = at(page.body, 'data');
      ids.push(...(Array.isArray(data) ? data.map((app) => at(app, 'id')) : []));
      cursor = at(page.body, 'page.hasMore') === true ? textAt(page.body, 'page.nextCursor') : '';
    } while (cursor);
    const all = at(whole.body, 'data');
    expect(ids).toEqual(Array.isArray(all) ? all.map((app) => at(app, 'id')) : []);
    expect(ids.length).toBeGreaterThan(5);
    expect(at(whole.body, 'page')).toEqual({ nextCursor: null, hasMore: false });
  });
});
