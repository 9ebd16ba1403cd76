import pg from 'pg';
import { at, expectProblem, makeApp, type RunningApi, send, startApi, textAt, tokenFor } from './process.js';

/** Found nowhere by chance. */
const canary = 'canary-7f3e9b1c5d2a-secret';
const settings = {
  baseUrl: 'http://127.0.0.1:9/xs2a',
  institution: { name: 'Canary Bank', bic: 'CANADEFFXXX', country: 'DE' },
  scaPreference: 'oauth',
  oauth: {
    authorizeUrl: 'http://127.0.0.1:9/authorize',
    tokenUrl: 'http://127.0.0.1:9/token',
    clientId: 'us',
    clientSecret: canary,
  },
};

let api: RunningApi;
let token: string;
beforeAll(async () => {
  api = await startApi({ LOG_LEVEL: 'trace' });
  token = await tokenFor(api.url, api.admin);
});
afterAll(() => api.stop());

const call = (method: string, path: string, body?: unknown) => send(`${api.url}${path}`, { method, token, body });
const create = (change: object = {}) =>
  call('POST', '/v1/connections', {
    provider: 'xs2a',
    name: 'Canary',
    environment: 'sandbox',
    settings: { ...settings, ...change },
  });

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const database = new pg.Client({ connectionString: api.databaseUrl });
  await database.connect();
  try {
    const tables = await database.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const texts = [];
    for (const { name } of tables.rows) {
      const { rows } = await database.query<{ row: string }>(`SELECT each::text AS row FROM ${name} AS each`);
      texts.push(...rows.map(({ row }) => row));
    }
    return texts.join('\n');
  } finally {
    await database.end();
  }
}

describe('connections', () => {
  it.each<[string, object, string]>([
    ['a bad URL', { baseUrl: 'not a url' }, '/settings/baseUrl'],
    ['a missing setting', { scaPreference: undefined }, '/settings/scaPreference'],
    ['an unknown setting', { colour: 'red' }, '/settings/colour'],
    ['a wrong nested one', { institution: { name: 'X', country: 'Germany' } }, '/settings/institution/country'],
    [
      'a PEM that does not parse',
      { tls: { certificatePem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', privateKeyPem: 'x' } },
      '/settings/tls/certificatePem',
    ],
    [
      'the mark of a secret that is not there',
      { oauth: { ...settings.oauth, clientSecret: '***' } },
      '/settings/oauth/clientSecret',
    ],
  ])('are refused for %s, with a pointer and without the value', async (_, change, pointer) => {
    const answer = await create(change);
    expectProblem(answer, 400, 'invalid_request');
    const errors = at(answer.body, 'errors');
    expect(Array.isArray(errors) ? errors.map((error) => at(error, 'pointer')) : []).toContain(pointer);
    expect(answer.text).not.toContain('AAAA');
  });

  it('are refused for an unknown provider', async () => {
    const answer = await call('POST', '/v1/connections', {
      provider: 'nobody',
      name: 'N',
      environment: 'sandbox',
      settings: {},
    });
    expectProblem(answer, 400, 'invalid_request');
    expect(at(answer.body, 'errors.0.pointer')).toBe('/provider');
  });

  it('never show or leak a secret: no answer, no row, no log has it', async () => {
    const made = await create();
    expect(made.status).toBe(201);
    const id = textAt(made.body, 'id');
    const answers = [
      made,
      await call('GET', `/v1/connections/${id}`),
      await call('GET', '/v1/connections'),
      await call('PATCH', `/v1/connections/${id}`, { name: 'Renamed' }),
      await call('PATCH', `/v1/connections/${id}`, { settings: { baseUrl: 'nonsense' } }),
      await call('GET', `/v1/connections/${id}/health`),
      await call('GET', '/v1/institutions'),
    ];
    for (const { text } of answers) expect(text).not.toContain(canary);
    expect(at(made.body, 'settings.oauth.clientSecret')).toBe('***');
    const rows = await dump();
    expect(rows).not.toContain(canary);
    expect(api.output()).not.toContain(canary);
    // Controls: the search finds what is there in clear, in the database and in the log.
    expect(rows).toContain('http://127.0.0.1:9/token');
    expect(api.output()).toContain('"route":"/v1/connections/:id"');
  });

  it('merge a change, keep marked secrets, and refuse what would make them wrong', async () => {
    const id = textAt((await create()).body, 'id');
    const read = await call('GET', `/v1/connections/${id}`);
    const sentBack = await call('PATCH', `/v1/connections/${id}`, { settings: at(read.body, 'settings') });
    expect(sentBack.status).toBe(200);
    expect(at(sentBack.body, 'settings.oauth.clientSecret')).toBe('***');
    const merged = await call('PATCH', `/v1/connections/${id}`, {
      settings: { scaPreference: 'redirect', oauth: null },
    });
    expect(at(merged.body, 'settings')).toEqual({
      baseUrl: settings.baseUrl,
      institution: settings.institution,
      scaPreference: 'redirect',
    });
    const wrong = await call('PATCH', `/v1/connections/${id}`, { settings: { institution: { country: null } } });
    expectProblem(wrong, 400, 'invalid_request');
    expect(at((await call('GET', `/v1/connections/${id}`)).body, 'settings.institution')).toEqual(settings.institution);
  });

  it('make institutions reachable, and no longer when they are deleted', async () => {
    const bank = { name: 'Only Bank', bic: 'ONLYFRPPXXX', country: 'FR' };
    const first = textAt((await create({ institution: bank })).body, 'id');
    const second = textAt((await create({ institution: bank })).body, 'id');
    const list = () => call('GET', '/v1/institutions?country=FR&query=only');
    const institution = textAt((await list()).body, 'data.0.id');
    expect(at((await list()).body, 'data.length')).toBe(1);
    expect(at((await list()).body, 'data.0.routes.length')).toBe(2);
    expect((await call('DELETE', `/v1/connections/${first}`)).status).toBe(204);
    expect(at((await list()).body, 'data.0.routes.0.connectionId')).toBe(second);
    expect((await call('DELETE', `/v1/connections/${second}`)).status).toBe(204);
    expect(at((await list()).body, 'data.length')).toBe(0);
    expect(at((await call('GET', `/v1/institutions/${institution}`)).body, 'routes')).toEqual([]);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/health'],
    ]) {
      expectProblem(await call(method ?? '', `/v1/connections/${second}${path ?? ''}`), 404, 'not_found');
    }
  });

  it('stay deleted when they are changed at the same moment', async () => {
    // Without the lock on the connection that all writers take first, this ended in deadlocks within a few rounds.
    const bank = { name: 'Race Bank', bic: 'RACEITMMXXX', country: 'IT' };
    for (let round = 0; round < 15; round += 1) {
      const id = textAt((await create({ institution: bank })).body, 'id');
      const change = () => call('PATCH', `/v1/connections/${id}`, { settings: { scaPreference: 'decoupled' } });
      const answers = await Promise.all([change(), call('DELETE', `/v1/connections/${id}`), change(), change()]);
      for (const { status } of answers) expect([200, 204, 404]).toContain(status);
      expect((await call('GET', `/v1/connections/${id}`)).status).toBe(404);
    }
    expect(at((await call('GET', '/v1/institutions?country=IT')).body, 'data')).toEqual([]);
  });

  it('filter institutions by what their routes can do', async () => {
    await create({ institution: { name: 'Filter Bank', bic: 'FILTNL2AXXX', country: 'NL' } });
    const count = async (query: string) =>
      at((await call('GET', `/v1/institutions?country=NL&${query}`)).body, 'data.length');
    expect(await count('provider=xs2a')).toBe(1);
    expect(await count('provider=tribe')).toBe(0);
    expect(await count('capability=accounts')).toBe(1);
    expect(await count('capability=teleportation')).toBe(0);
    expect(await count('query=FILTNL')).toBe(1);
    expect(await count('query=%25')).toBe(0);
  });

  it('are unknown to be healthy until they were used', async () => {
    const id = textAt((await create()).body, 'id');
    const health = await call('GET', `/v1/connections/${id}/health`);
    expect(health.body).toMatchObject({ status: 'unknown', calls: 0, errors: 0, errorRate: null, lastSuccessAt: null });
  });

  it('are for administrators', async () => {
    const app = await makeApp(api, ['institutions', 'consents', 'accounts', 'payments', 'webhooks', 'bank']);
    const theirs = await tokenFor(api.url, app);
    for (const path of ['connections', 'providers', 'apps']) {
      expectProblem(await send(`${api.url}/v1/${path}`, { token: theirs }), 403, 'insufficient_scope');
    }
  });
});

describe('the catalogue', () => {
  it('says what every provider can do, and marks every secret', async () => {
    const { body } = await call('GET', '/v1/providers/xs2a');
    expect(at(body, 'capabilities')).toEqual(expect.arrayContaining(['accounts', 'payments']));
    expect(at(body, 'settings.type')).toBe('object');
    expect(JSON.stringify(at(body, 'settings'))).toContain('"writeOnly":true');
    expectProblem(await call('GET', '/v1/providers/nobody'), 404, 'not_found');
  });
});
