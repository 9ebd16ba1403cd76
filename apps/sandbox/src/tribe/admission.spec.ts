import { TribeBank } from '../../test/tribe-bank.js';
import { EURO_ORDER, REDIRECT_URI, TribeTpp, refusal, type Signing } from '../../test/tribe-tpp.js';
import type { Json } from '../../test/tpp.js';

const DAY_MS = 86_400_000;

describe('the way into the TPP API', () => {
  let tpp: TribeTpp;

  beforeEach(async () => {
    tpp = await TribeTpp.start();
  });

  const direct = async (
    change: (headers: Record<string, string>) => void = () => {},
    signing: Signing = {},
    body = EURO_ORDER,
  ) => {
    const signed = JSON.stringify(EURO_ORDER);
    const headers = tpp.headers(signed, { 'tpp-redirect-uri': 'https://tpp.example/back' }, signing);
    change(headers);
    return tpp.send('POST', `${tpp.prefix}/tpp/v2/direct/payments/AMBRLT22`, headers, JSON.stringify(body));
  };
  const without = (name: string) => async () =>
    refusal(
      await direct((headers) => {
        delete headers[name];
      }),
    );
  const withHeader = async (name: string, value: string) =>
    refusal(
      await direct((headers) => {
        headers[name] = value;
      }),
    );

  it('is open for signed calls, with either hash', async () => {
    expect((await direct()).status).toBe(201);
    expect((await direct(undefined, { hash: '512' })).status).toBe(201);
    const empty = tpp.headers('');
    expect(empty['digest']).toBe('SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  });

  // Control: with the verify() call taken out of checkSignature() the altered header and the foreign key pass; with
  // checkDigest() taken out the altered body passes; with ALWAYS_SIGNED emptied the unsigned client passes.
  it('is shut for what was altered, signed by others or not signed whole', async () => {
    const altered = { ...EURO_ORDER, creditorName: 'Nordwind Boots' };
    expect(refusal(await direct(undefined, {}, altered))).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await withHeader('x-request-id', '1af7b333-7a06-41b1-8a61-e9a29fd069bc')).toEqual([
      401,
      'SIGNATURE_INVALID',
    ]);
    const [one, other] = [await tpp.issueSeal(), await tpp.issueSeal()];
    const mixed = { ...one, privateKey: other.privateKey };
    expect(refusal(await direct(undefined, { seal: mixed }))).toEqual([401, 'SIGNATURE_INVALID']);
    expect(refusal(await direct(undefined, { names: ['digest', 'x-request-id'] }))).toEqual([401, 'SIGNATURE_INVALID']);
    expect(refusal(await direct(undefined, { names: ['digest', 'x-request-id', 'x-client-id', 'date'] }))).toEqual([
      401,
      'SIGNATURE_INVALID',
    ]);
    expect((await tpp.ledger()).counts).toMatchObject({ accepted: 0, bankWebhooks: 0 });
  });

  it('names the first mistake', async () => {
    expect(await without('x-request-id')()).toEqual([401, 'REQUEST_ID_NOT_UUID']);
    expect(await withHeader('x-request-id', '12345')).toEqual([401, 'REQUEST_ID_NOT_UUID']);
    expect(await withHeader('accept', 'text/html')).toEqual([406, 'REQUESTED_FORMATS_INVALID']);
    expect(await withHeader('content-type', 'text/plain')).toEqual([415, 'REQUEST_FORMAT_INVALID']);
    expect(await without('x-client-id')()).toEqual([401, 'AUTHENTICATION_REQUIRED']);
    expect(await withHeader('x-client-id', 'nobody')).toEqual([401, 'WRONG_CREDENTIALS']);
    expect(await without('tpp-signature-certificate')()).toEqual([401, 'CERTIFICATE_MISSING']);
    expect(await withHeader('tpp-signature-certificate', 'LS0tLS1CRUdJTg==')).toEqual([401, 'CERTIFICATE_INVALID']);
    expect(await without('signature')()).toEqual([401, 'SIGNATURE_MISSING']);
    expect(await without('digest')()).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await withHeader('date', new Date(Date.now() - 600_000).toUTCString())).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await without('tpp-redirect-uri')()).toEqual([400, 'HEADERS_ERROR']);
  });

  it('asks for a certificate in time and of the client’s organisation', async () => {
    const [validFrom, validTo] = [-3, -1].map((days) => new Date(Date.now() + days * DAY_MS).toISOString());
    const old = await tpp.issueSeal({ validFrom, validTo });
    expect(refusal(await direct(undefined, { seal: old }))).toEqual([401, 'CERTIFICATE_EXPIRED']);
    const foreign = await tpp.issueSeal({ organisationIdentifier: 'PSDFR-ACPR-99999' });
    expect(refusal(await direct(undefined, { seal: foreign }))).toEqual([401, 'CERTIFICATE_INVALID']);
  });

  it('lets unsigned calls in when it is lax, but checks what is signed', async () => {
    await tpp.control('PUT', '/settings', { signatureMode: 'lax' });
    const unsigned = await direct((headers) => {
      delete headers['digest'];
      delete headers['signature'];
      delete headers['tpp-signature-certificate'];
    });
    expect(unsigned.status).toBe(201);
    expect(await withHeader('digest', 'SHA-256=x')).toEqual([401, 'SIGNATURE_INVALID']);
  });

  it('tells unknown fields and wrong ones together', async () => {
    const order = {
      ...EURO_ORDER,
      endToEndId: 'E',
      creditorName: 7,
      instructedAmount: { amount: '1.234', currency: 'EUR' },
    };
    const answer = await tpp.call('POST', '/direct/payments', undefined, order);
    expect(refusal(answer)).toEqual([400, 'FORMAT_ERROR']);
    const errors = answer.json['additionalErrors'] as { code: string; details: string }[];
    expect(errors.map(({ code, details }) => `${code} ${details.split(' ')[0]}`)).toEqual([
      'EXTRA_FIELDS_PROVIDED endToEndId',
      'INVALID_MODEL_TYPE creditorName',
      'INVALID_MODEL_TYPE instructedAmount.amount',
    ]);
    expect(String(answer.json['timestamp'])).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/);
    const dollars = { ...EURO_ORDER, paymentScheme: undefined, instructedAmount: { amount: '1.00', currency: 'USD' } };
    expect(refusal(await tpp.call('POST', '/direct/payments', undefined, dollars))).toEqual([
      400,
      'PAYMENT_SCHEME_INVALID',
    ]);
    const fps = { ...EURO_ORDER, paymentScheme: 'FPS' };
    expect(refusal(await tpp.call('POST', '/direct/payments/AMBRLT22', undefined, fps))).toEqual([
      400,
      'PAYMENT_SCHEME_INVALID',
    ]);
  });

  it('knows its methods and paths', async () => {
    expect(refusal(await tpp.send('DELETE', `${tpp.prefix}/tpp/v2/payments/1`, {}))).toEqual([405, 'SERVICE_INVALID']);
    expect(refusal(await tpp.call('GET', '/nothing'))).toEqual([404, 'RESOURCE_NOT_FOUND']);
  });

  it('gives a bearer for a code, once, with the same redirect URI and PKCE', async () => {
    const back = await tpp.psu(tpp.authorizeUrl('AMBRLT22', 'accounts'), 'jonas.euro', 'approve');
    const code = back.searchParams.get('code');
    const answer = await tpp.redeem(code);
    expect(answer.json).toMatchObject({ token_type: 'Bearer', scope: 'accounts' });
    expect(Number(answer.json['expires_in'])).toBeGreaterThan(89 * 86_400);
    expect((await tpp.redeem(code)).json['error']).toBe('invalid_grant');
    const guarded = `${tpp.authorizeUrl('AMBRLT22', 'accounts')}&code_challenge=abc&code_challenge_method=S256`;
    const second = await tpp.psu(guarded, 'jonas.euro', 'approve');
    expect((await tpp.redeem(second.searchParams.get('code'))).json['error']).toBe('invalid_grant');
    const third = await tpp.psu(tpp.authorizeUrl('AMBRLT22', 'accounts'), 'jonas.euro', 'approve');
    await tpp.advance(600);
    expect((await tpp.redeem(third.searchParams.get('code'))).json['error']).toBe('invalid_grant');
  });

  it('sends the browser back when the PSU refuses or the bank does not offer the scope', async () => {
    const refused = await tpp.psu(tpp.authorizeUrl('AMBRLT22', 'accounts'), 'jonas.euro', 'reject');
    expect([refused.origin + refused.pathname, refused.searchParams.get('error')]).toEqual([
      REDIRECT_URI,
      'access_denied',
    ]);
    const missing = await tpp.psu(tpp.authorizeUrl('READGB2L', 'payments.single'), 'ian.reader', 'approve');
    expect(missing.searchParams.get('error')).toBe('invalid_scope');
    const foreign = tpp.authorizeUrl('AMBRLT22', 'accounts').replace('8080', '9999');
    expect((await tpp.send('GET', foreign, {})).status).toBe(400);
  });

  it('refuses dead tokens, foreign clients and missing scopes', async () => {
    const token = await tpp.token('jonas.euro', 'accounts');
    const account = (await tpp.customer('jonas.euro')).accounts[0]?.id;
    expect(refusal(await tpp.call('GET', `/accounts/${account}/balances`, token))).toEqual([403, 'ROLE_INVALID']);
    expect(refusal(await tpp.call('GET', '/accounts', 'unknown'))).toEqual([401, 'TOKEN_INVALID']);
    await tpp.control('POST', '/tpps', { clientId: 'other' });
    expect(refusal(await tpp.call('GET', '/accounts', token, undefined, { 'x-client-id': 'other' }))).toEqual([
      401,
      'TOKEN_INVALID',
    ]);
    await tpp.control('POST', `/consents/${token}`, { state: 'revoked' });
    expect(refusal(await tpp.call('GET', '/accounts', token))).toEqual([401, 'TOKEN_INVALID']);
    const late = await tpp.token('jonas.euro', 'accounts');
    await tpp.advance(90 * 86_400);
    expect(refusal(await tpp.call('GET', '/accounts', late))).toEqual([401, 'TOKEN_INVALID']);
  });

  it('counts the calls of a day per token, operation and account', async () => {
    await tpp.control('POST', '/clock', { run: false });
    const tomorrow = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10);
    await tpp.control('POST', '/clock', { set: `${tomorrow}T23:59:00Z` });
    const token = await tpp.token('jonas.euro', 'accounts accounts.balances');
    await tpp.control('PUT', '/settings', { dailyLimit: 2 });
    const limits = ({ headers }: { headers: Json }) =>
      ['limit', 'remaining', 'reset'].map((name) => headers[`x-rate-limit-${name}`]);
    expect(limits(await tpp.call('GET', '/accounts', token))).toEqual(['2', '1', '60']);
    await tpp.call('GET', '/accounts', token);
    const over = await tpp.call('GET', '/accounts', token);
    expect([...refusal(over), ...limits(over)]).toEqual([429, 'ACCESS_EXCEEDED', '2', '0', '60']);
    const account = (await tpp.customer('jonas.euro')).accounts[0]?.id;
    expect((await tpp.call('GET', `/accounts/${account}/balances`, token)).status).toBe(200);
    await tpp.advance(60);
    expect((await tpp.call('GET', '/accounts', token)).status).toBe(200);
  });

  it('has a directory that needs neither signature nor request id', async () => {
    const banks = async (query: string) => {
      const answer = await tpp.send('GET', `${tpp.prefix}/tpp/v2/banks${query}`, { 'x-client-id': 'tributary-demo' });
      return {
        answer,
        ids: ((answer.json['banks'] ?? []) as { identifier: string }[]).map(({ identifier }) => identifier),
      };
    };
    expect((await banks('')).ids).toEqual(['AMBRLT22', 'THSTGB2L', 'CURNLT22', 'READGB2L']);
    expect((await banks('?country=GB&paymentSchemes[]=CHAPS')).ids).toEqual(['THSTGB2L']);
    expect((await banks('?directPaymentSupport=false')).ids).toEqual(['CURNLT22', 'READGB2L']);
    const { answer } = await banks('?limit=2');
    const next = (answer.json['_links'] as { next: { href: string } }).next.href;
    expect(next).toBe(`${tpp.prefix}/tpp/v2/banks?limit=2&page=2`);
    expect((await banks(next.replace(/^[^?]+/, ''))).ids).toEqual(['CURNLT22', 'READGB2L']);
    expect(refusal((await banks('?page=0')).answer)).toEqual([400, 'PARAMETER_NOT_CONSISTENT']);
    expect(refusal(await tpp.send('GET', `${tpp.prefix}/tpp/v2/banks`, {}))).toEqual([401, 'AUTHENTICATION_REQUIRED']);
  });

  it('is apart from the way of banks: their key is no good for TPPs', async () => {
    const bank = await TribeBank.register(tpp);
    await bank.webhooks.close();
    expect((await tpp.call('POST', '/direct/payments/MINEGB22', undefined, EURO_ORDER)).status).toBe(502);
    expect(refusal(await bank.act('init_authorization', {}, { apiKey: 'tributary-demo' }))).toEqual([
      401,
      'WRONG_CREDENTIALS',
    ]);
  });
});
