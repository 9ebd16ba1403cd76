import { Tpp, code, href, type Json, type TestCustomer } from '../../test/tpp.js';

describe('embedded SCA', () => {
  let tpp: Tpp;
  let anna: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    anna = await tpp.customer('anna.embedded');
  });

  const newConsent = async (headers: Record<string, string> = {}): Promise<Json> =>
    tpp.created(
      await tpp.call(
        'POST',
        '/v1/consents',
        { access: { allPsd2: 'allAccounts' }, recurringIndicator: true, validUntil: '2099-12-31', frequencyPerDay: 4 },
        headers,
      ),
    );

  it('goes step by step: identification, password, method, code', async () => {
    const consent = await newConsent();
    const start = await tpp.call('POST', href(consent, 'startAuthorisation'));
    expect(start.json['scaStatus']).toBe('received');
    const identified = await tpp.call(
      'PUT',
      href(start.json, 'updatePsuIdentification'),
      {},
      { 'psu-id': anna.username },
    );
    expect(identified.json['scaStatus']).toBe('psuIdentified');
    const password = { psuData: { password: anna.password } };
    const authenticated = await tpp.call('PUT', href(identified.json, 'updatePsuAuthentication'), password);
    expect(authenticated.json['scaStatus']).toBe('psuAuthenticated');
    const method = { authenticationMethodId: anna.methods[0]?.id };
    const selected = await tpp.call('PUT', href(authenticated.json, 'selectAuthenticationMethod'), method);
    expect(selected.json).toMatchObject({
      scaStatus: 'scaMethodSelected',
      chosenScaMethod: { authenticationMethodId: 'smstaniphonex' },
      challengeData: { otpMaxLength: 6, otpFormat: 'integer' },
    });
    const proof = { scaAuthenticationData: anna.methods[0]?.code };
    const end = await tpp.call('PUT', href(selected.json, 'authoriseTransaction'), proof);
    expect(end.json['scaStatus']).toBe('finalised');
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'valid' });
    expect((await tpp.call('GET', href(consent, 'self'))).json).toMatchObject({
      access: { allPsd2: 'allAccounts' },
      recurringIndicator: true,
      validUntil: '2099-12-31',
      frequencyPerDay: 4,
      consentStatus: 'valid',
    });
  });

  it('gives another try after a wrong password and a wrong code, and fails after the third', async () => {
    const consent = await newConsent();
    const wrong = { psuData: { password: 'wrong' } };
    const psu = { 'psu-id': anna.username };
    const first = await tpp.call('POST', href(consent, 'startAuthorisation'), wrong, psu);
    expect([first.status, code(first)]).toEqual([401, 'PSU_CREDENTIALS_INVALID']);
    const retry = href(first.json, 'updatePsuAuthentication');
    expect((await tpp.call('PUT', retry, { psuData: { password: anna.password } })).json['scaStatus']).toBe(
      'psuAuthenticated',
    );
    await tpp.call('PUT', retry, { authenticationMethodId: 'smstaniphonex' });
    for (const left of [2, 1]) {
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      const answer = await tpp.call('PUT', retry, { scaAuthenticationData: 'no' });
      expect([answer.status, answer.text]).toEqual([401, expect.stringContaining(`${left} more`)]);
      // oxlint-disable-next-line no-await-in-loop
      expect((await tpp.call('GET', retry)).json['scaStatus']).toBe('scaMethodSelected');
    }
    await tpp.call('PUT', retry, { scaAuthenticationData: 'no' });
    expect((await tpp.call('GET', retry)).json['scaStatus']).toBe('failed');
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'rejected' });
    const late = await tpp.call('PUT', retry, { scaAuthenticationData: anna.methods[0]?.code });
    expect([late.status, code(late)]).toEqual([409, 'STATUS_INVALID']);
    const again = await tpp.call('POST', href(consent, 'startAuthorisation'), undefined, psu);
    expect([again.status, code(again)]).toEqual([403, 'RESOURCE_EXPIRED']);
  });

  it('counts wrong passwords over all authorisations of one consent', async () => {
    const consent = await newConsent();
    const answers = [];
    for (const attempt of [1, 2, 3]) {
      const body = { psuData: { password: `wrong ${attempt}` } };
      // oxlint-disable-next-line no-await-in-loop
      answers.push(await tpp.call('POST', href(consent, 'startAuthorisation'), body, { 'psu-id': anna.username }));
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'rejected' });
  });

  it('refuses what does not fit the stage', async () => {
    const { start } = await tpp.consent(anna);
    const link = href(start, 'scaStatus');
    const early = await tpp.call('PUT', link, { scaAuthenticationData: '1' });
    expect([early.status, code(early)]).toEqual([400, 'SERVICE_INVALID']);
    const unknown = await tpp.call('PUT', link, { authenticationMethodId: 'nothing' });
    expect([unknown.status, code(unknown)]).toEqual([400, 'SCA_METHOD_UNKNOWN']);
    const two = await tpp.call('PUT', link, { authenticationMethodId: 'a', scaAuthenticationData: 'b' });
    expect([two.status, code(two)]).toEqual([400, 'FORMAT_ERROR']);
    const encrypted = await tpp.call('PUT', link, { psuData: { encryptedPassword: 'x' } });
    expect([encrypted.status, code(encrypted)]).toEqual([400, 'PARAMETER_NOT_SUPPORTED']);
    const other = await tpp.call('PUT', link, { authenticationMethodId: 'x' }, { 'psu-id': 'hugo.poor' });
    expect([other.status, code(other)]).toEqual([401, 'PSU_CREDENTIALS_INVALID']);
    const stranger = await tpp.call('PUT', link, { authenticationMethodId: 'x' }, { 'psu-id': 'nobody' });
    expect([stranger.status, code(stranger)]).toEqual([401, 'PSU_CREDENTIALS_INVALID']);
  });

  it('fails for a customer without any method', async () => {
    const ida = await tpp.customer('ida.nomethod');
    const consent = await newConsent({ 'psu-id': ida.username });
    const body = { psuData: { password: ida.password } };
    const answer = await tpp.call('POST', href(consent, 'startAuthorisation'), body, { 'psu-id': ida.username });
    expect([answer.status, code(answer)]).toEqual([400, 'SCA_METHOD_UNKNOWN']);
    expect((await tpp.call('GET', href(consent, 'status'))).json).toEqual({ consentStatus: 'rejected' });
  });

  it('starts implicitly when the bank is so, unless the TPP asks for explicit', async () => {
    await tpp.control('PUT', '/profile', { start: 'implicit', singleMethod: 'select' });
    const consent = await newConsent({ 'psu-id': anna.username });
    const link = href(consent, 'updatePsuAuthentication');
    expect(href(consent, 'scaStatus')).toBe(link);
    const answer = await tpp.call('PUT', link, { psuData: { password: anna.password } });
    expect(answer.json).toMatchObject({ scaStatus: 'scaMethodSelected', challengeData: { otpMaxLength: 6 } });
    const explicit = await newConsent({ 'psu-id': anna.username, 'tpp-explicit-authorisation-preferred': 'true' });
    expect(href(explicit, 'startAuthorisation')).toContain('/authorisations');
  });

  it('writes links absolute, from the host or from the base', async () => {
    const paths = [];
    for (const links of ['absolute', 'host', 'base']) {
      // oxlint-disable-next-line no-await-in-loop
      await tpp.control('PUT', '/profile', { links });
      // oxlint-disable-next-line no-await-in-loop
      paths.push(href(await newConsent(), 'self').replace(/[^/]+$/, ''));
    }
    expect(paths).toEqual(['http://localhost:80/xs2a/v1/consents/', '/xs2a/v1/consents/', '/v1/consents/']);
  });

  it('offers names for the start by what is known, and one link for all updates, when so set', async () => {
    await tpp.control('PUT', '/profile', { startLink: 'specific', updateLink: 'single' });
    expect(href(await newConsent(), 'startAuthorisationWithPsuIdentification')).toContain('/authorisations');
    const consent = await newConsent({ 'psu-id': anna.username });
    const body = { psuData: { password: anna.password } };
    const start = await tpp.call('POST', href(consent, 'startAuthorisationWithPsuAuthentication'), body, {
      'psu-id': anna.username,
    });
    const selected = await tpp.call('PUT', href(start.json, 'updatePsuAuthentication'), {
      authenticationMethodId: 'smstaniphonex',
    });
    expect(href(selected.json, 'updatePsuAuthentication')).toBe(href(start.json, 'updatePsuAuthentication'));
  });
});
