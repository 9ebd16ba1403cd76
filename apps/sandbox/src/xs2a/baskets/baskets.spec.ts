import { Tpp, GLOBAL_CONSENT, code, href, order, type Json, type Reply, type TestCustomer } from '../../../test/tpp.js';

const PAYMENTS = '/v1/payments/sepa-credit-transfers';
const BASKETS = '/v1/signing-baskets';

describe('signing baskets', () => {
  let tpp: Tpp;
  let anna: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    await tpp.control('POST', '/clock', { run: false });
    anna = await tpp.customer('anna.embedded');
  });

  const payment = async (amount: string, psu = anna): Promise<Json> =>
    tpp.created(await tpp.call('POST', PAYMENTS, order(psu, amount), { 'psu-id': psu.username }));
  const consent = async (): Promise<Json> =>
    tpp.created(await tpp.call('POST', '/v1/consents', GLOBAL_CONSENT, { 'psu-id': anna.username }));
  const create = async (payments: Json[], consents: Json[] = [], psu = anna): Promise<Reply> =>
    tpp.call(
      'POST',
      BASKETS,
      {
        paymentIds: payments.map(({ paymentId }) => paymentId),
        consentIds: consents.map(({ consentId }) => consentId),
      },
      { 'psu-id': psu.username },
    );
  const status = async (resource: Json) => {
    const { json } = await tpp.call('GET', href(resource, 'status'));
    return json['transactionStatus'] ?? json['consentStatus'];
  };
  const postings = async () => ((await tpp.control('GET', '/ledger')) as { postings: Json[] }).postings.length;

  // Control: with openMembers() answering no member, the basket is ACTC and no money moves; this fails.
  it('authorise all their members with one SCA', async () => {
    const [first, second, third] = [await payment('1.00'), await payment('2.00'), await consent()];
    const basket = tpp.created(await create([first, second], [third]));
    expect(await status(basket)).toBe('RCVD');
    expect((await tpp.call('GET', href(basket, 'self'))).json).toMatchObject({
      payments: [first['paymentId'], second['paymentId']],
      consents: [third['consentId']],
      transactionStatus: 'RCVD',
    });
    const start = await tpp.start(anna, basket);
    expect((await tpp.finish(anna, start)).json['scaStatus']).toBe('finalised');
    expect([await status(basket), await status(first), await status(third)]).toEqual(['ACTC', 'ACTC', 'valid']);
    await tpp.advance(10);
    expect([await status(basket), await status(second), await postings()]).toEqual(['ACSC', 'ACSC', 2]);
  });

  // Control: without the test for openBasketOf() in assertAuthorisable() the payment is authorised twice, by itself too.
  it('block the SCA of a member on its own until they are gone', async () => {
    const member = await payment('1.00');
    const basket = tpp.created(await create([member]));
    const blocked = await tpp.call('POST', href(member, 'startAuthorisation'), undefined, { 'psu-id': anna.username });
    expect([blocked.status, code(blocked)]).toEqual([400, 'RESOURCE_BLOCKED']);
    const again = await create([member]);
    expect([again.status, code(again)]).toEqual([409, 'REFERENCE_STATUS_INVALID']);
    expect((await tpp.call('DELETE', href(basket, 'self'))).status).toBe(204);
    expect((await tpp.call('DELETE', href(basket, 'self'))).status).toBe(204);
    expect(await status(basket)).toBe('CANC');
    await tpp.authorise(anna, member);
    expect(await status(member)).toBe('ACTC');
  });

  // Control: without ending the SCA under way the deleted basket is signed all the same, and pays.
  it('end an SCA under way when they are deleted', async () => {
    const member = await payment('1.00');
    const basket = tpp.created(await create([member]));
    const begun = await tpp.start(anna, basket);
    expect((await tpp.call('DELETE', href(basket, 'self'))).status).toBe(204);
    const late = await tpp.finish(anna, begun);
    expect([late.status, code(late)]).toEqual([409, 'STATUS_INVALID']);
    await tpp.advance(10);
    expect([await status(basket), await status(member), await postings()]).toEqual(['CANC', 'RCVD', 0]);
    await tpp.authorise(anna, member);
    expect(await status(member)).toBe('ACTC');
  });

  it('that are refused leave their members unauthorised and free', async () => {
    const member = await payment('1.00');
    const basket = tpp.created(await create([member]));
    const start = await tpp.start(anna, basket);
    await tpp.call('PUT', href(start, 'scaStatus'), { authenticationMethodId: anna.methods[0]?.id });
    for (const wrong of ['a', 'b', 'c']) {
      // oxlint-disable-next-line no-await-in-loop
      await tpp.call('PUT', href(start, 'scaStatus'), { scaAuthenticationData: wrong });
    }
    expect([await status(basket), await status(member)]).toEqual(['RJCT', 'RCVD']);
    await tpp.authorise(anna, member);
    expect(await status(member)).toBe('ACTC');
  });

  it('need every signer of their members’ accounts', async () => {
    const [karla, ludwig] = [await tpp.customer('karla.corporate'), await tpp.customer('ludwig.corporate')];
    const member = await payment('1.00', karla);
    const basket = tpp.created(await create([member], [], karla));
    await tpp.finish(karla, await tpp.start(karla, basket));
    expect([await status(basket), await status(member)]).toEqual(['PATC', 'PATC']);
    const kept = await tpp.call('DELETE', href(basket, 'self'));
    expect([kept.status, code(kept)]).toEqual([409, 'STATUS_INVALID']);
    await tpp.finish(ludwig, await tpp.start(ludwig, basket));
    expect([await status(basket), await status(member)]).toEqual(['ACTC', 'ACTC']);
  });

  it('leave alone what was cancelled in the meantime', async () => {
    const [gone, kept] = [await payment('1.00'), await payment('2.00')];
    const basket = tpp.created(await create([gone, kept]));
    expect((await tpp.call('DELETE', href(gone, 'self'))).status).toBe(204);
    await tpp.finish(anna, await tpp.start(anna, basket));
    await tpp.advance(10);
    expect([await status(gone), await status(kept), await postings()]).toEqual(['CANC', 'ACSC', 1]);
  });

  it('refuse what cannot be grouped', async () => {
    const [mine, other] = [await payment('1.00'), await payment('1.00', await tpp.customer('hugo.poor'))];
    const mixed = await create([mine, other]);
    expect([mixed.status, code(mixed)]).toEqual([400, 'REFERENCE_MIX_INVALID']);
    const done = await payment('2.00');
    await tpp.authorise(anna, done);
    const late = await create([done]);
    expect([late.status, code(late)]).toEqual([409, 'REFERENCE_STATUS_INVALID']);
    const begun = await payment('3.00');
    await tpp.start(anna, begun);
    expect(code(await create([begun]))).toBe('REFERENCE_STATUS_INVALID');
    const unknown = await create([{ paymentId: 'nothing' }]);
    expect([unknown.status, code(unknown)]).toEqual([400, 'RESOURCE_UNKNOWN']);
    for (const [payments, expected] of [
      [[], 'FORMAT_ERROR'],
      [[mine, mine], 'FORMAT_ERROR'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await create([...payments]);
      expect([answer.status, code(answer)]).toEqual([400, expected]);
    }
    await tpp.control('PUT', '/profile', { baskets: 'payments' });
    expect(code(await create([mine], [await consent()]))).toBe('REFERENCE_MIX_INVALID');
    await tpp.control('PUT', '/profile', { baskets: 'none' });
    const none = await create([mine]);
    expect([none.status, code(none)]).toEqual([405, 'SERVICE_INVALID']);
  });

  it('are rejected when nobody signs in time, and unknown to others', async () => {
    const basket = tpp.created(await create([await payment('1.00')]));
    const foreign = await tpp.call('GET', href(basket, 'self'), undefined, { 'tpp-signature-certificate': 'other' });
    expect([foreign.status, code(foreign)]).toEqual([404, 'RESOURCE_UNKNOWN']);
    await tpp.advance(86_401);
    expect(await status(basket)).toBe('RJCT');
    const late = await tpp.call('POST', href(basket, 'startAuthorisation'), undefined, { 'psu-id': anna.username });
    expect([late.status, code(late)]).toEqual([403, 'RESOURCE_EXPIRED']);
  });

  it('show everything in the browser', async () => {
    await tpp.control('PUT', '/profile', { approach: 'redirect' });
    const basket = tpp.created(await create([await payment('12.34')], [await consent()]));
    const start = await tpp.start(anna, basket);
    const login = await tpp.form(href(start, 'scaRedirect'), { username: anna.username, password: anna.password });
    const page = await tpp.send('GET', String(login.headers['location']), {});
    expect(page.text).toContain('12.34 EUR');
    expect(page.text).toContain('Give access to your accounts');
  });
});
