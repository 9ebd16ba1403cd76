import { TokenMember, paymentBody, type Json } from '../../../test/token-member.js';

interface Payment extends Json {
  id: string;
  status: string;
  bankPaymentStatus: string;
  authentication?: {
    redirectUrl: string;
    fields: { id: string; type: string; options?: string[] }[];
    isRetry: boolean;
  };
}

let tpp: TokenMember;
beforeEach(async () => {
  tpp = await TokenMember.start();
});
afterEach(async () => tpp.app.close());

async function initiate(initiation: Json = {}, rest: Json = {}): Promise<Payment> {
  const answer = await tpp.call('POST', '/v2/payments', { ...paymentBody(initiation), ...rest });
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"payment"')]);
  return answer.json['payment'] as Payment;
}

async function read(id: string): Promise<Payment> {
  return (await tpp.call('GET', `/v2/payments/${id}`)).json['payment'] as Payment;
}

async function executed(): Promise<number> {
  return ((await tpp.control('GET', '/ledger'))['counts'] as { executed: number }).executed;
}

function linkOf(payment: Payment): string {
  return payment.authentication?.redirectUrl ?? '';
}

describe('redirect', () => {
  it('goes from the bank page to the end by the clock, and is executed once', async () => {
    const made = await initiate();
    expect(made.status).toBe('INITIATION_PENDING_REDIRECT_AUTH');
    const back = new URL(await tpp.authorise(linkOf(made)));
    expect(Object.fromEntries(back.searchParams)).toEqual({
      'payment-id': made.id,
      state: '6242e45e-3063-4c42-8376',
      'member-id': tpp.memberId,
    });
    await tpp.advance(60);
    expect(await read(made.id)).toMatchObject({ status: 'INITIATION_COMPLETED', bankPaymentStatus: 'ACSC' });
    const { payments } = await tpp.control('GET', '/payments');
    expect((payments as { history: { status: string }[] }[])[0]?.history.map(({ status }) => status)).toEqual([
      'INITIATION_PENDING',
      'INITIATION_PENDING_REDIRECT_AUTH',
      'INITIATION_PENDING_REDIRECT_AUTH_VERIFICATION',
      'INITIATION_PENDING_REDEMPTION',
      'INITIATION_PENDING_REDEMPTION_VERIFICATION',
      'INITIATION_PROCESSING',
      'INITIATION_COMPLETED',
      'INITIATION_COMPLETED',
    ]);
    expect(await executed()).toBe(1);
  });

  it('is declined by a refusal, and by three wrong codes; nothing is executed', async () => {
    const refused = await initiate();
    await tpp.authorise(linkOf(refused), 'anna.payer', 'refuse');
    const { username, password } = await tpp.customer('anna.payer');
    const wrong = await initiate({ refId: 'wrong-codes' });
    const link = linkOf(wrong);
    await tpp.browse(link, { username, password });
    await tpp.browse(link, { decision: 'confirm' });
    expect((await tpp.browse(link, { code: 'x' })).status).toBe(401);
    await tpp.browse(link, { code: 'x' });
    const left = await tpp.browse(link, { code: 'x' });
    await tpp.browse(left.location);
    await tpp.advance(60);
    expect([(await read(refused.id)).status, (await read(wrong.id)).status]).toEqual([
      'INITIATION_DECLINED',
      'INITIATION_DECLINED',
    ]);
    expect((await tpp.browse(link)).status).toBe(410);
    expect(await executed()).toBe(0);
  });

  it('expires after 40 minutes without anybody, fails when somebody began', async () => {
    const alone = await initiate();
    const begun = await initiate({ refId: 'begun' });
    const { username, password } = await tpp.customer('anna.payer');
    await tpp.browse(linkOf(begun), { username, password });
    await tpp.advance(40 * 60 - 5);
    expect((await read(alone.id)).status).toBe('INITIATION_PENDING_REDIRECT_AUTH');
    await tpp.advance(10);
    expect((await read(alone.id)).status).toBe('INITIATION_EXPIRED');
    expect((await read(begun.id)).status).toBe('INITIATION_FAILED');
  });

  it('gives the callback to the TPP where it owns it, and takes it from there once', async () => {
    const own = await tpp.another({ callbackOwner: 'tpp' });
    const made = (await own.call('POST', '/v2/payments', paymentBody())).json['payment'] as Payment;
    const back = new URL(await own.authorise(linkOf(made)));
    expect(back.origin + back.pathname).toBe('https://tpp.example/callback');
    expect(back.searchParams.get('state')).toBe('6242e45e-3063-4c42-8376');
    const query = { query: back.search.slice(1) };
    expect((await tpp.call('POST', '/callback/initiation', query)).status).toBe(400);
    const forwarded = await own.call('POST', '/callback/initiation', query);
    expect(forwarded.json['payment']).toMatchObject({ status: 'INITIATION_PENDING_REDIRECT_AUTH_VERIFICATION' });
    await own.call('POST', '/callback/initiation', query);
    await own.advance(60);
    expect(await executed()).toBe(1);
  });

  it('waits for the redemption where the member redeems itself; cancelling is possible until then', async () => {
    const own = await tpp.another({ autoRedeem: false });
    const ids: string[] = [];
    for (const refId of ['redeemed', 'cancelled']) {
      // oxlint-disable-next-line no-await-in-loop -- one browser
      const made = (await own.call('POST', '/v2/payments', paymentBody({ refId }))).json['payment'] as Payment;
      // oxlint-disable-next-line no-await-in-loop -- one browser
      await own.authorise(linkOf(made));
      ids.push(made.id);
    }
    await own.advance(5);
    const redeemed = await own.call('POST', `/v2/payments/${ids[0]}/redeem`);
    expect(redeemed.json['payment']).toMatchObject({ status: 'INITIATION_PROCESSING' });
    expect((await own.call('POST', `/v2/payments/${ids[0]}/redeem`)).status).toBe(400);
    expect((await own.call('DELETE', `/v2/payments/${ids[0]}`)).status).toBe(400);
    expect((await own.call('DELETE', `/v2/payments/${ids[1]}`)).json['payment']).toMatchObject({ status: 'CANCELED' });
    await own.advance(60);
    expect(await executed()).toBe(1);
  });
});

describe('endings by amount at the mock banks', () => {
  it.each([
    ['101.00', 'INITIATION_COMPLETED', 'success', 1],
    ['103', 'INITIATION_REJECTED', 'failure', 0],
    ['104.00', 'INITIATION_DECLINED', 'Error during payment redemption: PERMISSION_DENIED', 0],
    ['105.00', 'INITIATION_PROCESSING', 'processing', 0],
    ['106.00', 'INITIATION_DECLINED', 'Payment initiation has been canceled.', 0],
    ['108.00', 'INITIATION_REJECTED_INSUFFICIENT_FUNDS', 'Insufficient funds', 0],
    ['110.00', 'INITIATION_PROCESSING', 'initiated', 1],
    ['112.00', 'INITIATION_DECLINED', 'Payment initiation has been declined.', 0],
    ['116.00', 'INITIATION_REJECTED', 'Insufficient funds', 0],
    ['117.00', 'INITIATION_DECLINED', 'Permission denied', 0],
    ['118.00', 'INITIATION_DECLINED', 'CUST', 0],
    ['119.00', 'INITIATION_DECLINED', 'Order not executed', 0],
  ])('%s: %s', async (value, status, reason, postings) => {
    const made = await initiate({ amount: { value, currency: 'EUR' } });
    await tpp.authorise(linkOf(made));
    await tpp.advance(60);
    expect(await read(made.id)).toMatchObject({ status, statusReasonInformation: reason });
    expect(await executed()).toBe(postings);
  });

  it('gives up on a silent bank after 30 days, or after half an hour where that is arranged', async () => {
    const made = await initiate({ amount: { value: '105', currency: 'EUR' } });
    await tpp.authorise(linkOf(made));
    await tpp.control('POST', '/faults', { kind: 'outcome', status: 'silent' });
    const silent = await initiate({ refId: 'silent' });
    await tpp.authorise(linkOf(silent));
    await tpp.advance(1900);
    expect((await read(silent.id)).status).toBe('INITIATION_EXPIRED');
    expect((await read(made.id)).status).toBe('INITIATION_PROCESSING');
    await tpp.advance(30 * 86_400);
    expect((await read(made.id)).status).toBe('INITIATION_NO_FINAL_STATUS_AVAILABLE');
    expect(await executed()).toBe(1);
  });

  it('rejects what the account does not have', async () => {
    const made = await initiate({ amount: { value: '50.00', currency: 'EUR' } });
    await tpp.authorise(linkOf(made), 'hugo.poor');
    const confirmed = await initiate({ amount: { value: '50.00', currency: 'EUR' }, confirmFunds: true });
    await tpp.authorise(linkOf(confirmed), 'hugo.poor');
    await tpp.advance(60);
    for (const { id } of [made, confirmed]) {
      // oxlint-disable-next-line no-await-in-loop -- two reads
      expect((await read(id)).status).toBe('INITIATION_REJECTED_INSUFFICIENT_FUNDS');
    }
    expect(await executed()).toBe(0);
  });
});

describe('embedded and decoupled', () => {
  const debtor = async (bankId: string): Promise<Json> => {
    const { customers } = await tpp.control('GET', `/customers?bankId=${bankId}`);
    const anna = (customers as { fullName: string; accounts: { iban: string }[] }[])[0];
    return { name: anna?.fullName ?? '', iban: anna?.accounts[0]?.iban ?? '' };
  };

  it('asks for fields step by step, once more when they are wrong, and ends after three mistakes', async () => {
    const { password, code } = await tpp.customer('anna.payer');
    const made = await initiate({ bankId: 'mock-embedded', debtor: await debtor('mock-embedded') });
    expect(made).toMatchObject({
      status: 'INITIATION_PENDING_EMBEDDED_AUTH',
      authentication: {
        fields: [
          { id: 'username', type: 'FIELD' },
          { id: 'pin', type: 'PASSWORD' },
        ],
        isRetry: false,
      },
    });
    const give = async (embeddedAuth: Json) =>
      (await tpp.call('POST', `/v2/payments/${made.id}/embedded-auth`, { embeddedAuth })).json['payment'] as Payment;
    expect((await give({ username: 'anna.payer', pin: 'wrong' })).authentication?.isRetry).toBe(true);
    const choice = await give({ username: 'anna.payer', pin: password });
    expect(choice.authentication?.fields).toMatchObject([{ type: 'CHOICE_FIELD', options: expect.any(Array) }]);
    expect((await give({ scaMethod: 'PHOTO_TAN' })).authentication).toMatchObject({ image: expect.any(String) });
    expect((await give({ otp: code })).status).toBe('INITIATION_PROCESSING');
    await tpp.advance(60);
    expect(await executed()).toBe(1);
    const other = await initiate({ bankId: 'mock-embedded', debtor: await debtor('mock-embedded') });
    for (let index = 0; index < 3; index++) {
      const embeddedAuth = { username: 'anna.payer', pin: 'wrong' };
      // oxlint-disable-next-line no-await-in-loop -- three tries
      await tpp.call('POST', `/v2/payments/${other.id}/embedded-auth`, { embeddedAuth });
    }
    expect((await read(other.id)).status).toBe('INITIATION_REJECTED');
  });

  it('wants the debtor where the bank wants it', async () => {
    const answer = await tpp.call('POST', '/v2/payments', paymentBody({ bankId: 'mock-embedded' }));
    expect(answer.json['error']).toMatchObject({ errorCode: 'Field.Expected', paths: ['initiation.debtor'] });
  });

  it('is confirmed in the app', async () => {
    const made = await initiate({ bankId: 'mock-decoupled' }, { initialEmbeddedAuth: { username: 'anna.payer' } });
    expect(made.status).toBe('INITIATION_PENDING_DECOUPLED_AUTH');
    const page = await tpp.browse('/token-io/ui/banking-app');
    const action = /action="([^"]+)"/.exec(page.text)?.[1] ?? '';
    await tpp.browse(action, { decision: 'approve' });
    await tpp.advance(60);
    expect((await read(made.id)).status).toBe('INITIATION_COMPLETED');
  });

  it('answers at the deadline of the caller while the bank thinks, and goes on', async () => {
    await tpp.control('PUT', '/profile', { bankAnswerSeconds: 30 });
    const body = paymentBody();
    const answer = await tpp.call('POST', '/v2/payments', body, { 'request-timeout': '0' });
    const { id, status } = answer.json['payment'] as Payment;
    expect(status).toBe('INITIATION_PENDING');
    await tpp.advance(31);
    expect((await read(id)).status).toBe('INITIATION_PENDING_REDIRECT_AUTH');
  });
});

describe('hosted pages', () => {
  it('let the PSU choose the bank, lead to it, and come back', async () => {
    const made = await initiate({ bankId: undefined, flowType: 'FULL_HOSTED_PAGES' });
    expect(made.status).toBe('INITIATION_PENDING_REDIRECT_HP');
    const session = linkOf(made);
    expect((await tpp.browse(session)).text).toContain('mock-redirect');
    expect((await tpp.browse(session)).text).not.toContain('mock-poor');
    await tpp.browse(session, { decision: 'continue', bankId: 'mock-redirect' });
    const link = (await tpp.browse(session)).location;
    const back = new URL(await tpp.authorise(link));
    expect(back.searchParams.get('payment-id')).toBe(made.id);
    await tpp.advance(60);
    expect((await read(made.id)).status).toBe('INITIATION_COMPLETED');
  });

  it('ask the questions of an embedded bank', async () => {
    const { password, code } = await tpp.customer('anna.payer');
    const made = await initiate({
      bankId: 'mock-embedded',
      flowType: 'EMBEDDED_HOSTED_PAGES',
      debtor: { name: 'Anna Payer', iban: await ibanOfAnna('mock-embedded') },
    });
    const session = linkOf(made);
    await tpp.browse(session, { decision: 'continue' });
    await tpp.browse(session, { username: 'anna.payer', pin: password });
    await tpp.browse(session, { scaMethod: 'SMS' });
    await tpp.browse(session, { otp: code });
    expect((await tpp.browse(session)).location).toContain('https://tpp.example/callback?payment-id=');
    await tpp.advance(60);
    expect((await read(made.id)).status).toBe('INITIATION_COMPLETED');
  });

  // With `returned` not looked at in `takeCallback` and any pending status good enough in `decided`, the payment is
  // authorised twice: seen once, the history below has every step double.
  it('make one authorisation count when the PSU goes to the bank twice, and execute once', async () => {
    const own = await tpp.another({ autoRedeem: false });
    const { json } = await own.call('POST', '/v2/payments', paymentBody({ flowType: 'FULL_HOSTED_PAGES' }));
    const made = json['payment'] as Payment;
    const session = linkOf(made);
    await own.browse(session, { decision: 'continue' });
    const link = (await own.browse(session)).location;
    await own.browse(session, { decision: 'continue' });
    expect((await own.browse(session)).location).toBe(link);
    const { username, password, code } = await own.customer('anna.payer');
    await own.browse(link, { username, password });
    await own.browse(link, { decision: 'confirm' });
    const callback = (await own.browse(link, { code })).location;
    await own.browse(callback);
    await own.browse(callback);
    await own.advance(1);
    await own.browse(callback);
    await own.advance(1);
    expect((await own.call('POST', `/v2/payments/${made.id}/redeem`)).status).toBe(200);
    expect((await own.call('POST', `/v2/payments/${made.id}/redeem`)).status).toBe(400);
    await own.browse(callback);
    await own.advance(60);
    expect(await executed()).toBe(1);
    const { payments } = await own.control('GET', '/payments');
    const [{ history } = { history: [] }] = payments as { history: { status: string }[] }[];
    expect(history.filter(({ status }) => status === 'INITIATION_PENDING_REDEMPTION')).toHaveLength(1);
    expect((await own.browse(session)).location).toContain('payment-id=');
  });

  it('can be cancelled', async () => {
    const made = await initiate({ flowType: 'FULL_HOSTED_PAGES' });
    expect((await tpp.browse(linkOf(made), { decision: 'cancel' })).location).toContain('payment-id=');
    expect((await read(made.id)).status).toBe('INITIATION_DECLINED');
  });

  async function ibanOfAnna(bankId: string): Promise<string> {
    const { customers } = await tpp.control('GET', `/customers?bankId=${bankId}`);
    return (customers as { accounts: { iban: string }[] }[])[0]?.accounts[0]?.iban ?? '';
  }
});

describe('special orders', () => {
  it('waits with the money until the day of a future-dated payment', async () => {
    const executionDate = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    const made = await initiate({ executionDate });
    await tpp.authorise(linkOf(made));
    await tpp.advance(60);
    expect(await read(made.id)).toMatchObject({ status: 'INITIATION_COMPLETED', bankPaymentStatus: 'ACSP' });
    expect(await executed()).toBe(0);
    await tpp.advance(4 * 86_400);
    expect(await read(made.id)).toMatchObject({ status: 'INITIATION_COMPLETED', bankPaymentStatus: 'ACSC' });
    expect(await executed()).toBe(1);
  });

  it('is converted outside the hours of the bank, or rejected where that is not wanted', async () => {
    await tpp.control('PUT', '/banks/mock-redirect', { outOfHours: true });
    const made = await initiate();
    await tpp.authorise(linkOf(made));
    await tpp.advance(5);
    expect(await read(made.id)).toMatchObject({ convertedToFutureDatedPayment: true, bankPaymentStatus: 'ACWC' });
    expect((await initiate({ disableFutureDatedPaymentConversion: true })).status).toBe('INITIATION_REJECTED');
  });

  it('follows a payment to a settlement account until the money is matched, or not', async () => {
    const creditor = { virtualAccountId: 'pa:2tv9sJzeftSWRXSRvPN4SA1sL5e6:2gFUX1NDbiv' };
    const matched = await initiate({ creditor });
    await tpp.authorise(linkOf(matched));
    const lost = await initiate({ creditor, refId: 'lost' });
    await tpp.control('POST', `/payments/${lost.id}`, { ending: 'unmatched' });
    await tpp.authorise(linkOf(lost));
    await tpp.advance(60);
    expect((await read(matched.id)).status).toBe('SETTLEMENT_COMPLETED');
    expect((await read(lost.id)).status).toBe('SETTLEMENT_IN_PROGRESS');
    await tpp.advance(15 * 86_400);
    expect((await read(lost.id)).status).toBe('SETTLEMENT_INCOMPLETE');
  });

  it.each([
    ['FASTER_PAYMENTS', 'ob-modelo', 'GBP', { sortCode: '123456', accountNumber: '12345678' }, undefined],
    ['SEPA_INSTANT', 'mock-one-step', 'EUR', { iban: 'GB29NWBK60161331926819' }, undefined],
    ['AUTO_SELECT', 'mock-redirect', 'GBP', { sortCode: '123456', accountNumber: '12345678' }, undefined],
    ['ELIXIR', 'mbank', 'PLN', { accountNumber: '61109010140000071219812874' }, 'iban'],
    ['EU_DOMESTIC_NON_EURO', 'mock-nordic', 'SEK', { bban: '50000000054910000003' }, undefined],
    ['EU_DOMESTIC_NON_EURO_INSTANT', 'mock-nordic', 'SEK', { iban: 'SE4550000000058398257466' }, undefined],
    ['BANKGIRO', 'mock-nordic', 'SEK', { bankgiroNumber: '56781234' }, undefined],
    ['PLUSGIRO', 'mock-nordic', 'SEK', { plusgiroNumber: '67812345' }, undefined],
  ])('pays by %s at %s', async (localInstrument, bankId, currency, account, debtorField) => {
    const { customers } = await tpp.control('GET', `/customers?bankId=${bankId}`);
    const iban = (customers as { accounts: { iban: string }[] }[])[0]?.accounts[0]?.iban;
    const made = await initiate({
      bankId,
      localInstrument,
      amount: { value: '9.5', currency },
      creditor: { name: 'Customer Inc.', ...account },
      returnRefundAccount: bankId !== 'mbank',
      ...(debtorField ? { debtor: { name: 'Anna Payer', iban } } : {}),
    });
    await tpp.authorise(linkOf(made));
    await tpp.advance(60);
    const ended = await read(made.id);
    expect(ended.status).toBe('INITIATION_COMPLETED');
    expect(bankId === 'mbank' || ended['refundDetails'] !== undefined).toBe(true);
    expect(await executed()).toBe(1);
  });
});

describe('refusals', () => {
  it.each([
    ['no refId', { refId: undefined }, 'Field.Expected', 'initiation.refId'],
    ['a long refId', { refId: 'x'.repeat(36) }, 'Field.Invalid', 'initiation.refId'],
    ['an unknown rail', { localInstrument: 'SWIFT' }, 'Field.Invalid', 'initiation.localInstrument'],
    [
      'five decimals',
      { amount: { value: '1.00001', currency: 'EUR' } },
      'Field.InvalidFormat',
      'initiation.amount.value',
    ],
    ['nothing', { amount: { value: '0.00', currency: 'EUR' } }, 'Field.Invalid', 'initiation.amount.value'],
    ['no account', { creditor: { name: 'X' } }, 'Field.Expected', 'initiation.creditor.iban'],
    [
      'a wrong IBAN',
      { creditor: { name: 'X', iban: 'GB29NWBK60161331926818' } },
      'Field.InvalidFormat',
      'initiation.creditor.iban',
    ],
    ['plain http', { callbackUrl: 'http://tpp.example/cb' }, 'Field.InvalidFormat', 'initiation.callbackUrl'],
    ['an address of the hub', { callbackUrl: 'https://x.token.io/cb' }, 'Field.Invalid', 'initiation.callbackUrl'],
    ['no bank', { bankId: undefined }, 'Field.Expected', 'initiation.bankId'],
    ['a day that is over', { executionDate: '2020-01-01' }, 'Field.Invalid', 'initiation.executionDate'],
  ])('%s', async (_name, initiation, errorCode, path) => {
    const answer = await tpp.call('POST', '/v2/payments', paymentBody(initiation));
    expect(answer.status).toBe(400);
    expect(answer.json['error']).toMatchObject({ errorCode, paths: [path] });
  });

  it.each([
    ['an unknown bank', { bankId: 'nowhere' }, 'Bank.RegistrationNotFound'],
    ['a rail that the bank does not have', { bankId: 'mock-nordic' }, 'Bank.FeatureNotSupported'],
    ['a card number', { remittanceInformationPrimary: '4111 1111 1111 1111' }, 'PanDetected'],
  ])('%s', async (_name, initiation, errorCode) => {
    const answer = await tpp.call('POST', '/v2/payments', paymentBody(initiation));
    expect([answer.status, answer.json['error']]).toEqual([400, expect.objectContaining({ errorCode })]);
  });

  it('takes the same refId twice, and not in the strict profile', async () => {
    await initiate();
    await initiate();
    await tpp.control('PUT', '/profile', { strict: true });
    const answer = await tpp.call('POST', '/v2/payments', paymentBody());
    expect(answer.json['error']).toMatchObject({ errorCode: 'Field.NotUnique', paths: ['initiation.refId'] });
  });

  it('does not show the payments of others, and says NOT_FOUND', async () => {
    const made = await initiate();
    const other = await tpp.another();
    const answer = await other.call('GET', `/v2/payments/${made.id}`);
    expect([answer.status, answer.json['error']]).toEqual([
      404,
      expect.objectContaining({ errorCode: 'NOT_FOUND', paymentId: made.id }),
    ]);
    expect((await other.call('GET', '/v2/payments?limit=5')).json['payments']).toEqual([]);
  });
});

describe('the list', () => {
  it('pages through by opaque offsets, finds by refId, and shows little when little is wanted', async () => {
    for (const refId of ['one', 'two', 'three']) {
      // oxlint-disable-next-line no-await-in-loop -- in this order
      await initiate({ refId });
    }
    const first = (await tpp.call('GET', '/v2/payments?limit=2')).json;
    expect(first['pageInfo']).toMatchObject({ limit: 2, haveMore: true });
    const { nextOffset } = first['pageInfo'] as { nextOffset: string };
    const second = (await tpp.call('GET', `/v2/payments?limit=2&offset=${nextOffset}`)).json;
    expect(second['pageInfo']).toEqual({ limit: 2, offset: nextOffset, nextOffset: '', haveMore: false });
    const refIds = [first, second].flatMap((page) =>
      (page['payments'] as { initiation: Json }[]).map(({ initiation }) => initiation['refId']),
    );
    expect(refIds).toEqual(['three', 'two', 'one']);
    const found = await tpp.call('GET', '/v2/payments?limit=5&refIds=two&refIds=one&partial=true');
    expect(found.json['payments']).toEqual([
      { id: expect.any(String), status: 'INITIATION_PENDING_REDIRECT_AUTH' },
      { id: expect.any(String), status: 'INITIATION_PENDING_REDIRECT_AUTH' },
    ]);
    expect((await tpp.call('GET', '/v2/payments?limit=0')).json['pageInfo']).toMatchObject({ limit: 200 });
  });

  it('says what is wrong without the envelope', async () => {
    expect((await tpp.call('GET', '/v2/payments?limit=1&statuses=NEW')).json).toMatchObject({
      errorCode: 'Field.Invalid',
      paths: ['statuses'],
    });
  });
});
