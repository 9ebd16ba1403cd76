import { Tpp, GLOBAL_CONSENT, href, order, type Json, type Reply, type TestCustomer } from '../../test/tpp.js';

const BACK = { 'tpp-redirect-uri': 'https://tpp.example/ok?a=1', 'tpp-nok-redirect-uri': 'https://tpp.example/nok' };

describe('redirect SCA', () => {
  let tpp: Tpp;
  let bruno: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    bruno = await tpp.customer('bruno.redirect');
  });

  const logIn = async (link: string): Promise<string> => {
    const answer = await tpp.form(link, { username: bruno.username, password: bruno.password });
    expect(answer.status).toBe(303);
    return location(answer);
  };

  const begin = async (body: Json = GLOBAL_CONSENT): Promise<{ consent: Json; start: Json; link: string }> => {
    const { consent, start } = await tpp.consent(bruno, body, BACK);
    return { consent, start, link: href(start, 'scaRedirect') };
  };

  it('shows a login, the request and the code, and ends at TPP-Redirect-URI', async () => {
    const { consent, start, link } = await begin();
    const login = await tpp.send('GET', link, {});
    expect([login.status, login.text]).toEqual([200, expect.stringContaining('name="password"')]);
    expect(login.headers['content-security-policy']).toContain("default-src 'none'");
    const visit = await logIn(link);
    expect((await tpp.send('GET', visit, {})).text).toContain(bruno.accounts[0]?.iban);
    expect(location(await tpp.form(visit, { decision: 'confirm' }))).toBe(visit);
    expect((await tpp.form(visit, { code: 'no' })).status).toBe(401);
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'received' });
    const end = await tpp.form(visit, { code: bruno.methods[0]?.code ?? '' });
    expect([end.status, location(end)]).toEqual([303, BACK['tpp-redirect-uri']]);
    expect((await tpp.call('GET', href(start, 'scaStatus'))).json).toEqual({ scaStatus: 'finalised' });
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'valid' });
    expect((await tpp.send('GET', link, {})).status).toBe(410);
  });

  it('takes no data of the PSU from the TPP', async () => {
    const { start } = await begin();
    const answer = await tpp.call('PUT', href(start, 'scaStatus'), { psuData: { password: bruno.password } });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('SERVICE_INVALID')]);
  });

  it('ends at the Nok address when the PSU refuses, and rejects the consent', async () => {
    const { consent, start, link } = await begin();
    const end = await tpp.form(await logIn(link), { decision: 'refuse' });
    expect(location(end)).toBe(BACK['tpp-nok-redirect-uri']);
    expect((await tpp.call('GET', href(start, 'scaStatus'))).json).toEqual({ scaStatus: 'failed' });
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'rejected' });
  });

  it('ends at the Nok address after three wrong passwords', async () => {
    const { link, consent } = await begin();
    const wrong = { username: bruno.username, password: 'wrong' };
    await tpp.form(link, wrong);
    await tpp.form(link, wrong);
    expect(location(await tpp.form(link, wrong))).toBe(BACK['tpp-nok-redirect-uri']);
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'rejected' });
  });

  it('ends at the address that the start of the authorisation names, where it names one', async () => {
    const { consent } = await begin();
    const again = await tpp.call('POST', href(consent, 'startAuthorisation'), undefined, {
      'psu-id': bruno.username,
      'tpp-redirect-uri': 'https://tpp.example/second',
    });
    const link = href(again.json, 'scaRedirect');
    const refused = await tpp.form(link, { username: bruno.username, password: bruno.password, decision: 'refuse' });
    expect(refused.headers['location']).toBe('https://tpp.example/second');
  });

  it('lets nobody else log in for this PSU', async () => {
    const { link } = await begin();
    const anna = await tpp.customer('anna.embedded');
    const answer = await tpp.form(link, { username: anna.username, password: anna.password });
    expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('Another PSU')]);
  });

  it('gives only the accounts that the PSU chooses when the bank offers the choice', async () => {
    const { consent, link } = await begin({ ...GLOBAL_CONSENT, access: { accounts: [], balances: [] } });
    const visit = await logIn(link);
    expect((await tpp.form(visit, { decision: 'confirm' })).status).toBe(400);
    const chosen = bruno.accounts[1]?.iban ?? '';
    await tpp.form(visit, { decision: 'confirm', accounts: chosen });
    await tpp.form(visit, { code: bruno.methods[0]?.code ?? '' });
    const id = { 'consent-id': String(consent['consentId']) };
    const { accounts } = (await tpp.call('GET', '/v1/accounts', undefined, id)).json as { accounts: Json[] };
    expect(accounts.map(({ iban }) => iban)).toEqual([chosen]);
    expect(accounts[0]?.['_links']).not.toHaveProperty('transactions');
    expect((await tpp.call('GET', href(consent, 'self'))).json['access']).toEqual({
      accounts: [{ iban: chosen, currency: 'EUR' }],
      balances: [{ iban: chosen, currency: 'EUR' }],
    });
  });

  it('dies with the link after ten minutes', async () => {
    const { consent, start, link } = await begin();
    await tpp.advance(601);
    expect((await tpp.send('GET', link, {})).status).toBe(410);
    expect((await tpp.call('GET', href(start, 'scaStatus'))).json).toEqual({ scaStatus: 'failed' });
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'rejected' });
  });

  it('shows a payment and escapes what the TPP wrote', async () => {
    const body = { ...order(bruno, '12.30'), creditorName: '<script>alert(1)</script>' };
    const answer = await tpp.call('POST', '/v1/payments/sepa-credit-transfers', body, { 'psu-id': bruno.username });
    const start = await tpp.start(bruno, answer.json);
    const page = await tpp.send('GET', await logIn(href(start, 'scaRedirect')), {});
    expect(page.text).toContain('12.30 EUR');
    expect(page.text).toContain('&lt;script&gt;');
    expect(page.text).not.toContain('<script>');
  });

  it('refuses an address that is none, and a script as address', async () => {
    for (const uri of ['nonsense', 'javascript:alert(1)']) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await tpp.call('POST', '/v1/consents', GLOBAL_CONSENT, { 'tpp-redirect-uri': uri });
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('TPP-Redirect-URI')]);
    }
  });
});

function location(answer: Reply): string {
  return String(answer.headers['location']);
}
