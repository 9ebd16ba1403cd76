import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Tpp, GLOBAL_CONSENT, href, order, type Json, type TestCustomer } from '../../test/tpp.js';

describe('banks differ: presets', () => {
  let tpp: Tpp;
  let anna: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    anna = await tpp.customer('anna.embedded');
  });

  const preset = async (name: string, more: Json = {}) => tpp.control('PUT', '/profile', { preset: name, ...more });
  const psu = () => ({ 'psu-id': anna.username });
  const create = async () => tpp.call('POST', '/v1/consents', GLOBAL_CONSENT, psu());
  const transactions = async (): Promise<{ raw: string; report: Record<string, Json[] | null>; account: Json }> => {
    const consent = { 'consent-id': await tpp.validConsent(anna), 'psu-ip-address': '192.0.2.1' };
    const { accounts } = (await tpp.call('GET', '/v1/accounts', undefined, consent)).json as { accounts: Json[] };
    const url = `/v1/accounts/${String(accounts[0]?.['resourceId'])}/transactions?bookingStatus=both&dateFrom=2000-01-01`;
    const answer = await tpp.call('GET', url, undefined, consent);
    return {
      raw: answer.text,
      report: answer.json['transactions'] as Record<string, Json[] | null>,
      account: accounts[0] ?? {},
    };
  };

  it('are listed, start from MockBank each, and take further settings', async () => {
    const { presets } = (await tpp.control('GET', '/presets')) as { presets: Json };
    for (const name of Object.keys(presets)) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await preset(name)).toMatchObject(presets[name] as Json);
    }
    expect(await preset('problem-json', { pageSize: 3 })).toMatchObject({
      errors: 'problem',
      pageSize: 3,
      hrefs: 'objects',
    });
    const wrong = await tpp.call('PUT', '/__control/xs2a/profile', { preset: 'nothing' });
    expect([wrong.status, wrong.json['field']]).toEqual([400, 'preset']);
  });

  it('text-hrefs: links are plain texts', async () => {
    await preset('text-hrefs');
    const { _links } = (await create()).json;
    expect(_links).toMatchObject({ self: expect.stringContaining('/v1/consents/') });
  });

  it('number-statuses: every status is its number', async () => {
    await preset('number-statuses');
    const consent = (await create()).json;
    expect(consent['consentStatus']).toBe(1);
    const start = await tpp.start(anna, consent);
    expect(start['scaStatus']).toBe(3);
    expect((await tpp.finish(anna, start)).json['scaStatus']).toBe(7);
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 4 });
    const payment = await tpp.call('POST', '/v1/payments/sepa-credit-transfers', order(anna, '1.00'), psu());
    expect(payment.json['transactionStatus']).toBe(1);
  });

  it('odd-headers: the approach has another spelling', async () => {
    await preset('odd-headers');
    await tpp.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = tpp.app.server.address() as AddressInfo;
    const names = await new Promise<string[]>((resolve, reject) => {
      const headers = { 'x-request-id': randomUUID(), 'content-type': 'application/json', ...psu() };
      const call = request({ port, path: '/xs2a/v1/consents', method: 'POST', headers, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.rawHeaders);
      });
      call.on('error', reject).end(JSON.stringify(GLOBAL_CONSENT));
    });
    await tpp.app.close();
    expect(names).toContain('Aspsp-Sca-Approach');
  });

  it('no-authorisation-id: it is in the links only', async () => {
    await preset('no-authorisation-id');
    const start = await tpp.start(anna, (await create()).json);
    expect(start).not.toHaveProperty('authorisationId');
    expect(href(start, 'scaStatus')).toContain('/authorisations/');
  });

  it('number-amounts and short-amounts: the wire has numbers, or no decimals that are zero', async () => {
    await preset('number-amounts');
    const { raw } = await transactions();
    expect(raw).toMatch(/"amount":-?\d/);
    expect(raw).not.toMatch(/"amount":"/);
    await preset('short-amounts');
    const short = await transactions();
    expect(short.raw).toContain('"amount":"2850"');
    expect(short.raw).not.toMatch(/"amount":"-?\d+\.0+"/);
  });

  it('poor-transactions: no ids, no links, null for nothing, and one bad row among the good ones', async () => {
    await preset('poor-transactions');
    const { report, account } = await transactions();
    expect(account).not.toHaveProperty('_links');
    const rows = report['booked'] ?? [];
    expect(rows).toHaveLength(25);
    const bad = rows.filter(({ transactionAmount }) => (transactionAmount as Json)['amount'] === '12,3O');
    expect(bad).toHaveLength(1);
    const good = rows.filter((row) => row !== bad[0]);
    expect(good.every((row) => !('transactionId' in row) && !('entryReference' in row))).toBe(true);
    anna = await tpp.customer('hugo.poor');
    expect((await transactions()).report).toMatchObject({ pending: null });
  });

  it('all-balances: every type, and a second currency', async () => {
    await preset('all-balances');
    const consent = { 'consent-id': await tpp.validConsent(anna), 'psu-ip-address': '192.0.2.1' };
    const { accounts } = (await tpp.call('GET', '/v1/accounts?withBalance=true', undefined, consent)).json as {
      accounts: { balances: { balanceType: string; balanceAmount: Json }[] }[];
    };
    const balances = accounts[0]?.balances ?? [];
    expect(new Set(balances.map(({ balanceType }) => balanceType)).size).toBe(8);
    expect(new Set(balances.map(({ balanceAmount }) => balanceAmount['currency'])).size).toBe(2);
  });

  it('odd-oauth: metadata elsewhere, other words, a query in the authorise address', async () => {
    await preset('odd-oauth');
    const david = await tpp.customer('david.oauth');
    const consent = await tpp.call('POST', '/v1/consents', GLOBAL_CONSENT, { 'psu-id': david.username });
    const start = await tpp.call('POST', href(consent.json, 'startAuthorisation'), undefined, {
      'psu-id': david.username,
    });
    const link = href(start.json, 'scaOAuth');
    expect(link).toContain('/oauth/openid-configuration?authorisationId=');
    const { json } = await tpp.send('GET', link, {});
    expect(json).toMatchObject({
      response_types_supported: ['CODE'],
      grant_types_supported: ['AUTHORISATION_CODE', 'refresh_token', 'password'],
      authorization_endpoint: expect.stringContaining('&oauth2=true&redirect_uri='),
    });
    expect(json).not.toHaveProperty('code_challenge_methods_supported');
    // It takes its own words, and no other spelling.
    for (const [grant, error] of [
      ['AUTHORISATION_CODE', 'invalid_grant'],
      ['authorization_code', 'unsupported_grant_type'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await tpp.form('/oauth/token', {
        grant_type: grant,
        code: 'x',
        client_id: 'PSDDE-BAFIN-123456',
        client_secret: 'sandbox-client-secret',
      });
      expect(answer.json['error']).toBe(error);
    }
  });
});
