import { Listener, TribeBank } from '../../test/tribe-bank.js';
import { TribeTpp, refusal, scaLink } from '../../test/tribe-tpp.js';
import type { Json } from '../../test/tpp.js';

const STERLING = {
  paymentScheme: 'FPS',
  debtorAccount: { sortCode: '040004', accountNumber: '00654321' },
  creditorAccount: { sortCode: '040004', accountNumber: '00123456' },
  creditorName: 'Ann Lee',
  creditorAddress: { streetName: 'Lane', townName: 'London', postCode: 'LE5 2QF', country: 'GB' },
  remittanceInformationStructured: { reference: 'ORD123', referenceType: 'UNSTRUCTURED' },
  instructedAmount: { amount: '25.50', currency: 'GBP' },
};

describe('between a TPP and a registered bank', () => {
  let tpp: TribeTpp;
  let bank: TribeBank;

  beforeEach(async () => {
    tpp = await TribeTpp.start();
    bank = await TribeBank.register(tpp);
  });
  afterEach(async () => {
    await bank.webhooks.close();
  });

  const reply = (name: string, body: unknown, status = 200) =>
    bank.webhooks.replies.set(`/hooks/${name}`, () => ({ status, body }));
  const sent = (name: string) => bank.webhooks.received.filter(({ path }) => path === `/hooks/${name}`);

  it('a read is signed over its bytes, with key, token and a request id of its own', async () => {
    reply('v2_accounts', { accounts: [] });
    reply('v2_account', { account: { resource_id: 'a-1', currency: 'GBP', account_number: 123456, sort_code: 40004 } });
    const { accessToken, bearer } = await bank.consent('accounts');
    await tpp.call('GET', '/accounts', bearer);
    const account = await tpp.call('GET', '/accounts/a-1', bearer);
    expect(account.json).toEqual({
      account: { resourceId: 'a-1', currency: 'GBP', accountNumber: '00123456', sortCode: '040004' },
    });
    const [all, one] = bank.webhooks.received;
    expect([all?.text, one?.json]).toEqual(['', { account_id: 'a-1' }]);
    for (const call of bank.webhooks.received) {
      expect([call.signed, call.headers['x-api-key'], call.headers['x-auth-token']]).toEqual([
        true,
        'a#p#i#k#e#y',
        accessToken,
      ]);
    }
    expect(all?.headers['x-request-id']).not.toBe(one?.headers['x-request-id']);
    expect(bearer).not.toBe(accessToken);
  });

  it('dates move out of the amount, a key becomes a link that keeps the filters', async () => {
    const transaction_amount = {
      amount: '-9.90',
      currency: 'GBP',
      value_date: '2026-11-17',
      booking_date: '2026-11-18',
    };
    reply('v2_account_transactions', {
      transactions: { booked: [{ transaction_id: 't1', creditor_name: 'Shop', transaction_amount }] },
      page_key: 'eyJ/+=',
    });
    const { bearer } = await bank.consent('accounts.transactions');
    const query = 'bookingStatus=booked&pageSize=1&dateFrom=2026-11-01&dateTo=&pageKey=';
    const page = await tpp.call('GET', `/accounts/a-1/transactions?${query}`, bearer);
    expect(page.json['transactions']).toEqual({
      booked: [
        {
          transactionId: 't1',
          creditorName: 'Shop',
          transactionAmount: { amount: '-9.90', currency: 'GBP' },
          valueDate: '2026-11-17',
          bookingDate: '2026-11-18',
        },
      ],
    });
    const { href } = (page.json['_links'] as { next: { href: string } }).next;
    expect(href).toBe(
      `${tpp.prefix}/tpp/v2/accounts/a-1/transactions?bookingStatus=booked&pageSize=1&dateFrom=2026-11-01&pageKey=eyJ%2F%2B%3D`,
    );
    await tpp.call('GET', href, bearer);
    expect(bank.webhooks.last().json).toEqual({
      account_id: 'a-1',
      booking_status: 'booked',
      page_key: 'eyJ/+=',
      page_size: 1,
      date_from: '2026-11-01',
    });
    reply('v2_account_transactions', { code: 'FORMAT_ERROR' }, 400);
    expect(refusal(await tpp.call('GET', href, bearer))).toEqual([400, 'PARAMETER_NOT_CONSISTENT']);
  });

  it('a payment gets the bank’s names and numbers, and a callback of the hub', async () => {
    reply('v2_payment_single', {
      status: 'RCVD',
      payment_id: 'p-1',
      confirmation_url: 'https://bank.example/confirm/1',
    });
    const { bearer } = await bank.consent('payments.single');
    const made = await tpp.call('POST', '/payments', bearer, STERLING, { 'accept-language': 'lt;q=0.3, en-GB' });
    expect([made.status, scaLink(made)]).toEqual([201, 'https://bank.example/confirm/1']);
    const { json, headers } = bank.webhooks.last();
    const { callback_url, ...rest } = json;
    expect(rest).toEqual({
      payment_scheme: 'FPS',
      debtor_account: { account_number: 654321, sort_code: 40004 },
      creditor_account: { account_number: '00123456', sort_code: 40004 },
      creditor_name: 'Ann Lee',
      creditorAddress: { street_name: 'Lane', town_name: 'London', postal_code: 'LE5 2QF', country: 'GB' },
      remittanceInformationStructured: { reference: 'ORD123', reference_type: 'UNSTRUCTURED' },
      instructed_amount: { amount: '25.50', currency: 'GBP' },
    });
    expect(headers['accept-language']).toBe('en-GB');
    const back = await tpp.send('GET', `${String(callback_url)}&status=ACSC&payment_id=p-1`, {});
    expect([back.status, back.headers['location']]).toEqual([
      302,
      'https://tpp.example/paid?o=9&status=ACSC&paymentId=p-1#end',
    ]);
    const foreign = await tpp.send('GET', `${String(callback_url)}&status=ACSC&payment_id=p-2`, {});
    expect(foreign.status).toBe(400);
    reply('v2_payment_single_status', { transaction_status: 'ACSP' });
    expect((await tpp.call('GET', '/payments/p-1/status', bearer)).json).toEqual({ transactionStatus: 'ACSP' });
    expect(bank.webhooks.last().json).toEqual({ payment_id: 'p-1' });
  });

  it('names and numbers change with the settings', async () => {
    reply('v2_payment_direct_single', {
      status: 'RCVD',
      payment_id: 'p-1',
      confirmation_url: 'https://bank.example/c',
    });
    await tpp.control('PUT', '/settings', { naming: 'snake', numbers: 'texts', callback: 'tpp' });
    await tpp.call('POST', '/direct/payments/MINEGB22', undefined, STERLING);
    const { json, headers } = bank.webhooks.last();
    expect(json).toMatchObject({
      debtor_account: { account_number: '00654321', sort_code: '040004' },
      creditor_address: { postal_code: 'LE5 2QF' },
      callback_url: 'https://tpp.example/paid?o=9#end',
    });
    expect(headers['x-auth-token']).toBeUndefined();
    reply('v2_payment_direct_single', {
      status: 'RCVD',
      payment_id: 'p-2',
      confirmation_url: 'https://bank.example/c',
    });
    await tpp.control('PUT', '/settings', { naming: 'declared' });
    await tpp.call('POST', '/direct/payments/MINEGB22', undefined, STERLING);
    expect(Object.keys(bank.webhooks.last().json)).toContain('instructedAmount');
  });

  it('a bulk gets the hub’s own sum', async () => {
    reply('v2_payment_bulk', { status: 'RCVD', payment_id: 'b-1', confirmation_url: 'https://bank.example/c' });
    const { bearer } = await bank.consent('payments.bulk');
    const item = (amount: string) => ({
      creditorAccount: { iban: 'DE89370400440532013000' },
      creditorName: 'A',
      instructedAmount: { amount, currency: 'EUR' },
    });
    await tpp.call('POST', '/bulk-payments', bearer, { paymentScheme: 'SCT', payments: [item('10.1'), item('20.20')] });
    expect(bank.webhooks.last().json).toMatchObject({
      instructed_totals: { amount: '30.30', currency: 'EUR' },
      payments: [{ creditorName: 'A', instructed_amount: { amount: '10.1', currency: 'EUR' } }, {}],
    });
  });

  it('whatever the bank answers but a good 200 is a 502 with its words', async () => {
    const { bearer } = await bank.consent('accounts accounts.balances');
    reply('v2_accounts', { code: 'WRONG_CREDENTIALS', title: 'No such token' }, 401);
    const refused = await tpp.call('GET', '/accounts', bearer);
    expect(refusal(refused)).toEqual([502, 'ASPSP_UNKNOWN_ERROR']);
    expect(refused.json['additionalErrors']).toEqual([
      { code: 'ASPSP_ERROR_DESC', title: 'WRONG_CREDENTIALS', details: 'No such token' },
    ]);
    for (const body of [{ accounts: 7 }, { accounts: [{ resource_id: 'a' }] }, [], 'x']) {
      reply('v2_accounts', body);
      // oxlint-disable-next-line no-await-in-loop
      expect((await tpp.call('GET', '/accounts', bearer)).status).toBe(502);
    }
    bank.webhooks.replies.set('/hooks/v2_accounts', () => 'cut');
    expect((await tpp.call('GET', '/accounts', bearer)).status).toBe(502);
    reply('v2_account', { code: 'RESOURCE_UNKNOWN' }, 404);
    expect(refusal(await tpp.call('GET', '/accounts/a-9', bearer))).toEqual([404, 'RESOURCE_NOT_FOUND']);
    await tpp.control('PUT', '/settings', { bankErrors: 'wrapped' });
    expect((await tpp.call('GET', '/accounts/a-9', bearer)).status).toBe(502);
  });

  it('a payment may be at the bank although the TPP got no good answer', async () => {
    reply('v2_payment_direct_single', {
      status: 'RCVD',
      payment_id: 'p-1',
      confirmation_url: 'https://bank.example/c',
    });
    const order = async () => tpp.call('POST', '/direct/payments/MINEGB22', undefined, STERLING);
    const arrange = async (fault: Json) => tpp.control('POST', '/faults', { count: 1, ...fault });
    await arrange({ kind: 'error', httpStatus: 503, match: { operation: 'direct.initiate' } });
    expect((await order()).status).toBe(503);
    expect(sent('v2_payment_direct_single')).toHaveLength(0);
    await arrange({ kind: 'reset', match: { operation: 'webhooks.v2_payment_direct_single' } });
    expect((await order()).status).toBe(502);
    expect(sent('v2_payment_direct_single')).toHaveLength(0);
    await arrange({ kind: 'error', when: 'after', match: { operation: 'direct.initiate', amount: '25.50' } });
    expect((await order()).status).toBe(500);
    expect(sent('v2_payment_direct_single')).toHaveLength(1);
    const { counts } = await tpp.ledger();
    expect(counts).toMatchObject({ initiations: 3, accepted: 1, refused: 1, notAccepted: 1, payments: 1 });
  });

  // Control: each word of `spoil` must break what openMessage() checks; the bank here checks the signature with OpenSSL alone.
  it('a tester sends any webhook, right or spoiled', async () => {
    const send = async (more: Json) =>
      tpp.control('POST', '/banks/MINEGB22/webhooks', { name: 'v2_account', body: { account_id: 'a-1' }, ...more });
    expect(await send({})).toMatchObject({ status: 200 });
    expect(bank.webhooks.last().signed).toBe(true);
    for (const spoil of ['alteredByte', 'reserialised', 'wrongKey', 'noSignature']) {
      // oxlint-disable-next-line no-await-in-loop
      await send({ spoil });
      expect([spoil, bank.webhooks.last().signed]).toEqual([spoil, false]);
    }
    await send({ spoil: 'badRequestId', accessToken: 'token-of-a-psu' });
    expect(bank.webhooks.last().headers).toMatchObject({ 'x-request-id': '12345', 'x-auth-token': 'token-of-a-psu' });
    await send({ rawBody: '{ "account_id":"a-1" }', path: 'v2_nothing' });
    expect(bank.webhooks.last()).toMatchObject({
      path: '/hooks/v2_nothing',
      signed: true,
      text: '{ "account_id":"a-1" }',
    });
  });
});

describe('webhooks to a TPP', () => {
  let tpp: TribeTpp;
  let ears: Listener;

  beforeEach(async () => {
    tpp = await TribeTpp.start();
    ears = await Listener.open();
    ears.hubPublicKey = String((await tpp.control('GET', '/key'))['hubPublicKey']);
    await tpp.control('POST', '/tpps', { clientId: 'tributary-demo', webhookUrl: `${ears.url}/hooks/` });
    await tpp.control('POST', '/clock', { run: false });
  });
  afterEach(async () => {
    await ears.close();
  });

  const hint = async () =>
    tpp.control('POST', '/deliveries', {
      clientId: 'tributary-demo',
      name: 'v2_payment_status',
      body: { paymentId: 'p-1', paymentStatus: 'ACSC' },
    });

  it('are signed with the hub’s key', async () => {
    await hint();
    expect(ears.last()).toMatchObject({ path: '/hooks/v2_payment_status', signed: true });
    expect(ears.last().json).toEqual({ paymentId: 'p-1', paymentStatus: 'ACSC' });
  });

  it('are tried again three times with the same request id', async () => {
    ears.replies.set('/hooks/v2_payment_status', () => ({ status: 500, body: {} }));
    await hint();
    await tpp.advance(1);
    await tpp.advance(5);
    await tpp.advance(25);
    await tpp.advance(1000);
    expect(ears.received).toHaveLength(4);
    expect(new Set(ears.received.map(({ headers }) => headers['x-request-id'])).size).toBe(1);
    const { deliveries } = await tpp.ledger();
    expect(deliveries).toEqual([expect.objectContaining({ state: 'failed' })]);
  });

  it('come late, twice or never when the settings say so', async () => {
    await tpp.control('PUT', '/settings', { webhookTiming: 'late', webhookDelaySeconds: 5, webhookCopies: 2 });
    await hint();
    expect(ears.received).toHaveLength(0);
    await tpp.advance(5);
    expect(ears.received).toHaveLength(2);
    await tpp.control('PUT', '/settings', { webhookTiming: 'never' });
    await hint();
    await tpp.advance(5);
    expect(ears.received).toHaveLength(2);
  });

  it('are held back until somebody lets them go, each once', async () => {
    await tpp.control('PUT', '/settings', { webhookTiming: 'held', webhookCopies: 2 });
    await hint();
    await tpp.advance(1000);
    expect(ears.received).toHaveLength(0);
    expect(await tpp.control('POST', '/deliveries/release', { share: 0 })).toEqual({ released: 0 });
    expect(await tpp.control('POST', '/deliveries/release')).toEqual({ released: 2 });
    await tpp.ledger();
    await tpp.control('GET', '/deliveries');
    expect(ears.received).toHaveLength(2);
    expect(await tpp.control('POST', '/deliveries/release')).toEqual({ released: 0 });
  });
});
