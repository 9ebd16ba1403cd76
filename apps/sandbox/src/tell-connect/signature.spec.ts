import { createHmac } from 'node:crypto';
import { ORDER, TellTpp, said, sign, type Json, type Twist } from '../../test/tell-tpp.js';

/*
 * Negative control, carried out once: with the check of alg, MAC, path, payload, iat or owner taken out of the verifier, one
 * after the other, the cases of that name fail.
 */

const REFUSED = [401, 'invalid_signature'];
const SPEC_CERTIFICATE = '-----BEGIN CERTIFICATE-----\nc3BlYw==\n-----END CERTIFICATE-----\n';

/** HMAC-SHA-256 over the two parts with {@link SPEC_CERTIFICATE}. */
const VECTOR = 'nToYTdlUI-1DnFZ7I8RTpPuJf3Yxk3tOYSm2fP9jHKI';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);

describe('x-jws-signature', () => {
  let tpp: TellTpp;
  let token: string;
  let accountId: string;

  beforeAll(async () => {
    tpp = await TellTpp.start();
    token = (await tpp.tokens()).access;
    accountId = (await tpp.customer('sam.stub')).accounts[0]?.id ?? '';
  });

  const read = async (twist: Twist = {}) =>
    tpp.call('GET', `/accounts/${accountId}/balance`, { token, userIp: '203.0.113.7', twist });

  it('is accepted as documented, and a fixed vector is what this spec signs', async () => {
    expect((await read()).status).toBe(200);
    const header = { alg: 'HS256', typ: 'JWT', app: 'a1', path: '/accounts/12345678/balance', iat: 1720000000 };
    // The vector was made with openssl dgst -sha256 -hmac over the two parts.
    expect(sign(header, '{}', SPEC_CERTIFICATE).split('.')[2]).toBe(VECTOR);
  });

  it.each<[string, Twist]>([
    ['missing', { signature: undefined }],
    ['not three parts', { signature: 'a.b' }],
    ['padded', { signature: `${Buffer.from('{}').toString('base64')}=.e30.AAAA` }],
    ['alg none', { header: { alg: 'none' } }],
    ['alg none without a MAC', { signature: `${encoded({ alg: 'none' })}.e30.` }],
    ['another alg', { header: { alg: 'HS512' } }],
    ['alg in another case', { header: { alg: 'hs256' } }],
    ['another typ', { header: { typ: 'JOSE' } }],
    ['another app', { header: { app: 'f5d3a9b0-0000-4000-8000-000000000000' } }],
    ['another path', { header: { path: '/accounts' } }],
    ['a path with version', { header: { path: '/dev/accounts' } }],
    ['another payload', { payload: '{"a":1}' }],
    ['no payload', { payload: '' }],
    ['no iat', { header: { iat: undefined } }],
    ['iat as text', { header: { iat: '1720000000' } }],
    ['a fraction in iat', { header: { iat: Date.now() / 1000 + 0.5 } }],
    ['iat in milliseconds', { header: { iat: Date.now() } }],
    ['an old iat', { header: { iat: Math.floor(Date.now() / 1000) - 301 } }],
    ['an iat to come', { header: { iat: Math.floor(Date.now() / 1000) + 305 } }],
    ['another key', { key: SPEC_CERTIFICATE }],
  ])('is refused: %s', async (_name, twist) => {
    expect(said(await read(twist))).toEqual(REFUSED);
  });

  it('needs the last line feed of the certificate', async () => {
    expect(said(await read({ key: tpp.application.certificate.trimEnd() }))).toEqual(REFUSED);
  });

  it('is refused when one byte of any part is altered, and accepted unaltered', async () => {
    const header = {
      alg: 'HS256',
      typ: 'JWT',
      app: tpp.application.applicationId,
      path: '/accounts',
      iat: Math.floor(Date.now() / 1000),
    };
    const good = sign(header, '{}', tpp.application.certificate);
    const list = async (signature: string) =>
      tpp.call('GET', '/accounts', { token, userIp: '203.0.113.7', twist: { signature } });
    expect((await list(good)).status).toBe(200);
    for (const at of [5, good.indexOf('.') + 2, good.length - 3, good.length - 1]) {
      const altered = good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1);
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that a failure tells which
      expect(said(await list(altered))).toEqual(REFUSED);
    }
  });

  it('is refused when alg is swapped after signing, although the MAC would fit', async () => {
    const header = { alg: 'HS384', typ: 'JWT', app: tpp.application.applicationId, path: '/accounts', iat: now() };
    const signed = `${encoded(header)}.e30`;
    const mac = createHmac('sha384', tpp.application.certificate).update(signed).digest('base64url');
    expect(said(await tpp.call('GET', '/accounts', { token, twist: { signature: `${signed}.${mac}` } }))).toEqual(
      REFUSED,
    );
  });

  it('takes typ as optional, and does not care for the order of members', async () => {
    const { applicationId, certificate } = tpp.application;
    const header = { iat: now(), path: '/accounts', app: applicationId, alg: 'HS256' };
    const answer = await tpp.call('GET', '/accounts', {
      token,
      userIp: '203.0.113.7',
      twist: { signature: sign(header, '{}', certificate) },
    });
    expect(answer.status).toBe(200);
  });

  it('leaves the query out of path', async () => {
    const query = '/accounts?page=1';
    expect((await tpp.call('GET', query, { token, userIp: '203.0.113.7' })).status).toBe(200);
    expect(said(await tpp.call('GET', query, { token, twist: { header: { path: query } } }))).toEqual(REFUSED);
  });

  it('binds a JSON body as JSON: spaces are free, values are not', async () => {
    const payment = (await tpp.tokens('pisp')).access;
    const pay = async (payload: string) =>
      tpp.call('POST', '/payments', { token: payment, json: ORDER, twist: { payload } });
    expect(said(await pay(JSON.stringify({ ...ORDER, amount: '12.51' })))).toEqual(REFUSED);
    expect(said(await pay(JSON.stringify({ ...ORDER, extra: null })))).toEqual(REFUSED);
    const reversed = Object.fromEntries(Object.entries(ORDER).toReversed());
    expect((await pay(JSON.stringify(reversed, undefined, 2))).status).toBe(201);
  });

  it('binds a form body as a JSON object of texts', async () => {
    const form = { grant_type: 'authorization_code', code: 'a+b c' };
    const exchange = async (payload: unknown) =>
      tpp.call('POST', '/access-token', { form, twist: { payload: JSON.stringify(payload) } });
    expect(said(await exchange({ ...form, code: 'a b c' }))).toEqual(REFUSED);
    expect(said(await exchange(new URLSearchParams(form).toString()))).toEqual(REFUSED);
    expect(said(await exchange(form))).toEqual([400, 'invalid_grant']);
  });

  it('takes only applications of the caller', async () => {
    const other = await tpp.control('POST', '/applications', {
      name: 'Other',
      developer: 'new',
      certificate: SPEC_CERTIFICATE,
    });
    const { applicationId, certificate } = other.json as Json & { applicationId: string; certificate: string };
    const mixed = tpp.as({ application: { ...tpp.application, applicationId, certificate } });
    expect(said(await mixed.intent('aisp', true))).toEqual(REFUSED);
    const own = tpp.as({ application: { ...tpp.application, ...(other.json as object) } });
    expect((await own.intent('aisp', true)).status).toBe(200);
    expect(said(await own.call('GET', '/accounts', { token }))).toEqual(REFUSED);
  });

  it('writes a repetition down, because nothing forbids it', async () => {
    const header = { alg: 'HS256', typ: 'JWT', app: tpp.application.applicationId, path: '/accounts', iat: now() - 7 };
    const signature = sign(header, '{}', tpp.application.certificate);
    const before = await repetitions();
    await tpp.call('GET', '/accounts', { token, userIp: '203.0.113.7', twist: { signature } });
    expect(await repetitions()).toBe(before);
    await tpp.call('GET', '/accounts', { token, userIp: '203.0.113.7', twist: { signature } });
    expect(await repetitions()).toBe(before + 1);
  });

  it('is checked for the variants that the profile can choose', async () => {
    const other = await TellTpp.start('tell-connect@variants');
    await other.control('PUT', '/profile', {
      certificateKey: 'trimmed',
      bodilessPayload: 'empty',
      answerSignature: 'on',
    });
    const key = other.application.certificate.trim();
    const form = { grant_type: 'authorization_code', code: 'none' };
    expect(said(await other.call('POST', '/access-token', { form }))).toEqual(REFUSED);
    const json = { aspsp: other.application.aspsp, uuid: 'c0fd407d-134b-4091-8e04-ab49a98db217', scope: 'aisp' };
    const answer = await other.call('POST', '/auth', { json, twist: { key } });
    const [head = '', payload = '', mac] = String(answer.headers['x-jws-signature']).split('.');
    expect(Buffer.from(payload, 'base64url').toString()).toBe(answer.text);
    expect(createHmac('sha256', key).update(`${head}.${payload}`).digest('base64url')).toBe(mac);
    await other.app.close();
  });

  const repetitions = async () =>
    ((await tpp.control('GET', '/ledger')).json['repeatedSignatures'] as unknown[]).length;
});
