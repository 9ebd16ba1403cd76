import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes, type JsonWebKey } from 'node:crypto';
import { Tpp, GLOBAL_CONSENT, code, href, order, type Json, type TestCustomer } from '../../test/tpp.js';

const PAYMENTS = '/v1/payments/sepa-credit-transfers';
const BACK = { 'tpp-redirect-uri': 'https://tpp.example/ok?a=1', 'tpp-nok-redirect-uri': 'https://tpp.example/nok' };

describe('confirmation codes after redirect', () => {
  let tpp: Tpp;
  let bruno: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    await tpp.control('PUT', '/profile', { confirmationCodes: true });
    bruno = await tpp.customer('bruno.redirect');
  });

  const comeBack = async (): Promise<{ consent: Json; start: Json; back: URL; link: string }> => {
    const { consent, start } = await tpp.consent(bruno, GLOBAL_CONSENT, BACK);
    const link = href(start, 'scaRedirect');
    const login = await tpp.form(link, { username: bruno.username, password: bruno.password });
    const visit = String(login.headers['location']);
    await tpp.form(visit, { decision: 'confirm' });
    const end = await tpp.form(visit, { code: bruno.methods[0]?.code ?? '' });
    return { consent, start, link, back: new URL(String(end.headers['location'])) };
  };
  const consentStatus = async (consent: Json) => (await tpp.call('GET', href(consent, 'status'))).json['consentStatus'];

  // Control: with finaliseAtBank() finalising at once, the consent is valid before the code came, and this fails.
  it('are wanted before the consent is valid', async () => {
    const { consent, start, back, link } = await comeBack();
    expect([back.origin, back.searchParams.get('a')]).toEqual(['https://tpp.example', '1']);
    const state = await tpp.call('GET', href(start, 'scaStatus'));
    expect(state.json['scaStatus']).toBe('unconfirmed');
    expect(await consentStatus(consent)).toBe('received');
    expect((await tpp.send('GET', link, {})).status).toBe(410);
    const confirmation = { confirmationCode: back.searchParams.get('authConfirmationCode') };
    expect(href(state.json, 'confirmation')).toBe(href(start, 'confirmation'));
    const end = await tpp.call('PUT', href(start, 'confirmation'), confirmation);
    expect([end.status, end.json['scaStatus']]).toEqual([200, 'finalised']);
    expect(await consentStatus(consent)).toBe('valid');
  });

  it('that are wrong end it, and another try is SCA_INVALID', async () => {
    const { consent, start, back } = await comeBack();
    const wrong = await tpp.call('PUT', href(start, 'confirmation'), { confirmationCode: 'wrong' });
    expect([wrong.status, code(wrong)]).toEqual([400, 'SCA_INVALID']);
    expect([await consentStatus(consent), (await tpp.call('GET', href(start, 'scaStatus'))).json]).toEqual([
      'rejected',
      { scaStatus: 'failed' },
    ]);
    const right = { confirmationCode: back.searchParams.get('authConfirmationCode') };
    const late = await tpp.call('PUT', href(start, 'confirmation'), right);
    expect([late.status, code(late)]).toEqual([400, 'SCA_INVALID']);
  });

  it('that never come let it fail', async () => {
    const { consent } = await comeBack();
    await tpp.advance(601);
    expect(await consentStatus(consent)).toBe('rejected');
  });

  it('come too early before the PSU was there', async () => {
    const { start } = await tpp.consent(bruno, GLOBAL_CONSENT, BACK);
    const answer = await tpp.call('PUT', href(start, 'confirmation'), { confirmationCode: '1' });
    expect([answer.status, code(answer)]).toEqual([400, 'SERVICE_INVALID']);
  });
});

describe('the combined service', () => {
  let tpp: Tpp;
  let anna: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    anna = await tpp.customer('anna.embedded');
  });

  const initiate = async (consentId: string, headers: Record<string, string> = {}) =>
    tpp.call('POST', PAYMENTS, order(anna, '1.00'), { 'consent-id': consentId, ...headers });

  it('knows the PSU of the consent and wants no password again', async () => {
    const id = await tpp.validConsent(anna, { ...GLOBAL_CONSENT, combinedServiceIndicator: true });
    const payment = tpp.created(await initiate(id));
    const start = await tpp.call('POST', href(payment, 'startAuthorisation'));
    expect(start.json).toMatchObject({ scaStatus: 'psuAuthenticated', scaMethods: [{ authenticationType: 'SMS' }] });
    expect((await tpp.finish(anna, start.json)).json['scaStatus']).toBe('finalised');
  });

  it('is refused without a valid, combined consent of this PSU', async () => {
    const plain = await initiate(await tpp.validConsent(anna));
    expect([plain.status, code(plain)]).toEqual([401, 'CONSENT_INVALID']);
    const { consent } = await tpp.consent(anna, { ...GLOBAL_CONSENT, combinedServiceIndicator: true });
    const early = await initiate(String(consent['consentId']));
    expect([early.status, code(early)]).toEqual([401, 'CONSENT_INVALID']);
    const unknown = await initiate('nothing');
    expect([unknown.status, code(unknown)]).toEqual([403, 'CONSENT_UNKNOWN']);
    const id = await tpp.validConsent(anna, { ...GLOBAL_CONSENT, combinedServiceIndicator: true });
    const other = await initiate(id, { 'psu-id': 'hugo.poor' });
    expect([other.status, code(other)]).toEqual([401, 'PSU_CREDENTIALS_INVALID']);
  });

  it('is SESSIONS_NOT_SUPPORTED where the bank has none', async () => {
    await tpp.control('PUT', '/profile', { combinedService: false });
    const body = { ...GLOBAL_CONSENT, combinedServiceIndicator: true };
    const answer = await tpp.call('POST', '/v1/consents', body, { 'psu-id': anna.username });
    expect([answer.status, code(answer)]).toEqual([400, 'SESSIONS_NOT_SUPPORTED']);
  });
});

describe('passwords', () => {
  let tpp: Tpp;
  let anna: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    anna = await tpp.customer('anna.embedded');
  });

  const profile = async (passwords: string) => tpp.control('PUT', '/profile', { passwords, startLink: 'specific' });
  const begin = async (link: string, psuData: Json) => {
    const psu = { 'psu-id': anna.username };
    const consent = tpp.created(await tpp.call('POST', '/v1/consents', GLOBAL_CONSENT, psu));
    return tpp.call('POST', href(consent, link), { psuData }, psu);
  };

  it('may be encrypted to the key of the bank', async () => {
    await profile('encrypted');
    const link = 'startAuthorisationWithEncryptedPsuAuthentication';
    const { key } = (await tpp.control('GET', '/password-key')) as { key: JsonWebKey };
    const good = await begin(link, { encryptedPassword: encrypt(key, anna.password) });
    expect(good.json['scaStatus']).toBe('psuAuthenticated');
    const wrong = await begin(link, { encryptedPassword: encrypt(key, 'wrong') });
    expect([wrong.status, code(wrong)]).toEqual([401, 'PSU_CREDENTIALS_INVALID']);
    expect(href(wrong.json, 'updateEncryptedPsuAuthentication')).toContain('/authorisations/');
    for (const encryptedPassword of ['x', 'a.b.c.d.e', encrypt(key, anna.password).replace(/.$/, '~')]) {
      // oxlint-disable-next-line no-await-in-loop
      const junk = await begin(link, { encryptedPassword });
      expect([junk.status, code(junk)]).toEqual([400, 'FORMAT_ERROR']);
    }
    const clear = await begin(link, { password: anna.password });
    expect([clear.status, code(clear)]).toEqual([400, 'PARAMETER_NOT_SUPPORTED']);
  });

  it('may be two, in one step or in two', async () => {
    await profile('additional');
    const link = 'startAuthorisationWithPsuAuthentication';
    const { additionalPassword } = (await tpp.customer(anna.username)) as TestCustomer & { additionalPassword: string };
    const both = await begin(link, { password: anna.password, additionalPassword });
    expect(both.json['scaStatus']).toBe('psuAuthenticated');
    const first = await begin(link, { password: anna.password });
    expect(first.json['scaStatus']).toBe('psuIdentified');
    const next = href(first.json, 'updateAdditionalPsuAuthentication');
    const wrong = await tpp.call('PUT', next, { psuData: { additionalPassword: 'wrong' } });
    expect([wrong.status, code(wrong)]).toEqual([401, 'PSU_CREDENTIALS_INVALID']);
    const right = await tpp.call('PUT', next, { psuData: { additionalPassword } });
    expect(right.json['scaStatus']).toBe('psuAuthenticated');
    const early = await begin(link, { additionalPassword });
    expect([early.status, code(early)]).toEqual([400, 'SERVICE_INVALID']);
  });
});

/** JWE in compact form, written from RFC 7516 and not with the simulator's code. */
function encrypt(jwk: JsonWebKey, text: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })).toString('base64url');
  const [contentKey, iv] = [randomBytes(32), randomBytes(12)];
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const encryptedKey = publicEncrypt({ key, padding, oaepHash: 'sha256' }, contentKey);
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(Buffer.from(header, 'ascii'));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return [
    header,
    ...[encryptedKey, iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url')),
  ].join('.');
}
