import { TribeBank } from '../../test/tribe-bank.js';
import { EURO_ORDER, TribeTpp, refusal, scaLink } from '../../test/tribe-tpp.js';
import type { Json } from '../../test/tpp.js';
import { SWITCHES, changeSettings, initialSettings } from './settings.js';

const RCVD = { status: 'RCVD', payment_id: 'p-1', confirmation_url: 'https://bank.example/c' };

describe('the switches', () => {
  let tpp: TribeTpp;
  let bank: TribeBank;

  beforeEach(async () => {
    tpp = await TribeTpp.start();
    bank = await TribeBank.register(tpp, { webhookApiKey: 'other-way' });
  });
  afterEach(async () => bank.webhooks.close());

  const set = async (settings: Json) => tpp.control('PUT', '/settings', settings);
  const direct = async (order: Json = EURO_ORDER) => tpp.call('POST', '/direct/payments/MINEGB22', undefined, order);
  const reply = (name: string, body: unknown) =>
    bank.webhooks.replies.set(`/hooks/${name}`, () => ({ status: 200, body }));

  it('are one or more for each of the 35 assumptions, and refuse other values', () => {
    const covered = new Set(Object.values(SWITCHES).map(({ assumption }) => assumption));
    const all = Array.from({ length: 35 }, (_, index) => `AS-${String(index + 1).padStart(2, '0')}`);
    expect(all.filter((name) => !covered.has(name))).toEqual([]);
    expect(() => changeSettings(initialSettings(), { naming: 'camel' })).toThrow(
      'must be one of mixed, snake, declared',
    );
    expect(() => changeSettings(initialSettings(), { nothing: 1 })).toThrow('is not known here');
  });

  it('change what goes to a bank', async () => {
    const { bearer } = await bank.consent('accounts');
    reply('v2_accounts', { accounts: [] });
    await set({ emptyBody: 'list', apiKeys: 'separate' });
    await tpp.call('GET', '/accounts', bearer);
    const { text, signed, headers } = bank.webhooks.last();
    expect([text, signed, headers['x-api-key']]).toEqual(['[]', true, 'other-way']);
    await set({ webhookUrl: '{base}/x/{name}' });
    await tpp.call('GET', '/accounts', bearer);
    expect(bank.webhooks.last().path).toBe('/hooks/x/v2_accounts');
  });

  it('change the checks of Actions', async () => {
    const both = { requestId: '12345', signature: 'x' };
    await set({ checkOrder: 'signatureFirst', timestamps: 'zulu' });
    const answer = await bank.act('daily_performance', {}, both);
    expect(refusal(answer)).toEqual([401, 'WRONG_CREDENTIALS']);
    expect(String(answer.json['timestamp'])).toMatch(/Z$/);
    await set({ fieldErrors: 'first' });
    const wrong = await bank.act('daily_performance', { date: 'x', note: 1 });
    expect(wrong.json['additionalErrors']).toHaveLength(1);
    await set({ performanceDates: 'any', unknownToken: 'success' });
    expect((await bank.act('daily_performance', { date: '2999-01-01' })).status).toBe(200);
    expect((await bank.act('token/revoke', { accessToken: 'x'.repeat(40) })).status).toBe(200);
    await set({ mtls: 'required' });
    expect(refusal(await bank.act('daily_performance', {}))).toEqual([401, 'SSL_CREDENTIALS_NOT_FOUND']);
  });

  it('change consents', async () => {
    reply('v2_payment_single', RCVD);
    await set({ oneTime: 'never', accountNumbers: 'any', consentDays: 1 });
    const { bearer } = await bank.consent('payments.single', { accountNumbers: ['any text'] });
    expect((await tpp.call('POST', '/payments', bearer, EURO_ORDER)).status).toBe(201);
    reply('v2_payment_single', { ...RCVD, payment_id: 'p-2' });
    expect((await tpp.call('POST', '/payments', bearer, EURO_ORDER)).status).toBe(201);
    await tpp.advance(86_400);
    expect(refusal(await tpp.call('POST', '/payments', bearer, EURO_ORDER))).toEqual([401, 'TOKEN_INVALID']);
  });

  it('change the token endpoint and the directory', async () => {
    await set({ clientSecret: 'required', directoryClient: 'optional', pageSize: 1 });
    const back = await tpp.psu(tpp.authorizeUrl('AMBRLT22', 'accounts'), 'jonas.euro', 'approve');
    expect((await tpp.redeem(back.searchParams.get('code'))).json['error']).toBe('invalid_client');
    expect((await tpp.send('GET', `${tpp.prefix}/tpp/v2/banks`, {})).json['banks']).toHaveLength(1);
  });

  it('change payments', async () => {
    reply('v2_payment_direct_single', RCVD);
    await set({ paymentIds: 'hub', directStatus: 'store', illegalStatus: 'ignored' });
    const id = String((await direct()).json['paymentId']);
    expect(id).not.toBe('p-1');
    await bank.act('payments/status', { paymentId: 'p-1', paymentStatus: 'ACSC' });
    const ignored = await bank.act('payments/status', { paymentId: 'p-1', paymentStatus: 'RCVD' });
    const status = async () =>
      (await tpp.call('GET', `/direct/payments/MINEGB22/${id}/status`)).json['transactionStatus'];
    expect([ignored.status, await status()]).toEqual([200, 'ACSC']);
    await set({ illegalStatus: 'taken' });
    await bank.act('payments/status', { paymentId: 'p-1', paymentStatus: 'RCVD' });
    expect(await status()).toBe('RCVD');
  });

  it('change orders', async () => {
    await set({ debtorAccount: 'required' });
    expect(refusal(await direct())).toEqual([400, 'FORMAT_ERROR']);
    await set({ debtorAccount: 'optional', defaultScheme: 'refused' });
    const { paymentScheme, ...unnamed } = EURO_ORDER;
    expect([paymentScheme, ...refusal(await direct(unnamed))]).toEqual(['SCT', 400, 'PAYMENT_SCHEME_INVALID']);
    await set({ defaultScheme: 'guessed' });
    reply('v2_payment_direct_single', RCVD);
    await direct(unnamed);
    expect(bank.webhooks.last().json['payment_scheme']).toBe('SCT');
    await set({ signatureCodes: 'wrongCredentials' });
    const headers = tpp.headers('');
    const forged = { ...headers, 'x-request-id': '1af7b333-7a06-41b1-8a61-e9a29fd069bc' };
    const answer = await tpp.send('GET', `${tpp.prefix}/tpp/v2/direct/payments/p-1`, forged);
    expect(refusal(answer)).toEqual([401, 'WRONG_CREDENTIALS']);
  });

  it('change links and what comes with a status', async () => {
    await tpp.control('POST', '/clock', { run: false });
    await set({ linkSeconds: 10, expiredStatus: 'CANC', accountTransaction: 'settled', tppWebhookSignature: 'none' });
    const path = '/direct/payments/AMBRLT22';
    const [left, paid] = [
      await tpp.call('POST', path, undefined, EURO_ORDER),
      await tpp.call('POST', path, undefined, EURO_ORDER),
    ];
    await tpp.psu(scaLink(paid), 'jonas.euro', 'approve');
    await tpp.advance(11);
    const { deliveries } = await tpp.ledger();
    const bodies = deliveries.map(({ body }) => body as Json);
    expect(bodies.filter(({ paymentId }) => paymentId === left.json['paymentId'])).toEqual([
      { paymentId: left.json['paymentId'] },
      { paymentId: left.json['paymentId'], paymentStatus: 'CANC' },
    ]);
    const settled = bodies.find(({ paymentStatus }) => paymentStatus === 'ACSC')?.['accountTransaction'];
    expect(settled).toMatchObject({
      transactionAmount: { amount: '25.50', currency: 'EUR', bookingDate: expect.any(String) },
    });
  });
});
