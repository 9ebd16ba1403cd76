import { TokenMember, type Json } from '../../../test/token-member.js';

const ALL = ['ACCOUNTS', 'BALANCES', 'TRANSACTIONS', 'STANDING_ORDERS'];
let tpp: TokenMember;
beforeEach(async () => {
  tpp = await TokenMember.start();
});
afterEach(async () => tpp.app.close());

async function consent(
  username = 'anna.payer',
  resources = ALL,
  bankId = 'mock-redirect',
  access: Json = {},
): Promise<string> {
  const made = await tpp.call('POST', '/token-requests', {
    requestPayload: {
      to: { id: tpp.memberId },
      refId: 'access-1',
      redirectUrl: 'https://tpp.example/callback',
      accessBody: { resourceTypeList: { resources }, ...access },
    },
    requestOptions: { bankId },
  });
  const { id } = made.json['tokenRequest'] as { id: string };
  const started = await tpp.call('POST', `/token-requests/${id}/authorization`, {});
  await tpp.authorise(String(started.json['redirectUrl']), username);
  await tpp.advance(1);
  return String((await tpp.call('GET', `/token-requests/${id}/result`)).json['tokenId']);
}

async function firstAccount(tokenId: string): Promise<string> {
  const answer = await tpp.call('GET', '/accounts', undefined, { 'on-behalf-of': tokenId });
  return (answer.json['accounts'] as { id: string }[])[0]?.id ?? '';
}

it('pages through all transactions once, newest first, and finds each of them', async () => {
  const token = await consent('greta.many');
  const headers = { 'on-behalf-of': token };
  const account = await firstAccount(token);
  const seen: { id: string; createdAtMs: string; status: string }[] = [];
  let offset = '';
  do {
    const path = `/accounts/${account}/transactions?page.limit=100${offset === '' ? '' : `&page.offset=${offset}`}`;
    // oxlint-disable-next-line no-await-in-loop -- page after page
    const { json } = await tpp.call('GET', path, undefined, headers);
    seen.push(...(json['transactions'] as typeof seen));
    offset = String(json['offset']);
  } while (offset !== '');
  expect(seen).toHaveLength(230);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(230);
  const times = seen.map(({ createdAtMs }) => Number(createdAtMs));
  expect(times).toEqual(times.toSorted((one, other) => other - one));
  expect(seen.filter(({ status }) => status === 'PROCESSING')).toHaveLength(2);
  const one = await tpp.call('GET', `/accounts/${account}/transaction/${seen[7]?.id}`, undefined, headers);
  expect(one.json['transaction']).toEqual(seen[7]);
  expect((await tpp.call('GET', `/accounts/${account}/transactions`, undefined, headers)).status).toBe(400);
});

it('filters by date only at banks that can', async () => {
  const token = await consent('greta.many');
  const account = await firstAccount(token);
  const day = new Date(Date.now() - 10 * 86_400_000).toISOString().slice(0, 10);
  const query = `transactions?page.limit=200&startDate=${day}&endDate=${day}`;
  const answer = await tpp.call('GET', `/accounts/${account}/${query}`, undefined, { 'on-behalf-of': token });
  const dates = (answer.json['transactions'] as { createdAtMs: string }[]).map(({ createdAtMs }) =>
    new Date(Number(createdAtMs)).toISOString().slice(0, 10),
  );
  expect(new Set(dates)).toEqual(new Set([day]));
  const poor = await consent('greta.many', ALL, 'mock-poor');
  const other = await firstAccount(poor);
  const refused = await tpp.call('GET', `/accounts/${other}/${query}`, undefined, { 'on-behalf-of': poor });
  expect([refused.status, refused.headers['token-external-error']]).toEqual([501, 'true']);
});

it('has balances one by one and together, with a row for what is not in the consent', async () => {
  const token = await consent();
  const headers = { 'on-behalf-of': token };
  const account = await firstAccount(token);
  const one = await tpp.call('GET', `/accounts/${account}/balance`, undefined, headers);
  expect(one.json).toMatchObject({ status: 'SUCCESSFUL_REQUEST', balance: { accountId: account } });
  const many = await tpp.call('GET', `/account-balance?accountId=${account}&accountId=a:x:y`, undefined, headers);
  expect(many.json['response']).toMatchObject([{ status: 'SUCCESSFUL_REQUEST' }, { status: 'INVALID_REQUEST' }]);
});

it('shows one account, one standing order and the token as in the lists', async () => {
  const token = await consent('anna.payer', ALL, 'ob-modelo');
  const headers = { 'on-behalf-of': token };
  const account = await firstAccount(token);
  const shown = await tpp.call('GET', `/accounts/${account}`, undefined, headers);
  expect(shown.json['account']).toMatchObject({
    id: account,
    bankId: 'ob-modelo',
    accountDetails: { accountIdentifiers: [{ iban: {} }, { gbDomestic: {} }], currency: 'GBP' },
  });
  const listed = await tpp.call('GET', `/accounts/${account}/standing-orders?page.limit=9`, undefined, headers);
  const [order] = listed.json['standingOrders'] as { id: string }[];
  const one = await tpp.call('GET', `/accounts/${account}/standing-orders/${order?.id}`, undefined, headers);
  expect(one.json['standingOrder']).toEqual(order);
  const { json } = await tpp.call('GET', `/tokens/${token}`);
  expect(json['token']).toMatchObject({
    id: token,
    payload: { expiresAtMs: expect.stringMatching(/^\d{13}$/), access: {} },
  });
});

it('needs the consent, the right one, and one that covers it', async () => {
  expect((await tpp.call('GET', '/accounts')).status).toBe(400);
  const token = await consent('anna.payer', ['ACCOUNTS']);
  const headers = { 'on-behalf-of': token };
  const account = await firstAccount(token);
  const balance = await tpp.call('GET', `/accounts/${account}/balance`, undefined, headers);
  expect(balance.json).toMatchObject({ error: { errorCode: 'PermissionDenied' } });
  const other = await tpp.another();
  expect((await other.call('GET', '/accounts', undefined, headers)).status).toBe(404);
});

it('says 403 when the PSU revoked at the bank, when the TPP cancelled, and when 90 days are over', async () => {
  const [revoked, cancelled, old] = [await consent(), await consent(), await consent()];
  const read = async (token: string) =>
    (await tpp.call('GET', '/accounts', undefined, { 'on-behalf-of': token })).status;
  await tpp.control('POST', `/tokens/${revoked}`, { revoke: true });
  expect((await tpp.call('PUT', `/tokens/${cancelled}/cancel`)).json['result']).toMatchObject({
    status: 'SUCCESS',
    token: { payloadSignatures: [{ action: 'ENDORSED' }, { action: 'CANCELED' }] },
  });
  expect([await read(revoked), await read(cancelled), await read(old)]).toEqual([403, 403, 200]);
  await tpp.advance(91 * 86_400);
  expect(await read(old)).toBe(403);
  const listed = (await tpp.call('GET', '/tokens?type=ACCESS&page.limit=2')).json;
  expect((listed['tokens'] as { id: string }[]).map(({ id }) => id)).toEqual([old, cancelled]);
});

it('counts reads without the PSU where the bank does, and knows who was there', async () => {
  await tpp.control('PUT', '/profile', { unattendedReadsPerDay: 1 });
  const token = await consent();
  const read = async (headers: Record<string, string>) =>
    (await tpp.call('GET', '/accounts', undefined, { 'on-behalf-of': token, ...headers })).status;
  expect(await read({})).toBe(200);
  expect(await read({})).toBe(429);
  expect(await read({ 'token-customer-ip-address': '192.0.2.7' })).toBe(200);
  expect(await read({ 'customer-initiated': 'true' })).toBe(200);
  expect(await read({ 'token-customer-ip-address': 'not-an-address' })).toBe(400);
  const { reads } = await tpp.control('GET', '/ledger');
  expect((reads as { attended: boolean }[]).map(({ attended }) => attended)).toEqual([false, false, true, true]);
});

it('knows banks that are down, in the reports too', async () => {
  const token = await consent();
  await tpp.control('PUT', '/banks/mock-redirect', { ais: 'DOWN' });
  const answer = await tpp.call('GET', '/accounts', undefined, { 'on-behalf-of': token });
  expect([answer.status, answer.headers['token-external-error']]).toEqual([503, 'true']);
  const report = await tpp.call('GET', '/reports/banks/mock-redirect/status');
  expect(report.json['bankStatus']).toMatchObject({ aisStatus: 'DOWN', pisStatus: 'LIVE' });
});
