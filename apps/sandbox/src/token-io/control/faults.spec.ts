import { TokenMember, paymentBody, type Json } from '../../../test/token-member.js';

let tpp: TokenMember;
beforeEach(async () => {
  tpp = await TokenMember.start();
});
afterEach(async () => tpp.app.close());

const counts = async () => (await tpp.control('GET', '/ledger'))['counts'] as Json;
const initiate = { operation: 'payments.initiate' };

it('fails before and after the hub acted', async () => {
  await tpp.control('POST', '/faults', { kind: 'error', httpStatus: 503, count: 1, match: initiate });
  expect((await tpp.call('POST', '/v2/payments', paymentBody())).json).toMatchObject({
    error: { errorCode: 'UNAVAILABLE' },
  });
  expect(await counts()).toMatchObject({ notAccepted: 1, payments: 0 });
  await tpp.control('POST', '/faults', {
    kind: 'error',
    httpStatus: 500,
    when: 'after',
    count: 1,
    match: initiate,
    code: 'bank',
  });
  const lost = await tpp.call('POST', '/v2/payments', paymentBody());
  expect([lost.status, lost.headers['token-external-error']]).toEqual([500, 'true']);
  expect(await counts()).toMatchObject({ accepted: 1, payments: 1 });
  const found = await tpp.call('GET', '/v2/payments?limit=5&refIds=9htio4a1sp2akdr1aa');
  expect(found.json['payments']).toHaveLength(1);
});

it('cuts the connection before and after acceptance, by amount', async () => {
  const origin = await tpp.app.listen({ port: 0, host: '127.0.0.1' });
  for (const when of ['before', 'after']) {
    const value = when === 'before' ? '1.00' : '2.00';
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await tpp.control('POST', '/faults', { kind: 'reset', when, match: { ...initiate, amount: value } });
    const body = JSON.stringify(paymentBody({ amount: { value, currency: 'EUR' } }));
    const headers = { authorization: tpp.basic, 'content-type': 'application/json' };
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await expect(fetch(`${origin}/token-io/v2/payments`, { method: 'POST', headers, body })).rejects.toThrow(
      'fetch failed',
    );
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await counts()).toMatchObject({ payments: when === 'before' ? 0 : 1 });
  }
});

it('shows an unknown word, moves a payment by hand, and forgets everything on reset', async () => {
  const { json } = await tpp.call('POST', '/v2/payments', paymentBody());
  const { id } = json['payment'] as { id: string };
  const read = async () => ((await tpp.call('GET', `/v2/payments/${id}`)).json['payment'] as { status: string }).status;
  await tpp.control('POST', `/payments/${id}`, { show: 'INITIATION_SOMETHING_NEW' });
  expect(await read()).toBe('INITIATION_SOMETHING_NEW');
  await tpp.control('POST', `/payments/${id}`, { show: null, status: 'INITIATION_NO_FINAL_STATUS_AVAILABLE' });
  expect(await read()).toBe('INITIATION_NO_FINAL_STATUS_AVAILABLE');
  await tpp.control('POST', '/reset');
  expect(await tpp.control('GET', '/payments')).toEqual({ payments: [] });
});

it('authorises by control, as the PSU would', async () => {
  const { json } = await tpp.call('POST', '/v2/payments', paymentBody());
  const { id } = json['payment'] as { id: string };
  const { browserGoesTo } = await tpp.control('POST', `/authorisations/${id}`, {
    decision: 'approve',
    username: 'bruno.saver',
  });
  await tpp.browse(String(browserGoesTo));
  await tpp.advance(60);
  expect(await counts()).toMatchObject({ executed: 1 });
});

it('keeps hubs apart', async () => {
  await tpp.call('POST', '/v2/payments', paymentBody());
  const other = await TokenMember.enrol(tpp.app, 'other', {}, 'ED25519');
  expect((await other.control('GET', '/ledger'))['counts']).toMatchObject({ orders: 0 });
  expect((await other.call('GET', '/banks?perPage=2&page=2')).json['paging']).toEqual({
    page: 2,
    perPage: 2,
    pageCount: 5,
    totalCount: 9,
  });
});

it('names a wrong setting', async () => {
  await expect(tpp.control('PUT', '/profile', { bankAnswerSecond: 3 })).rejects.toThrow(
    'bankAnswerSecond is not known',
  );
});

it('answers in text where the profile says so, and in the JSON of the gateway on request', async () => {
  await tpp.control('PUT', '/profile', { errors: 'text' });
  expect((await tpp.call('GET', '/tokens/ta:x:y')).text).toBe('No such token: ta:x:y');
  const asked = await tpp.call('GET', '/tokens/ta:x:y', undefined, { 'token-json-error': 'true' });
  expect(asked.json['error']).toMatchObject({ code: 404, error_origin: 'token' });
});
