import { randomUUID } from 'node:crypto';
import { Tpp, code, href, order, type Json, type TestCustomer } from '../../../test/tpp.js';

const PATH = '/v1/payments/sepa-credit-transfers';

describe('cancellation', () => {
  let tpp: Tpp;
  let anna: TestCustomer;
  let later: string;

  beforeEach(async () => {
    tpp = await Tpp.start();
    await tpp.control('POST', '/clock', { run: false });
    anna = await tpp.customer('anna.embedded');
    const { today } = await tpp.control('GET', '/clock');
    later = new Date(Date.parse(String(today)) + 5 * 86_400_000).toISOString().slice(0, 10);
  });

  const waiting = async () => tpp.payment(anna, '5.00', { requestedExecutionDate: later });
  const status = async (path: string) => (await tpp.call('GET', `${path}/status`)).json['transactionStatus'];
  const postings = async () => ((await tpp.control('GET', '/ledger')) as { postings: Json[] }).postings;

  it('of what nobody has authorised is done at once, and a second DELETE changes nothing', async () => {
    const { json } = await tpp.call('POST', PATH, order(anna, '1.00'), { 'psu-id': anna.username });
    const path = href(json, 'self');
    expect((await tpp.call('DELETE', path)).status).toBe(204);
    expect((await tpp.call('DELETE', path)).status).toBe(204);
    expect(await status(path)).toBe('CANC');
    const late = await tpp.call('POST', href(json, 'startAuthorisation'), undefined, { 'psu-id': anna.username });
    expect([late.status, code(late)]).toEqual([403, 'RESOURCE_EXPIRED']);
  });

  // Control: without movePayment() in finishCancellation() the payment is booked on its day.
  it('of an authorised payment needs an SCA of its own; until then the payment goes on', async () => {
    const path = await waiting();
    const answer = await tpp.call('DELETE', path);
    expect([answer.status, answer.json['transactionStatus']]).toEqual([202, 'ACTC']);
    expect(href(answer.json, 'startAuthorisation')).toContain(`${path}/cancellation-authorisations`);
    expect(await status(path)).toBe('ACTC');
    const start = await tpp.start(anna, answer.json);
    expect(href(start, 'scaStatus')).toContain('/cancellation-authorisations/');
    const list = await tpp.call('GET', `${path}/cancellation-authorisations`);
    expect(list.json).toEqual({ authorisationIds: [start['authorisationId']] });
    expect((await tpp.call('GET', `${path}/authorisations`)).json['authorisationIds']).toHaveLength(1);
    expect((await tpp.finish(anna, start)).json['scaStatus']).toBe('finalised');
    expect(await status(path)).toBe('CANC');
    await tpp.advance(10 * 86_400);
    expect([await status(path), await postings()]).toEqual(['CANC', []]);
  });

  it('is done at once where the bank wants no SCA', async () => {
    await tpp.control('PUT', '/profile', { cancellation: 'direct' });
    const path = await waiting();
    expect((await tpp.call('DELETE', path)).status).toBe(204);
    expect(await status(path)).toBe('CANC');
  });

  it('that fails leaves the payment as it was, and may be tried again', async () => {
    const path = await waiting();
    const start = await tpp.start(anna, (await tpp.call('DELETE', path)).json);
    const link = href(start, 'scaStatus');
    await tpp.call('PUT', link, { authenticationMethodId: anna.methods[0]?.id });
    for (const wrong of ['a', 'b', 'c']) {
      // oxlint-disable-next-line no-await-in-loop
      await tpp.call('PUT', link, { scaAuthenticationData: wrong });
    }
    expect((await tpp.call('GET', link)).json).toEqual({ scaStatus: 'failed' });
    expect(await status(path)).toBe('ACTC');
    const again = await tpp.start(anna, (await tpp.call('DELETE', path)).json);
    await tpp.finish(anna, again);
    expect(await status(path)).toBe('CANC');
  });

  it('comes too late for a payment under execution, executed or rejected', async () => {
    const path = await tpp.payment(anna, '5.00');
    const open = await waiting();
    const cancellation = (await tpp.call('DELETE', open)).json;
    await tpp.advance(1);
    for (const seconds of [0, 10]) {
      // oxlint-disable-next-line no-await-in-loop
      await tpp.advance(seconds);
      // oxlint-disable-next-line no-await-in-loop
      const answer = await tpp.call('DELETE', path);
      expect([answer.status, code(answer)]).toEqual([405, 'CANCELLATION_INVALID']);
    }
    await tpp.advance(20 * 86_400);
    const late = await tpp.call('POST', href(cancellation, 'startAuthorisation'), undefined, {
      'psu-id': anna.username,
    });
    expect([late.status, code(late)]).toEqual([405, 'CANCELLATION_INVALID']);
    expect(await status(open)).toBe('ACSC');
  });

  it('is refused by a bank that has none, for an unknown payment, and its SCA without a DELETE', async () => {
    const path = await waiting();
    const early = await tpp.call('POST', `${path}/cancellation-authorisations`, undefined, {
      'psu-id': anna.username,
    });
    expect([early.status, code(early)]).toEqual([400, 'SERVICE_INVALID']);
    await tpp.control('PUT', '/profile', { cancellation: 'refused' });
    const refused = await tpp.call('DELETE', path);
    expect([refused.status, code(refused)]).toEqual([405, 'CANCELLATION_INVALID']);
    const unknown = await tpp.call('DELETE', `${PATH}/nothing`);
    expect([unknown.status, code(unknown)]).toEqual([404, 'RESOURCE_UNKNOWN']);
  });

  it('answers a lost DELETE again under its X-Request-ID', async () => {
    const path = await waiting();
    const headers = { 'x-request-id': randomUUID() };
    await tpp.control('POST', '/faults', {
      kind: 'error',
      when: 'after',
      count: 1,
      match: { operation: 'payments.cancel' },
    });
    expect((await tpp.call('DELETE', path, undefined, headers)).status).toBe(500);
    expect((await tpp.call('DELETE', path, undefined, headers)).status).toBe(202);
  });

  it('starts its SCA with the DELETE where the bank is implicit', async () => {
    const path = await waiting();
    await tpp.control('PUT', '/profile', { start: 'implicit' });
    const answer = await tpp.call('DELETE', path);
    expect(answer.status).toBe(202);
    expect(href(answer.json, 'updatePsuAuthentication')).toContain('/cancellation-authorisations/');
  });

  it('works in the browser and in the app', async () => {
    const path = await waiting();
    await tpp.control('PUT', '/profile', { approach: 'redirect' });
    const back = { 'tpp-redirect-uri': 'https://tpp.example/back' };
    const redirect = await tpp.call('DELETE', path, undefined, back);
    const started = await tpp.call('POST', href(redirect.json, 'startAuthorisation'), undefined, {
      'psu-id': anna.username,
    });
    const login = await tpp.form(href(started.json, 'scaRedirect'), {
      username: anna.username,
      password: anna.password,
    });
    const visit = String(login.headers['location']);
    expect((await tpp.send('GET', visit, {})).text).toContain('Cancel a payment');
    await tpp.form(visit, { decision: 'confirm' });
    const end = await tpp.form(visit, { code: anna.methods[0]?.code ?? '' });
    expect([end.headers['location'], await status(path)]).toEqual(['https://tpp.example/back', 'CANC']);
    await tpp.control('PUT', '/profile', { approach: 'embedded' });
    const other = await waiting();
    await tpp.control('PUT', '/profile', { approach: 'decoupled' });
    const decoupled = await tpp.call(
      'POST',
      href((await tpp.call('DELETE', other)).json, 'startAuthorisation'),
      {},
      {
        'psu-id': anna.username,
      },
    );
    await tpp.control('POST', `/authorisations/${String(decoupled.json['authorisationId'])}`, { decision: 'approve' });
    expect(await status(other)).toBe('CANC');
  });
});
