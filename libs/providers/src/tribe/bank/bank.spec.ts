import { constants, generateKeyPairSync, type KeyPairKeyObjectResult, sign } from 'node:crypto';
import type { BankRefusal, BankRefusalKind, InboundRequest } from '../../port/index.js';
import { createBank } from './bank.js';
import type { BankSettings } from './settings.js';

const pair = (): { publicKey: string; privateKey: string } =>
  inPem(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const tob = pair();
const own = pair();
const settings: BankSettings = {
  baseUrl: 'http://127.0.0.1:9/bank/v2',
  apiKey: 'the-key',
  privateKeyPem: own.privateKey,
  tobPublicKeyPem: tob.publicKey,
  institution: { name: 'Spec Bank', country: 'GB' },
};
const deps = {
  connectionId: 'cnn_1',
  environment: 'sandbox',
  addresses: null,
  now: () => new Date('2026-11-20T10:00:00.123Z'),
  report: () => undefined,
  warn: () => undefined,
} as const;
const bank = createBank(settings, deps);
afterAll(() => bank.close());

const id = '1AF7B333-7a06-41b1-8a61-e9a29fd069bc';
const signed = (body: Buffer, key: string = tob.privateKey) => sign('sha256', body, key).toString('base64');

function request(
  action: string,
  content: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): InboundRequest {
  const rawBody = Buffer.from(content);
  return {
    method: 'POST',
    action,
    rawBody,
    headers: {
      'x-api-key': 'the-key',
      'x-request-id': id,
      'x-signature': signed(rawBody),
      'x-auth-token': 'token',
      ...headers,
    },
  };
}

function refused(act: () => unknown): Pick<BankRefusal, 'kind' | 'message'> {
  try {
    act();
  } catch (error) {
    const { kind, message } = error as BankRefusal;
    return { kind, message };
  }
  throw new Error('was not refused');
}

const ask = (action: string, content: object, of = bank) =>
  of.decode(of.verify(request(action, JSON.stringify(content))));

describe('the sender', () => {
  const body = '{"account_id":"a"}';
  const longest = signed(Buffer.from(body));
  const urlSafe = longest.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const pss = sign('sha256', Buffer.from(body), {
    key: tob.privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
  }).toString('base64');

  it('is proven by the signature over the raw bytes', () => {
    expect(bank.verify(request('v2_account', body))).toMatchObject({
      requestId: id.toLowerCase(),
      changesState: false,
      token: 'token',
    });
    expect(bank.verify(request('v2_accounts', '')).action).toBe('v2_accounts');
    expect(bank.verify(request('v2_payment_direct_single', '{}')).token).toBeNull();
  });

  it.each<[string, BankRefusalKind, InboundRequest]>([
    ['a wrong path', 'unknown-action', request('v2_cards', body)],
    ['a name of every object', 'unknown-action', request('toString', body)],
    ['a wrong method', 'unknown-action', { ...request('v2_account', body), method: 'PUT' }],
    ['no API key', 'unauthenticated', request('v2_account', body, { 'x-api-key': undefined })],
    ['another API key', 'wrong-credentials', request('v2_account', body, { 'x-api-key': 'the-keY' })],
    ['no request id', 'request-id', request('v2_account', body, { 'x-request-id': undefined })],
    ['a request id that is no UUID', 'request-id', request('v2_account', body, { 'x-request-id': '42' })],
    [
      'no UUID and no signature',
      'request-id',
      request('v2_account', body, { 'x-request-id': '42', 'x-signature': 'x' }),
    ],
    ['no signature', 'headers', request('v2_account', body, { 'x-signature': undefined })],
    ['a compressed body', 'headers', request('v2_account', body, { 'content-encoding': 'gzip' })],
    [
      'another key',
      'wrong-credentials',
      request('v2_account', body, { 'x-signature': signed(Buffer.from(body), own.privateKey) }),
    ],
    ['PSS padding', 'wrong-credentials', request('v2_account', body, { 'x-signature': pss })],
    ['URL-safe base64', 'wrong-credentials', request('v2_account', body, { 'x-signature': urlSafe })],
    ['one byte more', 'wrong-credentials', { ...request('v2_account', body), rawBody: Buffer.from(`${body} `) }],
    [
      'the same JSON, written anew',
      'wrong-credentials',
      { ...request('v2_account', '{ "account_id": "a" }'), rawBody: Buffer.from(body) },
    ],
  ])('is refused with %s: %s', (_, kind, altered) => {
    expect(refused(() => bank.verify(altered)).kind).toBe(kind);
  });

  // Negative control: what Node's own decoder would make of the URL-safe text is the right signature.
  it('would be believed by a lenient decoder', () => {
    expect(/[-_]/.test(urlSafe) || !urlSafe.includes('=')).toBe(true);
    expect(Buffer.from(urlSafe, 'base64').toString('base64')).toBe(longest);
  });

  it('is never believed by a key that is not RSA', () => {
    const { publicKey, privateKey } = inPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    const other = createBank({ ...settings, tobPublicKeyPem: publicKey }, deps);
    const signature = signed(Buffer.from(body), privateKey);
    expect(refused(() => other.verify(request('v2_account', body, { 'x-signature': signature }))).kind).toBe(
      'wrong-credentials',
    );
  });
});

describe('questions', () => {
  const order = {
    payment_scheme: 'FPS',
    debtor_account: { iban: 'GB29NWBK60161331926819' },
    creditor_account: { account_number: '00123456', sort_code: 40004 },
    creditor_name: 'Ann Lee',
    remittanceInformationUnstructured: 'INV-7',
    instructed_amount: { amount: '25.50', currency: 'GBP' },
    callback_url: 'https://tob.example/cb?sid=42',
  };

  it('are read in both spellings, numbers padded', () => {
    const asked = ask('v2_payment_single', order);
    expect(asked).toEqual({
      type: 'payment',
      order: expect.objectContaining({
        kind: 'single',
        scheme: 'FASTER_PAYMENTS',
        amount: { minor: 2550n, currency: 'GBP' },
        debtorAccount: [{ scheme: 'iban', value: 'GB29NWBK60161331926819' }],
        items: [
          expect.objectContaining({
            creditor: expect.objectContaining({
              name: 'Ann Lee',
              account: { scheme: 'sortCodeAccountNumber', value: '04000400123456' },
            }),
            remittance: expect.objectContaining({ unstructured: 'INV-7' }),
          }),
        ],
      }),
    });
    const { instructed_amount: amount, remittanceInformationUnstructured: text, ...rest } = order;
    const respelled = { ...rest, instructedAmount: amount, remittance_information_unstructured: text };
    expect(ask('v2_payment_single', respelled)).toEqual(asked);
    expect(ask('v2_payment_single', { ...order, instructedAmount: amount })).toEqual(asked);
  });

  it('keep every way in which the creditor is named', () => {
    const creditor = { iban: 'GB29NWBK60161331926819', account_number: '31926819', sort_code: 601613, bban: 'NWBK1' };
    expect(ask('v2_payment_single', { ...order, creditor_account: creditor })).toMatchObject({
      order: {
        items: [
          {
            creditor: { account: { scheme: 'iban', value: 'GB29NWBK60161331926819' } },
            creditorIdentifiers: [
              { scheme: 'iban', value: 'GB29NWBK60161331926819' },
              { scheme: 'sortCodeAccountNumber', value: '60161331926819' },
              { scheme: 'bban', value: 'NWBK1' },
            ],
          },
        ],
      },
    });
  });

  it.each<[string, string, object, BankRefusalKind, string]>([
    [
      'two amounts',
      'v2_payment_single',
      { ...order, instructedAmount: { amount: '25.51', currency: 'GBP' } },
      'malformed',
      'instructed_amount says something else than instructedAmount',
    ],
    [
      'no amount',
      'v2_payment_single',
      { ...order, instructed_amount: undefined },
      'malformed',
      'Field instructed_amount is missing',
    ],
    [
      'an amount as a number',
      'v2_payment_single',
      { ...order, instructed_amount: { amount: 25.5, currency: 'GBP' } },
      'malformed',
      'instructed_amount.amount type is invalid',
    ],
    [
      'three decimals',
      'v2_payment_single',
      { ...order, instructed_amount: { amount: '25.505', currency: 'GBP' } },
      'malformed',
      'instructed_amount.amount',
    ],
    [
      'decimals of a yen',
      'v2_payment_single',
      { ...order, instructed_amount: { amount: '25.5', currency: 'JPY' } },
      'malformed',
      'instructed_amount.amount',
    ],
    [
      'nothing to pay',
      'v2_payment_single',
      { ...order, instructed_amount: { amount: '0.00', currency: 'GBP' } },
      'malformed',
      'more than zero',
    ],
    [
      'a script for the browser',
      'v2_payment_single',
      { ...order, callback_url: 'javascript:alert(1)' },
      'malformed',
      'callback_url',
    ],
    [
      'half an account',
      'v2_payment_single',
      { ...order, creditor_account: { account_number: '1' } },
      'malformed',
      'creditor_account.sort_code is missing',
    ],
    // Negative control, carried out once: without the comparison the money went to the IBAN, whatever else was said.
    [
      'two accounts of one creditor',
      'v2_payment_single',
      {
        ...order,
        creditor_account: { iban: 'GB29NWBK60161331926819', account_number: '00123456', sort_code: 40004 },
      },
      'malformed',
      'creditor_account.iban is of another account than sort_code and account_number',
    ],
    [
      'a false IBAN',
      'v2_payment_single',
      { ...order, debtor_account: { iban: 'GB29NWBK60161331926818' } },
      'malformed',
      'debtor_account.iban is not an IBAN',
    ],
    [
      'an unknown scheme',
      'v2_payment_single',
      { ...order, payment_scheme: 'RTP' },
      'scheme-unsupported',
      'does not exist',
    ],
    [
      'no scheme that is obvious',
      'v2_payment_single',
      { ...order, payment_scheme: undefined, instructed_amount: { amount: '1', currency: 'USD' } },
      'scheme-unsupported',
      'none is obvious',
    ],
    [
      'SWIFT without a bank',
      'v2_payment_single',
      { ...order, payment_scheme: 'SWIFT' },
      'malformed',
      'creditor_bank is missing',
    ],
    [
      'a day that is none',
      'v2_account_transactions',
      { account_id: 'a', booking_status: 'both', date_from: '2026-02-30' },
      'malformed',
      'date_from',
    ],
    [
      'days the wrong way round',
      'v2_account_transactions',
      { account_id: 'a', booking_status: 'both', date_from: '2026-02-02', date_to: '2026-02-01' },
      'malformed',
      'date_from is after date_to',
    ],
    [
      'a page of nothing',
      'v2_account_transactions',
      { account_id: 'a', booking_status: 'both', page_size: 0 },
      'malformed',
      'page_size',
    ],
    ['a list', 'v2_account', ['a'], 'malformed', 'body type is invalid'],
  ])('are refused with %s', (_, action, content, kind, words) => {
    const answer = refused(() => ask(action, content));
    expect(answer.kind).toBe(kind);
    expect(answer.message).toContain(words);
  });

  it.each([
    ['no JSON', '{'],
    ['a byte order mark', '\ufeff{"account_id":"a"}'],
  ])('are refused with %s', (_, content) => {
    expect(refused(() => bank.decode(bank.verify(request('v2_account', content)))).message).toBe(
      'The body is not JSON',
    );
  });

  it('report everything that is wrong at once', () => {
    expect(refused(() => ask('v2_funds_confirmations', {})).message).toBe(
      'Field account is missing; Field instructed_amount is missing',
    );
  });

  it('may have fields that nobody knows, unless the connection says otherwise', () => {
    const content = { account_id: 'a', note: 'x', accountId: 'a' };
    expect(ask('v2_account', content)).toEqual({ type: 'account', accountReference: 'a' });
    const strict = createBank({ ...settings, unknownFields: 'refuse' }, deps);
    expect(refused(() => ask('v2_account', content, strict)).message).toBe('Field note is unknown');
  });

  const item = (amount: string, currency = 'EUR') => ({
    creditor_account: { iban: 'DE89370400440532013000' },
    creditorName: 'A',
    instructed_amount: { amount, currency },
  });
  const bulk = (payments: readonly object[], amount: string) => ({
    debtor_account: { iban: 'LT121000011101001000' },
    callback_url: 'https://tob.example/cb',
    instructed_totals: { currency: 'EUR', amount },
    payments,
  });

  it('add up, and choose the scheme that is obvious', () => {
    expect(ask('v2_payment_bulk', bulk([item('10.10'), item('20.20')], '30.30'))).toMatchObject({
      order: { kind: 'bulk', scheme: 'SEPA_CREDIT_TRANSFER', amount: { minor: 3030n } },
    });
    expect(refused(() => ask('v2_payment_bulk', bulk([item('10.10')], '10.11'))).message).toContain('is not the sum');
    expect(refused(() => ask('v2_payment_bulk', bulk([item('10.10', 'GBP')], '10.10'))).message).toContain('currency');
    expect(refused(() => ask('v2_payment_bulk', bulk([], '1'))).message).toContain('1 to 1000');
    const many = Array.from({ length: 1_000 }, () => item('0.01'));
    expect(ask('v2_payment_bulk', bulk(many, '10.00'))).toMatchObject({ order: { items: { length: 1_000 } } });
    expect(refused(() => ask('v2_payment_bulk', bulk([...many, item('0.01')], '10.01'))).message).toContain(
      '1 to 1000',
    );
    expect(refused(() => ask('v2_payment_bulk', { ...bulk([item('1')], '1'), payment_scheme: 'SWIFT' })).kind).toBe(
      'scheme-unsupported',
    );
  });
});

describe('answers', () => {
  const account = {
    reference: 'acc-1',
    identifiers: [{ scheme: 'sortCodeAccountNumber', value: '04000400123456' }],
    currency: 'GBP',
    name: 'Main',
    schemes: ['FASTER_PAYMENTS', 'TARGET2'],
  } as const;
  const call = bank.verify(request('v2_account', '{}'));

  it('have the types of the OpenAPI document, or keep leading zeros where the connection says so', () => {
    expect(bank.encode(call, { type: 'account', account }).body).toEqual({
      account: {
        resource_id: 'acc-1',
        sort_code: 40004,
        account_number: 123456,
        currency: 'GBP',
        name: 'Main',
        payment_schemes: ['FPS'],
      },
    });
    const texts = createBank({ ...settings, accountNumbersAs: 'texts' }, deps);
    expect(texts.encode(call, { type: 'account', account }).body).toMatchObject({
      account: { sort_code: '040004', account_number: '00123456' },
    });
  });

  it('write outgoing amounts negative, with the dates inside', () => {
    const transaction = {
      reference: 't1',
      status: 'booked',
      bookedOn: '2026-11-18',
      valueOn: '2026-11-17',
      amount: { minor: 990n, currency: 'GBP' },
      direction: 'debit',
      counterpartyName: 'Shop',
      counterpartyAccount: null,
      remittance: { unstructured: 'Tea' },
    } as const;
    const answer = {
      type: 'transactions',
      status: 'booked',
      account,
      transactions: [transaction],
      nextPage: 'k',
    } as const;
    expect(bank.encode(call, answer).body).toEqual({
      transactions: {
        booked: [
          {
            transaction_id: 't1',
            creditor_name: 'Shop',
            debtor_account: { sort_code: 40004, account_number: 123456 },
            remittance_information_unstructured: 'Tea',
            transaction_amount: {
              amount: '-9.90',
              currency: 'GBP',
              value_date: '2026-11-17',
              booking_date: '2026-11-18',
            },
          },
        ],
      },
      page_key: 'k',
    });
  });

  // Control, carried out: written anew by `URL` and `URLSearchParams`, four of these came back altered.
  it.each([
    ['https://tob.example/cb?sid=43#top', 'https://tob.example/cb?sid=43&', '#top'],
    ['HTTPS://TOB.example?b=%7e+x%20y&b=&&c', 'HTTPS://TOB.example?b=%7e+x%20y&b=&&c&', ''],
    ['https://tob.example/cb?status=theirs&sig=a/b=', 'https://tob.example/cb?status=theirs&sig=a/b=&', ''],
    ['https://tob.example/cb?', 'https://tob.example/cb?', ''],
    ['https://tob.example/a/../cb', 'https://tob.example/a/../cb?', ''],
    [' https://tob.example/\u00fc\ud800?x=a b', 'https://tob.example/%C3%BC%EF%BF%BD?x=a%20b&', ''],
  ])('take the PSU back to %s with what is there already', (callbackUrl, before, after) => {
    const outcome = { status: 'CANC', reference: 'p 1', message: 'No & no' } as const;
    expect(bank.returnUrl(callbackUrl, outcome)).toBe(`${before}status=CANC&payment_id=p+1&message=No+%26+no${after}`);
  });

  it('keep to what the connection says about times', async () => {
    expect(bank.authorisationMinutes).toBe(15);
    const other = createBank({ ...settings, authorisationMinutes: 5, timestampOffset: 'Z' }, deps);
    expect(other.authorisationMinutes).toBe(5);
    const asked = request('v2_account', '');
    const refusal = refused(() => bank.verify({ ...asked, method: 'GET' })) as BankRefusal;
    const told = [bank, other].map((of) => of.refuse(asked, refusal).body);
    expect(told).toMatchObject([{ timestamp: '2026-11-20T10:00:00+00:00' }, { timestamp: '2026-11-20T10:00:00Z' }]);
    await other.close();
  });

  it('name the request in a refusal, but never repeat junk', () => {
    const refusal = refused(() => bank.verify(request('v2_account', '', { 'x-request-id': '<junk>' }))) as BankRefusal;
    const { httpStatus, body } = bank.refuse(request('v2_account', '', { 'x-request-id': '<junk>' }), refusal);
    expect(httpStatus).toBe(401);
    expect(body).toEqual({
      code: 'REQUEST_ID_NOT_UUID',
      title: 'Header "X-Request-Id" is not valid UUID',
      timestamp: '2026-11-20T10:00:00+00:00',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(bank.refuse(request('v2_account', ''), refusal).body).toMatchObject({ requestId: id });
  });
});

function inPem({ publicKey, privateKey }: KeyPairKeyObjectResult): { publicKey: string; privateKey: string } {
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
