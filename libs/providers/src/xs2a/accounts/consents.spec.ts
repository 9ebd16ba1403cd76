import { accessFor, grantedAccess } from './access.js';
import {
  consentOrder,
  context,
  heldConsent,
  sample,
  startXs2a,
  type TestXs2a,
  tokenStore,
} from '../../../../../test/xs2a.js';

let xs2a: TestXs2a;
beforeEach(async () => {
  xs2a = await startXs2a();
  xs2a.bank.on('POST /v1/consents', sample('consent-created', 201));
});
afterEach(() => xs2a.stop());

const iban = { scheme: 'iban', value: 'DE89370400440532013000' } as const;
const reference = { iban: iban.value };

it.each([
  [
    'named accounts',
    { access: ['accounts', 'transactions'], accounts: [iban] },
    { accounts: [reference], transactions: [reference] },
  ],
  [
    'named accounts with their owner',
    { access: ['accounts', 'balances', 'party', 'beneficiaries'], accounts: [iban] },
    {
      accounts: [reference],
      balances: [reference],
      additionalInformation: { ownerName: [reference], trustedBeneficiaries: [reference] },
    },
  ],
  [
    'accounts of other kinds',
    {
      access: ['accounts'],
      accounts: [
        { scheme: 'bban', value: '1' },
        { scheme: 'other', value: '2' },
      ],
    },
    { accounts: [{ bban: '1' }, { other: { identification: '2' } }] },
  ],
  ['the list, once', { access: ['accounts'], recurring: false }, { availableAccounts: 'allAccounts' }],
  [
    'the list with owners, once',
    { access: ['accounts', 'party'], recurring: false },
    { availableAccounts: 'allAccountsWithOwnerName' },
  ],
  [
    'the list with balances, once',
    { access: ['accounts', 'balances'], recurring: false },
    { availableAccountsWithBalance: 'allAccounts' },
  ],
  ['everything, once', { access: ['accounts', 'transactions'], recurring: false }, { allPsd2: 'allAccounts' }],
  ['the list, again and again', { access: ['accounts'], recurring: true }, { allPsd2: 'allAccounts' }],
  [
    'standing orders',
    { access: ['standingOrders'], accounts: [iban] },
    { accounts: [reference], transactions: [reference] },
  ],
] as const)('asks for %s', (_, wanted, access) => {
  expect(accessFor({ recurring: true, ...wanted }, {})).toEqual(access);
});

it('lets the PSU choose at the bank where the settings say so', () => {
  const wanted = { access: ['accounts', 'balances'], recurring: true } as const;
  expect(accessFor(wanted, { accessShape: 'bankOffered' })).toEqual({ accounts: [], balances: [] });
});

it.each([
  [{ allPsd2: 'allAccounts' }, ['accounts', 'balances', 'transactions', 'standingOrders', 'beneficiaries']],
  [
    { allPsd2: 'allAccountsWithOwnerName' },
    ['accounts', 'balances', 'transactions', 'standingOrders', 'beneficiaries', 'party'],
  ],
  [{ availableAccounts: 'allAccounts' }, ['accounts']],
  [{ availableAccountsWithBalance: 'allAccounts' }, ['accounts', 'balances']],
  [{ accounts: [reference], transactions: null }, ['accounts']],
  [{ transactions: [reference] }, ['accounts', 'transactions', 'standingOrders']],
  [{ somethingElse: true }, undefined],
  [undefined, undefined],
])('reads back what %j grants', (access, kinds) => expect(grantedAccess(access)).toEqual(kinds));

it('sends what the framework asks for, with the PSU and their wish', async () => {
  const psu = { ipAddress: '192.0.2.7', userAgent: 'Browser', geoLocation: 'GEO:52.506931;13.144558' };
  const order = consentOrder({
    psu: { id: 'anna', corporateId: 'acme' },
    scaPreference: 'decoupled',
    frequencyPerDay: 2,
  });
  const snapshot = await xs2a.accounts.createConsent(order, { ...context, psu });
  expect(snapshot).toMatchObject({ reference: 'con-7', state: 'awaitingAuthorisation', upstreamStatus: 'received' });
  const seen = xs2a.bank.seen[0];
  expect(JSON.parse(seen?.body ?? '')).toEqual({
    access: { allPsd2: 'allAccounts' },
    recurringIndicator: true,
    validUntil: '2030-06-30',
    frequencyPerDay: 2,
    combinedServiceIndicator: false,
  });
  expect(seen?.headers).toMatchObject({
    'psu-id': 'anna',
    'psu-corporate-id': 'acme',
    'psu-ip-address': '192.0.2.7',
    'psu-user-agent': 'Browser',
    'psu-geo-location': 'GEO:52.506931;13.144558',
    'tpp-redirect-preferred': 'false',
    'tpp-decoupled-preferred': 'true',
    'content-type': 'application/json',
  });
  expect(seen?.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(seen?.headers).not.toHaveProperty('authorization');
  expect(seen?.headers).not.toHaveProperty('tpp-explicit-authorisation-preferred');
});

it('is for payments too where that is asked for and offered', async () => {
  const both = consentOrder({ combinedService: true, explicitStart: true });
  await expect(xs2a.accounts.createConsent(both, context)).rejects.toMatchObject({ kind: 'unsupported' });
  expect(xs2a.bank.seen).toHaveLength(0);
  xs2a = xs2a.with({ combinedService: true });
  await xs2a.accounts.createConsent(both, context);
  await xs2a.accounts.createConsent(consentOrder(), context);
  expect(xs2a.bank.seen.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
    { combinedServiceIndicator: true },
    { combinedServiceIndicator: false },
  ]);
  // What is to be signed in a basket has no SCA of its own.
  const explicit = xs2a.bank.seen.map(({ headers }) => headers['tpp-explicit-authorisation-preferred']);
  expect(explicit).toEqual(['true', undefined]);
});

it('asks once a day for a one-off consent, and for what the settings say', async () => {
  xs2a = xs2a.with({ combinedService: true, explicitStart: true, sendPsuId: false });
  await xs2a.accounts.createConsent(consentOrder({ recurring: false, combinedService: true }), context);
  const { headers, body } = xs2a.bank.seen[0] ?? { headers: {}, body: '' };
  expect(JSON.parse(body)).toMatchObject({
    recurringIndicator: false,
    frequencyPerDay: 1,
    combinedServiceIndicator: true,
  });
  expect(headers).toMatchObject({ 'tpp-explicit-authorisation-preferred': 'true' });
  expect(headers).not.toHaveProperty('psu-id');
});

it.each([
  ["the PSU's IP address is missing", { requirePsuIpAddress: true }, {}, 'unsupported', 'PSU-IP-Address'],
  ['a header cannot be sent', {}, { psu: { id: 'Łukasz' } }, 'rejected', 'PSU-ID'],
  ['a header would break out', {}, { psu: { id: 'a\r\nX-Evil: 1' } }, 'rejected', 'PSU-ID'],
] as const)('sends nothing when %s', async (_, settings, change, kind, word) => {
  xs2a = xs2a.with(settings);
  const call = xs2a.accounts.createConsent(consentOrder(change), context);
  await expect(call).rejects.toMatchObject({ kind, message: expect.stringContaining(word) });
  expect(xs2a.bank.seen).toHaveLength(0);
});

it('does not ask for credentials where nobody gave any', async () => {
  xs2a.bank.on('POST /v1/consents', sample('error-credentials', 401));
  await expect(xs2a.accounts.createConsent(consentOrder(), context)).rejects.toMatchObject({ kind: 'rejected' });
});

it('keeps a consent whose SCA could not be opened, so that it can be started again', async () => {
  const links = { scaOAuth: { href: '/metadata' }, scaStatus: { href: '/v1/consents/con-7/authorisations/aut-1' } };
  xs2a.bank.on('POST /v1/consents', {
    status: 201,
    json: { consentStatus: 'received', consentId: 'con-7', _links: links },
  });
  const snapshot = await xs2a.accounts.createConsent(consentOrder(), context);
  expect(snapshot).toMatchObject({ reference: 'con-7', authorisation: undefined });
  expect(xs2a.warnings.join()).toContain('"oauth"');
});

it('reads what was granted', async () => {
  xs2a.bank.on('GET /v1/consents/con-7', sample('consent-valid'), {
    json: { consentStatus: 'dormant', access: 'all', validUntil: null },
  });
  const consent = await xs2a.accounts.readConsent(heldConsent(), context);
  expect(consent).toMatchObject({
    state: 'authorised',
    upstreamStatus: 'valid',
    validUntil: '2030-06-30',
    frequencyPerDay: 4,
    access: ['accounts', 'balances', 'transactions', 'standingOrders', 'beneficiaries'],
  });
  const odd = await xs2a.accounts.readConsent(heldConsent(), context);
  expect(odd).toMatchObject({ state: null, upstreamStatus: 'dormant', access: undefined });
  expect(xs2a.warnings.join()).toContain('dormant');
});

it('ends a consent, and says so when the bank wants an SCA for that', async () => {
  xs2a.bank.on(
    'DELETE /v1/consents/con-7',
    { status: 204, text: '' },
    {
      status: 202,
      json: { consentStatus: 'valid', _links: { startAuthorisation: { href: '/v1/consents/con-7/authorisations' } } },
    },
  );
  await expect(xs2a.accounts.revokeConsent(heldConsent(), context)).resolves.toMatchObject({
    state: 'revoked',
    upstreamStatus: 'terminatedByTpp',
  });
  const open = await xs2a.accounts.revokeConsent(heldConsent(), context);
  expect(open).toMatchObject({ state: 'authorised', upstreamStatus: 'valid' });
  expect(open.continuation).toMatchObject({ links: { startAuthorisation: expect.any(String) } });
});

describe('tokens', () => {
  const tokenUrl = (): string => `${xs2a.bank.origin}/oauth/token`;
  const stale = { accessToken: 'old', refreshToken: 'r-1', expiresAt: '2026-03-02T10:00:10Z' };
  const connect = (): TestXs2a =>
    xs2a.with({ oauth: { clientId: 'c', authorizeUrl: 'https://login.bank.example/a', tokenUrl: tokenUrl() } });

  it('are renewed once, however many calls need them', async () => {
    xs2a = connect();
    xs2a.bank.on('POST /oauth/token', sample('oauth-tokens'));
    xs2a.bank.on('GET /v1/consents/con-7', sample('consent-valid'));
    const held = heldConsent(undefined, { tokens: tokenStore(stale) });
    await Promise.all(Array.from({ length: 10 }, () => xs2a.accounts.readConsent(held, context)));
    expect(xs2a.bank.seen.filter(({ path }) => path === '/oauth/token')).toHaveLength(1);
    const used = xs2a.bank.seen.filter(({ method }) => method === 'GET').map(({ headers }) => headers.authorization);
    expect(new Set(used)).toEqual(new Set(['Bearer access-1']));
  });

  // Negative control, carried out: without the endpoint in the tokens, "No OAuth endpoints are known".
  it('are renewed by a process that never saw the link to the endpoint', async () => {
    xs2a = xs2a.with({ oauth: { clientId: 'c' } });
    xs2a.bank.on('POST /oauth/token', sample('oauth-tokens'));
    xs2a.bank.on('GET /v1/consents/con-7', sample('consent-valid'));
    const tokens = tokenStore({ ...stale, tokenEndpoint: tokenUrl() });
    await xs2a.accounts.readConsent(heldConsent(undefined, { tokens }), context);
    expect(await tokens.read()).toMatchObject({ accessToken: 'access-1', tokenEndpoint: tokenUrl() });
  });

  it('are renewed when the bank does not take them any more', async () => {
    xs2a = connect();
    xs2a.bank.on('POST /oauth/token', sample('oauth-tokens'));
    xs2a.bank.on(
      'GET /v1/consents/con-7',
      { status: 401, json: { tppMessages: [{ category: 'ERROR', code: 'TOKEN_EXPIRED' }] } },
      sample('consent-valid'),
    );
    const held = heldConsent(undefined, { tokens: tokenStore({ accessToken: 'old', refreshToken: 'r-1' }) });
    await expect(xs2a.accounts.readConsent(held, context)).resolves.toMatchObject({ state: 'authorised' });
  });

  it('that cannot be renewed send the PSU back', async () => {
    xs2a = connect();
    xs2a.bank.on('POST /oauth/token', { status: 400, json: { error: 'invalid_grant' } });
    const held = heldConsent(undefined, { tokens: tokenStore(stale) });
    await expect(xs2a.accounts.readConsent(held, context)).rejects.toMatchObject({ kind: 'consent-invalid' });
  });
});
