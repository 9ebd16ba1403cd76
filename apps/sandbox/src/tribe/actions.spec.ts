import { randomUUID } from 'node:crypto';
import { TribeBank, type ActionChange } from '../../test/tribe-bank.js';
import { EURO_ORDER, REDIRECT_URI, TribeTpp, refusal } from '../../test/tribe-tpp.js';
import type { Json, Reply } from '../../test/tpp.js';

const details = (answer: Reply) => [
  ...refusal(answer),
  ((answer.json['additionalErrors'] ?? []) as { code: string }[]).map(({ code }) => code).join(' '),
];

describe('Actions of a bank', () => {
  let tpp: TribeTpp;
  let bank: TribeBank;

  beforeEach(async () => {
    tpp = await TribeTpp.start();
    bank = await TribeBank.register(tpp);
  });
  afterEach(async () => bank.webhooks.close());

  const day = { date: '2026-01-31', consentDuration: 51144 };
  const known = async () => ((await tpp.control('GET', '/ledger')) as { performance: Json[] }).performance;

  // Control: with the answer of holdsFor() ignored in openMessage() the altered body, the JSON written anew, the wrong key
  // and the junk pass; without the test for the alphabet in holdsFor() the URL-safe signature of the next spec does.
  it.each<[string, ActionChange, number, string]>([
    ['a body altered by one byte', { sent: JSON.stringify(day).replace('51144', '51145') }, 401, 'WRONG_CREDENTIALS'],
    ['JSON written anew', { sent: JSON.stringify(day, null, 1) }, 401, 'WRONG_CREDENTIALS'],
    ['a wrong key', { stranger: true }, 401, 'WRONG_CREDENTIALS'],
    ['junk for a signature', { signature: '*' }, 401, 'WRONG_CREDENTIALS'],
    ['no signature', { signature: null }, 400, 'HEADERS_ERROR'],
    ['no API key', { apiKey: null }, 401, 'AUTHENTICATION_REQUIRED'],
    ['a wrong API key', { apiKey: 'other' }, 401, 'WRONG_CREDENTIALS'],
    ['a request id that is no UUID', { requestId: '12345', signature: 'x' }, 401, 'REQUEST_ID_NOT_UUID'],
    ['no request id', { requestId: null }, 401, 'REQUEST_ID_NOT_UUID'],
  ])('are refused with %s, and nothing happens', async (_what, change, status, code) => {
    expect(refusal(await bank.act('daily_performance', day, change))).toEqual([status, code]);
    expect(await known()).toEqual([]);
    expect((await bank.act('daily_performance', day)).json).toEqual({ status: 'success' });
    expect(await known()).toEqual([expect.objectContaining(day)]);
  });

  it('with a signature in the URL-safe alphabet are refused', async () => {
    // The date is chosen so long until the signature has a letter in which the alphabets differ.
    let signature = '';
    for (let date = 1; !/[+/]/.test(signature); date += 1) {
      const text = JSON.stringify({ date: `2025-01-0${date}` });
      // oxlint-disable-next-line no-await-in-loop
      const answer = await bank.act('daily_performance', text);
      expect(answer.status).toBe(200);
      signature = bank.signatureOf(text);
      if (/[+/]/.test(signature)) {
        const urlSafe = signature.replaceAll('+', '-').replaceAll('/', '_');
        // oxlint-disable-next-line no-await-in-loop
        expect(refusal(await bank.act('daily_performance', text, { signature: urlSafe }))).toEqual([
          401,
          'WRONG_CREDENTIALS',
        ]);
      }
    }
  });

  it('have an answer for unknown paths and wrong methods that is neither 404 nor 405', async () => {
    expect(refusal(await bank.act('nothing', {}))).toEqual([401, 'API_ACTION_DOES_NOT_EXIST']);
    const got = await tpp.send('GET', `${tpp.prefix}/bank/v2/consent`, {});
    expect(refusal(got)).toEqual([401, 'API_ACTION_DOES_NOT_EXIST']);
    expect(String(got.json['timestamp'])).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    expect(String(got.json['requestId'])).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('get the first answer again for the same id, and are refused for another body', async () => {
    const requestId = randomUUID();
    await bank.act('daily_performance', day, { requestId });
    expect((await bank.act('daily_performance', day, { requestId })).json).toEqual({ status: 'success' });
    const other = await bank.act('daily_performance', { ...day, consentDuration: 1 }, { requestId });
    expect(refusal(other)).toEqual([400, 'HEADERS_ERROR']);
    expect(await known()).toEqual([expect.objectContaining(day)]);
    const { actions } = await tpp.ledger();
    expect(actions.map(({ replayed }) => replayed)).toEqual([false, true, false]);
  });

  it('describe the TPP, save the consent with all scopes and one account, once', async () => {
    const requestUrl = await bank.arrival('accounts accounts.balances');
    expect(requestUrl).toMatch(/^https:\/\/bank\.example\/obb\/authorize\?client_id=tributary-demo&redirect_uri=/);
    const described = await bank.act('init_authorization', { requestUrl });
    const state = new URL(requestUrl).searchParams.get('state') ?? '';
    expect(described.json).toEqual({
      tppName: 'Tributary Demo',
      tppRegistrationNumber: 'UK-145441',
      scopes: ['accounts', 'accounts.balances'],
      cancelUrl: `${REDIRECT_URI}?error=access_denied&state=${state}`,
    });
    const save = async (body: Json) => bank.act('consent', { requestUrl, ...body });
    const scopes = ['accounts.balances', 'accounts'];
    expect(details(await save({ scopes: ['accounts'], accountIds: ['a'] }))).toEqual([
      400,
      'FORMAT_ERROR',
      'AUTHORIZATION_SELECTED_WRONG_SCOPE',
    ]);
    expect(details(await save({ scopes: ['accounts', 'accounts'], accountIds: ['a'] }))[2]).toBe(
      'AUTHORIZATION_SCOPE_NOT_CORRECT',
    );
    expect(details(await save({ accountIds: ['a'] }))[2]).toBe('AUTHORIZATION_SCOPE_DOES_NOT_EXIST');
    expect(details(await save({ scopes }))[2]).toBe('AUTHORIZATION_ACCOUNT_IDENTIFIERS_MISSING');
    expect(details(await save({ scopes, ibans: ['GB00NWBK60161331926819'], note: 1 }))[2]).toBe(
      'EXTRA_FIELDS_PROVIDED AUTHORIZATION_IBAN_NOT_VALID',
    );
    const saved = await save({ scopes, ibans: ['GB29NWBK60161331926819'], accountNumbers: ['040004-00123456'] });
    expect(saved.status).toBe(200);
    expect(String(saved.json['callbackUrl'])).toMatch(/^http:\/\/localhost:8080\/callback\?code=[0-9a-f]+&state=/);
    expect(String(saved.json['validUntil'])).toMatch(/\+00:00$/);
    expect(details(await save({ scopes, accountIds: ['a'] }))[2]).toBe('AUTHORIZATION_REQUEST_URL_NOT_VALID');
    expect(details(await bank.act('init_authorization', { requestUrl }))[2]).toBe(
      'AUTHORIZATION_REQUEST_URL_NOT_VALID',
    );
  });

  it.each([
    ['{}', 'AUTHORIZATION_REQUEST_URL_DOES_NOT_EXIST'],
    ['{"requestUrl":7}', 'AUTHORIZATION_REQUEST_URL_NOT_VALID'],
    ['{"requestUrl":"https://other.example/?client_id=tributary-demo"}', 'AUTHORIZATION_REQUEST_URL_NOT_VALID'],
    ['[]', ''],
    ['{', ''],
  ])('refuse to begin an authorisation with %s', async (text, code) => {
    expect(details(await bank.act('init_authorization', text))).toEqual([400, 'FORMAT_ERROR', code]);
  });

  it('know version 2 scopes only', async () => {
    const requestUrl = (await bank.arrival('accounts')).replace('scope=accounts', 'scope=account.list+account.details');
    expect(details(await bank.act('init_authorization', { requestUrl }))[2]).toBe('AUTHORIZATION_SCOPE_NOT_CORRECT');
    await tpp.control('PUT', '/settings', { oldScopes: true });
    expect((await bank.act('init_authorization', { requestUrl })).json['scopes']).toEqual(['accounts']);
  });

  it('revoke a token: the bearer is dead, a second time is a success, junk and strangers are not', async () => {
    bank.webhooks.replies.set('/hooks/v2_accounts', () => ({ status: 200, body: { accounts: [] } }));
    const { accessToken, bearer } = await bank.consent('accounts');
    expect((await tpp.call('GET', '/accounts', bearer)).status).toBe(200);
    expect((await bank.act('token/revoke', { accessToken })).json).toEqual({ status: 'success' });
    expect(refusal(await tpp.call('GET', '/accounts', bearer))).toEqual([401, 'TOKEN_INVALID']);
    expect((await bank.act('token/revoke', { accessToken })).status).toBe(200);
    expect(details(await bank.act('token/revoke', { accessToken: 'short' }))[2]).toBe('AUTHORIZATION_TOKEN_NOT_VALID');
    expect(refusal(await bank.act('token/revoke', { accessToken: 'x'.repeat(40) }))).toEqual([404, 'RESOURCE_UNKNOWN']);
  });

  it('tell about a day in whole milliseconds, not of the future', async () => {
    const codes = async (body: Json) => details(await bank.act('daily_performance', body))[2];
    expect(await codes({ date: '2026-02-30' })).toBe('INVALID_DATE_FORMAT');
    expect(await codes({ date: '2999-01-01' })).toBe('INVALID_DATE_FORMAT');
    expect(await codes({ date: '2026-01-31', paymentDuration: 1.5, consentDuration: '7' })).toBe(
      'INVALID_MODEL_TYPE INVALID_MODEL_TYPE',
    );
  });

  it('move a payment forwards only, and the TPP hears of each change once', async () => {
    const answer = { status: 'RCVD', payment_id: 'p-1', confirmation_url: 'https://bank.example/confirm/1' };
    bank.webhooks.replies.set('/hooks/v2_payment_direct_single', () => ({ status: 200, body: answer }));
    expect((await tpp.call('POST', '/direct/payments/MINEGB22', undefined, EURO_ORDER)).json).toMatchObject({
      paymentId: 'p-1',
      _links: { scaRedirect: { href: 'https://bank.example/confirm/1' } },
    });
    const move = async (paymentStatus: string) => bank.act('payments/status', { paymentId: 'p-1', paymentStatus });
    expect((await move('ACSP')).json).toEqual({ status: 'success' });
    expect((await move('ACSP')).status).toBe(200);
    expect(details(await move('ACTC'))).toEqual([400, 'FORMAT_ERROR', 'INVALID_PAYMENT_STATUS_FORMAT']);
    expect(details(await move('PART'))[2]).toBe('INVALID_PAYMENT_STATUS_FORMAT');
    expect(details(await move('acsc'))[2]).toBe('INVALID_PAYMENT_STATUS_FORMAT');
    expect((await move('ACSC')).status).toBe(200);
    expect(details(await move('RJCT'))[2]).toBe('INVALID_PAYMENT_STATUS_FORMAT');
    const strange = await bank.act('payments/status', { paymentId: 'p-9', paymentStatus: 'ACSC' });
    expect(refusal(strange)).toEqual([404, 'RESOURCE_UNKNOWN']);
    const { deliveries } = await tpp.ledger();
    expect(deliveries.map(({ body }) => body)).toEqual([
      { paymentId: 'p-1', paymentStatus: 'ACSP' },
      { paymentId: 'p-1', paymentStatus: 'ACSC' },
    ]);
  });

  it('of another bank cannot touch its consents and payments', async () => {
    const { accessToken } = await bank.consent('accounts');
    const other = await TribeBank.register(tpp, { identifier: 'OTHRGB22', apiKey: 'other' });
    const answer = await other.act('token/revoke', { accessToken }, { apiKey: 'other' });
    expect(refusal(answer)).toEqual([404, 'RESOURCE_UNKNOWN']);
    await other.webhooks.close();
  });
});
