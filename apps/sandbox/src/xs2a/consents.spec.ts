import { Tpp, GLOBAL_CONSENT, code, href, type Json, type TestCustomer } from '../../test/tpp.js';

describe('consents', () => {
  let tpp: Tpp;
  let anna: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    anna = await tpp.customer('anna.embedded');
  });

  const create = async (changes: Json, headers: Record<string, string> = {}) =>
    tpp.call('POST', '/v1/consents', { ...GLOBAL_CONSENT, ...changes }, headers);
  const read = async (id: string, path = '/v1/accounts', headers: Record<string, string> = {}) =>
    tpp.call('GET', path, undefined, { 'consent-id': id, ...headers });
  const accountsOf = async (id: string) => (await read(id)).json['accounts'] as Json[];

  it.each([
    ['access missing', { access: undefined }, 'access'],
    ['access empty', { access: {} }, 'access'],
    ['unknown global value', { access: { allPsd2: 'some' } }, 'access.allPsd2'],
    ['reference without identifier', { access: { accounts: [{}] } }, 'access.accounts[0]'],
    ['bad IBAN', { access: { accounts: [{ iban: 'DE00123' }] } }, 'access.accounts[0].iban'],
    ['bad currency', { access: { accounts: [{ iban: 'DE89370400440532013000', currency: 'EU1' }] } }, 'currency'],
    [
      'lists half empty',
      { access: { accounts: [], balances: [{ iban: 'DE89370400440532013000' }] } },
      'access.accounts',
    ],
    ['validUntil past', { validUntil: '2020-01-01' }, 'validUntil'],
    ['validUntil no date', { validUntil: '2031-02-30' }, 'validUntil'],
    ['frequency a text', { frequencyPerDay: '4' }, 'frequencyPerDay'],
    ['one-off more than once', { recurringIndicator: false, frequencyPerDay: 2 }, 'frequencyPerDay'],
    ['recurringIndicator no boolean', { recurringIndicator: 'maybe' }, 'recurringIndicator'],
  ])('refuses %s', async (_name, changes, field) => {
    const answer = await create(changes);
    expect([answer.status, code(answer), answer.text]).toEqual([400, 'FORMAT_ERROR', expect.stringContaining(field)]);
  });

  it('refuses calls without a usable X-Request-ID', async () => {
    for (const headers of [{}, { 'x-request-id': '17' }] as Record<string, string>[]) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await tpp.send('GET', '/xs2a/v1/accounts', headers);
      expect([answer.status, code(answer)]).toEqual([400, 'FORMAT_ERROR']);
    }
  });

  it('takes the text "false" and no combinedServiceIndicator unless the profile is strict', async () => {
    const changes = { recurringIndicator: 'false', frequencyPerDay: 0 };
    expect((await create(changes)).status).toBe(201);
    await tpp.control('PUT', '/profile', { headers: 'strict' });
    const ip = { 'psu-ip-address': '192.0.2.1' };
    expect((await create(changes, ip)).text).toContain('recurringIndicator');
    expect((await create({}, ip)).text).toContain('combinedServiceIndicator');
    expect((await create({ combinedServiceIndicator: false }, ip)).status).toBe(201);
    expect((await create({ combinedServiceIndicator: false }, { 'psu-ip-address': 'x' })).text).toContain(
      'PSU-IP-Address',
    );
  });

  // Control: without the comparison of TPPs in findConsent() the foreign TPP reads the accounts.
  it('answers the usual mistakes of reading', async () => {
    const { consent } = await tpp.consent(anna);
    const early = await read(String(consent['consentId']));
    expect([early.status, code(early)]).toEqual([401, 'CONSENT_INVALID']);
    const unknown = await read('nothing');
    expect([unknown.status, code(unknown)]).toEqual([403, 'CONSENT_UNKNOWN']);
    const id = await tpp.validConsent(anna);
    const foreign = await read(id, '/v1/accounts', { 'tpp-signature-certificate': 'another' });
    expect([foreign.status, code(foreign)]).toEqual([403, 'CONSENT_UNKNOWN']);
    const account = await read(id, '/v1/accounts/nothing');
    expect([account.status, code(account)]).toEqual([404, 'RESOURCE_UNKNOWN']);
    const format = await read(id, '/v1/accounts', { accept: 'application/xml' });
    expect([format.status, code(format)]).toEqual([406, 'REQUESTED_FORMATS_INVALID']);
  });

  it('gives no more than the dedicated accounts and rights', async () => {
    const [first, second] = anna.accounts.map(({ iban }) => ({ iban }));
    const access = { balances: [first], transactions: [second] };
    const id = await tpp.validConsent(anna, { ...GLOBAL_CONSENT, access });
    const [giro, savings] = await accountsOf(id);
    expect(giro?.['_links']).not.toHaveProperty('transactions');
    expect((await read(id, href(giro ?? {}, 'balances'))).status).toBe(200);
    const denied = await read(id, `${href(savings ?? {}, 'account')}/balances`);
    expect([denied.status, code(denied)]).toEqual([401, 'CONSENT_INVALID']);
    const other = await read(id, '/v1/accounts/nothing');
    expect([other.status, code(other)]).toEqual([401, 'CONSENT_INVALID']);
    const withBalance = await tpp.validConsent(anna, { ...GLOBAL_CONSENT, access: { accounts: [first] } });
    const answer = await read(withBalance, '/v1/accounts?withBalance=true');
    expect([answer.status, code(answer)]).toEqual([401, 'CONSENT_INVALID']);
  });

  it('refuses dedicated accounts of somebody else', async () => {
    const hugo = await tpp.customer('hugo.poor');
    const access = { accounts: [{ iban: hugo.accounts[0]?.iban }] };
    const answer = await create({ access }, { 'psu-id': anna.username });
    expect([answer.status, code(answer)]).toEqual([401, 'CONSENT_INVALID']);
  });

  it('lists accounts and nothing more for availableAccounts', async () => {
    const id = await tpp.validConsent(anna, {
      ...GLOBAL_CONSENT,
      access: { availableAccountsWithBalance: 'allAccounts' },
    });
    const list = await read(id, '/v1/accounts?withBalance=true');
    const [account] = list.json['accounts'] as Json[];
    expect(account).toHaveProperty('balances');
    expect(account).not.toHaveProperty('resourceId');
    const single = await read(id, '/v1/accounts/any');
    expect([single.status, code(single)]).toEqual([401, 'CONSENT_INVALID']);
  });

  it('names the owner only when asked, and narrows by account type', async () => {
    const access = { allPsd2: 'allAccountsWithOwnerName', restrictedTo: ['SVGS'] };
    const [account, ...more] = await accountsOf(await tpp.validConsent(anna, { ...GLOBAL_CONSENT, access }));
    expect(account).toMatchObject({ ownerName: 'Anna Keller', cashAccountType: 'SVGS' });
    expect(more).toHaveLength(0);
  });

  it('lets no TPP offer the choice of accounts in embedded', async () => {
    const answer = await create({ access: { accounts: [] } }, { 'psu-id': anna.username });
    expect([answer.status, code(answer)]).toEqual([400, 'SERVICE_INVALID']);
  });

  it('expires after the last day', async () => {
    const today = String((await tpp.control('GET', '/clock'))['today']);
    const id = await tpp.validConsent(anna, { ...GLOBAL_CONSENT, validUntil: today });
    expect((await read(id)).status).toBe(200);
    await tpp.advance(86_400);
    const answer = await read(id);
    expect([answer.status, code(answer)]).toEqual([401, 'CONSENT_EXPIRED']);
    expect((await tpp.call('GET', `/v1/consents/${id}/status`)).json).toEqual({ consentStatus: 'expired' });
    const again = await tpp.call('POST', `/v1/consents/${id}/authorisations`, undefined, { 'psu-id': anna.username });
    expect([again.status, code(again)]).toEqual([403, 'CONSENT_EXPIRED']);
  });

  it('may be shortened by the bank, and 9999-12-31 is taken', async () => {
    const far = (await create({ validUntil: '9999-12-31' })).json;
    expect((await tpp.call('GET', href(far, 'self'))).json['validUntil']).toBe('9999-12-31');
    await tpp.control('PUT', '/profile', { maxConsentDays: 90 });
    const near = (await create({ validUntil: '9999-12-31' })).json;
    expect((await tpp.call('GET', href(near, 'self'))).json['validUntil']).not.toBe('9999-12-31');
  });

  it('ends by the TPP, by the PSU, and by a new recurring consent', async () => {
    const first = await tpp.validConsent(anna);
    const second = await tpp.validConsent(anna);
    const statusOf = async (id: string) => (await tpp.call('GET', `/v1/consents/${id}/status`)).json['consentStatus'];
    expect([await statusOf(first), await statusOf(second)]).toEqual(['expired', 'valid']);
    await tpp.control('POST', `/consents/${second}`, { status: 'revokedByPsu' });
    const revoked = await read(second);
    expect([revoked.status, code(revoked), await statusOf(second)]).toEqual([401, 'CONSENT_INVALID', 'revokedByPsu']);
    const third = await tpp.validConsent(anna);
    expect((await tpp.call('DELETE', `/v1/consents/${third}`)).status).toBe(204);
    expect(await statusOf(third)).toBe('terminatedByTpp');
    const gone = await read(third);
    expect([gone.status, code(gone)]).toEqual([401, 'CONSENT_INVALID']);
  });

  it('is rejected when nobody authorises it within a day', async () => {
    const consent = (await create({})).json;
    await tpp.advance(86_401);
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'rejected' });
  });

  it('counts unattended reads per day, endpoint and account', async () => {
    const id = await tpp.validConsent(anna, { ...GLOBAL_CONSENT, frequencyPerDay: 2 });
    const attended = { 'psu-ip-address': '192.0.2.1' };
    expect((await read(id)).status).toBe(200);
    const [account] = await accountsOf(id);
    const over = await read(id);
    expect([over.status, code(over)]).toEqual([429, 'ACCESS_EXCEEDED']);
    expect((await read(id, '/v1/accounts', attended)).status).toBe(200);
    expect((await read(id, href(account ?? {}, 'balances'))).status).toBe(200);
    await tpp.advance(86_400);
    expect((await read(id)).status).toBe(200);
  });

  it('is used up when a one-off consent has given everything once', async () => {
    const access = { balances: [{ iban: anna.accounts[0]?.iban }] };
    const body = { ...GLOBAL_CONSENT, access, recurringIndicator: false, frequencyPerDay: 1 };
    const id = await tpp.validConsent(anna, body);
    const [account] = await accountsOf(id);
    const again = await read(id, '/v1/accounts', { 'psu-ip-address': '192.0.2.1' });
    expect([again.status, code(again)]).toEqual([429, 'ACCESS_EXCEEDED']);
    expect((await read(id, href(account ?? {}, 'balances'))).status).toBe(200);
    const used = await read(id);
    expect([used.status, code(used)]).toEqual([401, 'CONSENT_EXPIRED']);
  });

  it('calls an account otherwise under every consent', async () => {
    const [one] = await accountsOf(await tpp.validConsent(anna));
    const [two] = await accountsOf(await tpp.validConsent(anna));
    expect(one?.['iban']).toBe(two?.['iban']);
    expect(one?.['resourceId']).not.toBe(two?.['resourceId']);
  });
});
