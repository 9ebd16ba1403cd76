import { Client } from 'pg';
import { until } from '../until.js';
import { makeApp, type RunningApi, at, expectProblem, send, startApi, textAt, tokenFor } from './process.js';
import { makeReach, ownRows } from './tenant-rows.js';

let api: RunningApi;
let paymentId: string;
let [first, second, owner, stranger] = ['', '', '', ''];
beforeAll(async () => {
  api = await startApi();
  const app = await makeApp(api, ['payments', 'webhooks']);
  paymentId = (await ownRows(api, app.id, await makeReach(api)))['pay']?.[0] ?? '';
  const database = new Client({ connectionString: api.databaseUrl });
  await database.connect();
  await database.query(
    `UPDATE payments SET send_state = 'unknown', state = 'unknown', iso_status = NULL, reference = NULL, final = false WHERE id = $1`,
    [paymentId],
  );
  await database.end();
  first = await tokenFor(api.url, api.admin);
  second = await tokenFor(api.url, await makeApp(api, ['admin']));
  owner = await tokenFor(api.url, app);
  stranger = await tokenFor(api.url, await makeApp(api, ['payments']));
});
afterAll(() => api.stop());

const post = (path: string, token: string, body?: unknown) =>
  send(`${api.url}${path}`, { method: 'POST', token, ...(body !== undefined && { body }) });
const get = (path: string, token: string) => send(`${api.url}${path}`, { token });

describe('a payment whose outcome nobody knows', () => {
  it('is found by its app and by administrators, and by nobody else', async () => {
    expect(at((await get('/v1/payments?status=unknown', owner)).body, 'data.0.id')).toBe(paymentId);
    expect(at((await get('/v1/payments?status=unknown', stranger)).body, 'data.length')).toBe(0);
    expect((await get('/v1/payments-in-doubt', first)).text).toContain(paymentId);
    expectProblem(await get('/v1/payments-in-doubt', owner), 403, 'insufficient_scope');
  });

  it('is ended by two administrators, and can be followed to who did it', async () => {
    const body = { paymentId, outcome: 'rejected', evidence: 'Letter of the bank, 21 November: never received.' };
    expectProblem(await post('/v1/payment-decisions', owner, body), 403, 'insufficient_scope');
    expectProblem(await post('/v1/payment-decisions', first, { ...body, evidence: '?' }), 400, 'invalid_request');
    const proposed = await post('/v1/payment-decisions', first, body);
    expect(proposed.status).toBe(201);
    const route = `/v1/payment-decisions/${textAt(proposed.body, 'id')}`;
    expectProblem(await post('/v1/payment-decisions', second, body), 409, 'conflict');
    expectProblem(await post(`${route}/confirm`, first), 403, 'second_person_required');
    expect(at((await get(`/v1/payments/${paymentId}`, owner)).body, 'status')).toBe('unknown');
    const applied = await post(`${route}/confirm`, second);
    expect(applied.body).toMatchObject({ status: 'applied', applied: true, evidence: body.evidence });

    const payment = await get(`/v1/payments/${paymentId}`, owner);
    expect(payment.body).toMatchObject({ status: 'rejected', isoStatus: 'RJCT', final: true });
    const timeline = await get(`/v1/payments/${paymentId}/timeline?limit=500`, owner);
    expect(timeline.text).toContain('"source":"operator"');
    // Who decided, and why, is nothing for apps.
    expect(timeline.text).not.toContain(body.evidence);
    // The list of events ends a moment ago.
    const heard = async () => (await get(`/v1/events?type=payment.statusChanged&subjectId=${paymentId}`, owner)).text;
    await until('the app hears of it', async () => (await heard()).includes('"status":"rejected"'));
    const audit = (await get(`/v1/audit-log?subjectId=${paymentId}`, first)).text;
    expect(audit).toContain('payment_decisions.insert');
    expect(audit).toContain(body.evidence);
    expect((await get('/v1/payments-in-doubt', first)).text).not.toContain(paymentId);
  });
});
