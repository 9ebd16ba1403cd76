import { randomUUID } from 'node:crypto';
import { Tpp, code, type Reply } from '../../test/tpp.js';

const JUNK: readonly string[] = [
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '17',
  '{"access":null}',
  '{"access":[]}',
  '{"access":{"accounts":{}}}',
  '{"access":{"accounts":[null]},"validUntil":5}',
  '{"__proto__":{"access":1}}',
  '{"psuData":[]}',
  '{"psuData":{"password":{}}}',
  '{"instructedAmount":"1","debtorAccount":[],"creditorAccount":0}',
  '{"creditorName":"\\u0000"}',
  '\u0000',
  `{"x":${'['.repeat(20_000)}`,
];

describe('bad input', () => {
  let tpp: Tpp;

  beforeAll(async () => {
    tpp = await Tpp.start();
  });

  const refused = (answer: Reply) => {
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(code(answer)).toEqual(expect.any(String));
  };

  it.each([
    '/v1/consents',
    '/v1/payments/sepa-credit-transfers',
    '/v1/payments/pain.001-sepa-credit-transfers',
    '/v1/bulk-payments/sepa-credit-transfers',
    '/v1/periodic-payments/sepa-credit-transfers',
    '/v1/periodic-payments/pain.001-sepa-credit-transfers',
    '/v1/signing-baskets',
    '/v1/funds-confirmations',
    '/v2/consents/confirmation-of-funds',
    '/v1/consents/none/authorisations',
    '/v1/payments/sepa-credit-transfers/none/cancellation-authorisations',
    '/v1/signing-baskets/none/authorisations',
    '/v2/consents/confirmation-of-funds/none/authorisations',
  ])('to %s is 4xx with a tppMessage', async (path) => {
    for (const body of JUNK) {
      const headers = { 'x-request-id': randomUUID(), 'content-type': 'application/json' };
      // oxlint-disable-next-line no-await-in-loop
      refused(await tpp.send('POST', `/xs2a${path}`, headers, body));
    }
  });

  it('of another type, too large or at a wrong place is 4xx with a tppMessage', async () => {
    const headers = { 'x-request-id': randomUUID() };
    const consents = '/xs2a/v1/consents';
    const xml = await tpp.send('POST', consents, { ...headers, 'content-type': 'application/xml' }, '<a/>');
    expect([xml.status, code(xml)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    const json = { ...headers, 'content-type': 'application/json' };
    const large = await tpp.send('POST', consents, json, JSON.stringify({ x: 'x'.repeat(1_100_000) }));
    expect([large.status, code(large)]).toEqual([413, 'FORMAT_ERROR']);
    const method = await tpp.call('PATCH', '/v1/consents', {});
    expect([method.status, code(method)]).toEqual([405, 'SERVICE_INVALID']);
    refused(await tpp.call('GET', '/v1/nothing'));
    refused(await tpp.call('GET', '/v1/accounts/%00', undefined, { 'consent-id': 'x' }));
    refused(await tpp.send('GET', '/xs2a/v1/%zz', headers));
    refused(await tpp.send('GET', '/xs2a@NOBODY/v1/accounts', headers));
    refused(await tpp.call('GET', `/v1/consents/${'x'.repeat(5000)}`));
  });

  it('to forms, tokens and controls is 4xx too', async () => {
    for (const path of [
      '/oauth/token',
      '/ui/app',
      '/ui/sca/x',
      '/ui/visits/x',
      '/ui/admin/clock',
      '/ui/admin/nothing',
    ]) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await tpp.form(path, { advanceSeconds: 'x', username: '\u0000' });
      expect([path, Math.floor(answer.status / 100)]).toEqual([path, 4]);
    }
    for (const [path, body] of [
      ['/clock', { set: 'x' }],
      ['/clock', { set: '2000-01-01' }],
      ['/profile', { pageSize: 0 }],
      ['/clients', {}],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await tpp.call(path === '/profile' ? 'PUT' : 'POST', `/__control/xs2a${path}`, body);
      expect([answer.status, answer.json['error']]).toEqual([400, expect.any(String)]);
    }
  });

  it('answers in problem+json when the bank does', async () => {
    await tpp.control('PUT', '/profile', { errors: 'problem' });
    const answer = await tpp.call('POST', '/v1/consents', {});
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json).toMatchObject({ type: expect.any(String), title: 'FORMAT_ERROR', code: 'FORMAT_ERROR' });
  });
});
