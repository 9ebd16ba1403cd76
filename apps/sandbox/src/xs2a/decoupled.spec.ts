import { Tpp, code, href, type Json, type TestCustomer } from '../../test/tpp.js';

describe('decoupled SCA', () => {
  let tpp: Tpp;

  beforeEach(async () => {
    tpp = await Tpp.start();
  });

  const statuses = async (consent: Json, start: Json): Promise<unknown[]> => [
    (await tpp.call('GET', href(start, 'scaStatus'))).json['scaStatus'],
    (await tpp.call('GET', href(consent, 'status'))).json['consentStatus'],
  ];

  it('waits for the app from the start and follows its answer', async () => {
    const clara = await tpp.customer('clara.decoupled');
    const { consent, start } = await tpp.consent(clara);
    expect(start).toMatchObject({ scaStatus: 'started', psuMessage: expect.stringContaining('app') });
    expect(Object.keys(start['_links'] as Json)).toEqual(['scaStatus']);
    expect(await statuses(consent, start)).toEqual(['started', 'received']);
    const put = await tpp.call('PUT', href(start, 'scaStatus'), { scaAuthenticationData: '1' });
    expect([put.status, code(put)]).toEqual([400, 'SERVICE_INVALID']);
    const app = await openApp(clara);
    const page = await tpp.send('GET', app, {});
    expect(page.text).toContain(clara.accounts[0]?.iban);
    await tpp.form(`${app}/${String(start['authorisationId'])}`, { decision: 'approve' });
    expect(await statuses(consent, start)).toEqual(['finalised', 'valid']);
  });

  it('begins when a decoupled method is chosen, and the approach changes', async () => {
    const felix = await tpp.customer('felix.methods');
    const { consent, start } = await tpp.consent(felix);
    const chosen = await tpp.call('PUT', href(start, 'selectAuthenticationMethod'), {
      authenticationMethodId: 'vaultappcheck',
    });
    expect(chosen.headers['aspsp-sca-approach']).toBe('DECOUPLED');
    expect(chosen.json['scaStatus']).toBe('scaMethodSelected');
    expect(Object.keys(chosen.json['_links'] as Json)).toEqual(['scaStatus']);
    await tpp.control('POST', `/authorisations/${String(start['authorisationId'])}`, { decision: 'approve' });
    expect(await statuses(consent, start)).toEqual(['finalised', 'valid']);
  });

  it('ends when the PSU rejects', async () => {
    const { consent, start } = await tpp.consent(await tpp.customer('clara.decoupled'));
    await tpp.control('POST', `/authorisations/${String(start['authorisationId'])}`, { decision: 'reject' });
    expect(await statuses(consent, start)).toEqual(['failed', 'rejected']);
  });

  it('is chosen by TPP-Decoupled-Preferred where customer and bank leave it open', async () => {
    const greta = await tpp.customer('greta.many');
    const wish = { 'psu-id': greta.username, 'tpp-decoupled-preferred': 'true' };
    const body = {
      access: { allPsd2: 'allAccounts' },
      recurringIndicator: true,
      validUntil: '2099-12-31',
      frequencyPerDay: 1,
    };
    const answer = await tpp.call('POST', '/v1/consents', body, wish);
    expect(answer.headers['aspsp-sca-approach']).toBe('DECOUPLED');
    await tpp.control('PUT', '/profile', { approach: 'redirect' });
    const forced = await tpp.call('POST', '/v1/consents', body, wish);
    expect(forced.headers['aspsp-sca-approach']).toBe('REDIRECT');
  });

  it("shows nobody else's requests", async () => {
    const { start } = await tpp.consent(await tpp.customer('clara.decoupled'));
    const app = await openApp(await tpp.customer('felix.methods'));
    expect((await tpp.send('GET', app, {})).text).toContain('Nothing waits');
    const answer = await tpp.form(`${app}/${String(start['authorisationId'])}`, { decision: 'approve' });
    expect(answer.status).toBe(409);
  });

  async function openApp(psu: TestCustomer): Promise<string> {
    const answer = await tpp.form('/ui/app', { username: psu.username, password: psu.password });
    return String(answer.headers['location']);
  }
});
