import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { ENDPOINTS } from './endpoints.js';
import { OPERATIONS } from './operations.js';
import { Tpp, code, order, type Json, type TestCustomer } from '../../test/tpp.js';

const PATH = '/v1/payments/sepa-credit-transfers';

describe('faults', () => {
  let tpp: Tpp;
  let anna: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    anna = await tpp.customer('anna.embedded');
  });
  afterEach(async () => tpp.app.close());

  const arrange = async (fault: Json) => tpp.control('POST', '/faults', fault);
  const initiate = async (amount = '1.00', headers: Record<string, string> = {}) =>
    tpp.call('POST', PATH, order(anna, amount), { 'psu-id': anna.username, ...headers });
  const counts = async () => ((await tpp.control('GET', '/ledger')) as { counts: Json }).counts;
  const INITIATE = { operation: 'payments.initiate' };

  it('error before: nothing is made, and the same X-Request-ID may try again', async () => {
    await arrange({ kind: 'error', httpStatus: 503, match: INITIATE, count: 1 });
    const headers = { 'x-request-id': randomUUID() };
    const answer = await initiate('1.00', headers);
    expect([answer.status, code(answer)]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(await counts()).toMatchObject({ initiations: 1, notAccepted: 1, payments: 0 });
    expect((await initiate('1.00', headers)).status).toBe(201);
  });

  it('error after: the payment is there, and the same X-Request-ID gets its answer', async () => {
    await arrange({ kind: 'error', when: 'after', match: INITIATE, count: 1 });
    const headers = { 'x-request-id': randomUUID() };
    const answer = await initiate('1.00', headers);
    expect([answer.status, code(answer)]).toEqual([500, 'INTERNAL_SERVER_ERROR']);
    expect(await counts()).toMatchObject({ accepted: 1, payments: 1 });
    const again = await initiate('1.00', headers);
    expect(again.status).toBe(201);
    expect(await counts()).toMatchObject({ replayed: 1, payments: 1 });
  });

  it('wrong JSON and HTML spoil the answer', async () => {
    await arrange({ kind: 'wrongJson', match: { path: '/v1/consents*' }, nth: 1 });
    await arrange({ kind: 'html', match: { path: '/v1/consents*' }, nth: 2 });
    const broken = await tpp.call('GET', '/v1/consents/x');
    expect(() => JSON.parse(broken.text) as unknown).toThrow(SyntaxError);
    expect(broken.headers['content-type']).toContain('application/json');
    const page = await tpp.call('GET', '/v1/consents/x');
    expect(page.headers['content-type']).toContain('text/html');
    expect((await tpp.call('GET', '/v1/consents/x')).status).toBe(403);
  });

  it('delay makes one wait and not the others', async () => {
    await arrange({ kind: 'delay', ms: 300, match: { customer: 'hugo.poor' } });
    const arrivals: string[] = [];
    const slow = tpp.call('POST', PATH, {}, { 'psu-id': 'hugo.poor' }).then(() => arrivals.push('slow'));
    const quick = initiate().then(() => arrivals.push('quick'));
    await Promise.all([slow, quick]);
    expect(arrivals).toEqual(['quick', 'slow']);
  });

  it('revokeConsent revokes in the middle of reading', async () => {
    const id = await tpp.validConsent(anna);
    await arrange({ kind: 'revokeConsent', match: { operation: 'balances.list' } });
    const read = async (path: string) => tpp.call('GET', path, undefined, { 'consent-id': id });
    const { accounts } = (await read('/v1/accounts')).json as { accounts: Json[] };
    const answer = await read(`/v1/accounts/${String(accounts[0]?.['resourceId'])}/balances`);
    expect([answer.status, code(answer)]).toEqual([401, 'CONSENT_INVALID']);
    expect((await tpp.call('GET', `/v1/consents/${id}/status`)).json).toEqual({ consentStatus: 'revokedByPsu' });
  });

  it('reject, slowSettlement and transactionStatus change the end of a payment', async () => {
    await tpp.control('POST', '/clock', { run: false });
    await arrange({ kind: 'reject', reason: 'AC06', match: { ...INITIATE, amount: '2.00' } });
    await arrange({ kind: 'slowSettlement', seconds: 100, match: { ...INITIATE, amount: '3.00' } });
    await arrange({
      kind: 'transactionStatus',
      status: 'ACTV',
      match: { operation: 'payments.status', amount: '4' },
      count: 1,
    });
    const paths = [];
    for (const amount of ['1.00', '2.00', '3.00', '4.00']) {
      // oxlint-disable-next-line no-await-in-loop
      paths.push(await tpp.payment(anna, amount));
    }
    await tpp.advance(50);
    const statuses = await Promise.all(
      paths.map(async (path) => (await tpp.call('GET', `${path}/status`)).json['transactionStatus']),
    );
    expect(statuses).toEqual(['ACSC', 'RJCT', 'ACTC', 'ACTV']);
    await tpp.advance(200);
    expect((await tpp.call('GET', `${paths[2] ?? ''}/status`)).json['transactionStatus']).toBe('ACSC');
  });

  it('reach every operation that there is', async () => {
    expect(new Set(ENDPOINTS.map(({ operation }) => operation))).toEqual(new Set(OPERATIONS));
    for (const { operation, method, path } of ENDPOINTS) {
      // oxlint-disable-next-line no-await-in-loop
      await tpp.control('DELETE', '/faults');
      // oxlint-disable-next-line no-await-in-loop
      await arrange({ kind: 'error', httpStatus: 502, code: 'STRUCK', match: { operation } });
      const url = path.replace(/:service\(.*?\$\)/, 'payments').replaceAll(/:\w+/g, 'x');
      // oxlint-disable-next-line no-await-in-loop
      const answer = await tpp.call(method, `/xs2a${url}`);
      expect([operation, answer.status, code(answer)]).toEqual([operation, 502, 'STRUCK']);
    }
  });

  it('strike by chance as the seed decides', async () => {
    await arrange({ kind: 'error', probability: 0.5, match: { path: '/v1/accounts' } });
    const strikes = async (bank: Tpp) => {
      const seen = [];
      for (let index = 0; index < 20; index += 1) {
        // oxlint-disable-next-line no-await-in-loop
        seen.push((await bank.call('GET', '/v1/accounts')).status);
      }
      return seen;
    };
    const first = await strikes(tpp);
    expect(new Set(first)).toEqual(new Set([400, 500]));
    await tpp.control('POST', '/reset');
    await arrange({ kind: 'error', probability: 0.5, match: { path: '/v1/accounts' } });
    expect(await strikes(tpp)).toEqual(first);
  });

  it.each([
    [{ kind: 'meteor' }, 'kind'],
    [{ kind: 'delay' }, 'ms'],
    [{ kind: 'error', httpStatus: 17 }, 'httpStatus'],
    [{ kind: 'error', match: { operation: 'pay' } }, 'match.operation'],
    [{ kind: 'error', matches: {} }, 'matches'],
  ])('%j is refused by its field', async (fault, field) => {
    const answer = await tpp.call('POST', '/__control/xs2a/faults', fault);
    expect([answer.status, answer.json['field']]).toEqual([400, field]);
  });

  describe('over a real connection', () => {
    let port: number;

    beforeEach(async () => {
      await tpp.app.listen({ port: 0, host: '127.0.0.1' });
      ({ port } = tpp.app.server.address() as AddressInfo);
    });

    /** `answered`, or the code of the error; without waiting for `hang` longer than `patience`. */
    const knock = async (path: string, patience = 5000): Promise<string> =>
      new Promise((resolve) => {
        const headers = { 'x-request-id': randomUUID(), 'content-type': 'application/json', 'psu-id': anna.username };
        const call = request({ port, path, method: 'POST', headers, timeout: patience, agent: false }, (answer) => {
          answer.resume();
          resolve('answered');
        });
        call.on('timeout', () => {
          resolve('timeout');
          call.destroy();
        });
        call.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        call.end(JSON.stringify(order(anna, '1.00')));
      });

    const untilHanging = async (bank: Tpp, expected: number): Promise<void> => {
      const { counts: seen } = (await bank.control('GET', '/ledger')) as { counts: Json };
      if (seen['hanging'] !== expected) {
        await setTimeout(10);
        await untilHanging(bank, expected);
      }
    };

    it('reset before and after acceptance cut the connection, the latter with a payment made', async () => {
      await arrange({ kind: 'reset', match: INITIATE, nth: 1 });
      await arrange({ kind: 'reset', when: 'after', match: INITIATE, nth: 2 });
      expect(await knock(`/xs2a${PATH}`)).toBe('ECONNRESET');
      expect(await counts()).toMatchObject({ notAccepted: 1, payments: 0 });
      expect(await knock(`/xs2a${PATH}`)).toBe('ECONNRESET');
      expect(await counts()).toMatchObject({ accepted: 1, payments: 1 });
      expect(await knock(`/xs2a${PATH}`)).toBe('answered');
    });

    it('a hung bank hangs alone, until its faults are removed', async () => {
      const hung = tpp.at('hung');
      await hung.control('POST', '/faults', { kind: 'hang' });
      expect(await knock(`/xs2a@hung${PATH}`, 200)).toBe('timeout');
      expect(await knock(`/xs2a${PATH}`)).toBe('answered');
      await untilHanging(hung, 0);
      const waiting = knock(`/xs2a@hung${PATH}`);
      await untilHanging(hung, 1);
      await hung.control('DELETE', '/faults');
      expect(await waiting).toBe('ECONNRESET');
    });

    it('closing the sandbox lets go of what hangs', async () => {
      await arrange({ kind: 'hang' });
      const waiting = knock(`/xs2a${PATH}`);
      await untilHanging(tpp, 1);
      await tpp.app.close();
      expect(await waiting).toBe('ECONNRESET');
    });
  });
});
