import { consentOrder, context, heldAuthorisation, tokenStore } from '../../../../test/xs2a.js';
import { base, bearer, callback, grantedConsent, sample, startTribe, type TestTribe } from '../../../../test/tribe.js';
import { ProviderError } from '../port/index.js';

let tribe: TestTribe;
beforeEach(async () => {
  tribe = await startTribe();
  tribe.hub.on(`GET ${base}/accounts`, sample('accounts'));
});
afterEach(() => tribe.stop());

async function failureOf(call: Promise<unknown>): Promise<ProviderError['facts']> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (error instanceof ProviderError) return error.facts;
  throw new Error('no ProviderError was thrown');
}

const order = (change: object = {}) => consentOrder({ institutionReference: 'FIXTGB22', callback, ...change });
const account = (reference: string) => ({
  id: 'acc_1',
  reference,
  identifiers: [{ scheme: 'iban', value: 'LT121000011101001000' }] as const,
  currency: 'EUR',
  continuation: null,
});

describe('the directory', () => {
  it('is read page by page, with what a country and a BIC can be told from', async () => {
    const list = await tribe.provider.institutions.list(context);
    expect(list).toMatchObject([
      { reference: 'FIXTGB22', bic: 'FIXTGB22', country: 'GB', scaApproaches: ['redirect'] },
      {
        reference: 'SWED22LT',
        bic: undefined,
        country: 'LT',
        paymentSchemes: ['CHAPS', 'SEPA_CREDIT_TRANSFER', 'SEPA_INSTANT'],
      },
      { reference: 'QUIEDEFF', country: 'DE', paymentSchemes: [] },
    ]);
    expect(tribe.asked()).toEqual([`GET ${base}/banks?page=1&limit=100`, `GET ${base}/banks?page=2&limit=100`]);
    expect(tribe.warnings.join()).toContain('a payment scheme that nobody knows');
    expect(tribe.hub.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('ends where a page links to itself, and leaves out what cannot be read', async () => {
    const links = { next: { href: `${base}/banks?page=1&limit=100` } };
    tribe.hub.on(`GET ${base}/banks`, {
      json: { banks: [{ name: 'No id' }, { name: 'No country', identifier: 'x' }], links },
    });
    expect(await tribe.provider.institutions.list(context)).toEqual([]);
    expect(tribe.warnings).toHaveLength(3);
  });
});

describe('a consent', () => {
  it('is a grant: all that was asked for, at the bank, and lives as its bearer', async () => {
    const made = await tribe.accounts.createConsent(order(), context);
    expect(made).toMatchObject({ state: 'awaitingAuthorisation', authorisation: { nextStep: { type: 'redirect' } } });
    const step = made.authorisation?.nextStep;
    const url = new URL(step?.type === 'redirect' ? step.url : 'none:');
    expect(url.searchParams.get('scope')).toBe('accounts accounts.balances accounts.transactions');
    // The same consent keeps its name.
    expect((await tribe.accounts.createConsent(order(), context)).reference).toBe(made.reference);
    const tokens = tokenStore();
    const consent = grantedConsent({ reference: made.reference, continuation: made.continuation, tokens });
    expect(await tribe.accounts.readConsent(consent, context)).toMatchObject({ state: 'awaitingAuthorisation' });
    tribe.hub.on('POST /oauth/token', sample('oauth-tokens'));
    if (!made.authorisation) throw new Error('no SCA');
    const held = heldAuthorisation(made.authorisation);
    const subject = { type: 'consent', consent } as const;
    const done = await tribe.authorisation.complete(subject, held, { code: 'c-1' }, context);
    expect(done).toMatchObject({ scaStatus: 'finalised', nextStep: null });
    const form = new URLSearchParams(tribe.hub.seen.at(-1)?.body);
    expect([form.get('client_id'), form.get('code'), form.get('redirect_uri')]).toEqual(['tpp-1', 'c-1', callback.url]);
    if (done.tokens) tokens.set(done.tokens);
    expect(await tribe.accounts.readConsent(consent, context)).toMatchObject({
      state: 'authorised',
      access: ['accounts', 'balances', 'transactions'],
    });
    tribe.elapse(7_776_001);
    expect(await tribe.accounts.readConsent(consent, context)).toMatchObject({ state: 'expired' });
  });

  it('that the PSU refuses is rejected; one that stands already stays', async () => {
    const made = await tribe.accounts.createConsent(order(), context);
    if (!made.authorisation) throw new Error('no SCA');
    const held = heldAuthorisation(made.authorisation);
    const query = { error: 'access_denied' };
    const waiting = { type: 'consent', consent: grantedConsent({ tokens: tokenStore() }) } as const;
    const facts = await failureOf(tribe.authorisation.complete(waiting, held, query, context));
    expect(facts).toMatchObject({ kind: 'consent-invalid', consentState: 'rejected' });
    const standing = { type: 'consent', consent: grantedConsent() } as const;
    expect(await tribe.authorisation.complete(standing, held, query, context)).toMatchObject({ scaStatus: 'failed' });
  });

  it.each([
    ['a kind of data that the bank does not offer', { institutionReference: 'SWED22LT' }, 'accounts.balances'],
    ['the choice of a bank', { institutionReference: '*' }, 'without a bank'],
  ])('for %s is refused', async (_, change, words) => {
    const facts = await failureOf(tribe.accounts.createConsent(order(change), context));
    expect(facts).toMatchObject({ kind: 'unsupported', message: expect.stringContaining(words) });
  });

  it('can cover payments and funds as well', async () => {
    tribe.hub.on(`GET ${base}/banks`, sample('banks-1'));
    const scopesOf = async (one: TestTribe, change: object) => {
      const made = await one.accounts.createConsent(order({ access: ['accounts'], ...change }), context);
      return made.continuation?.['scopes'];
    };
    expect(await scopesOf(tribe, {})).toEqual(['accounts']);
    expect(await scopesOf(tribe, { combinedService: true })).toEqual(['accounts', 'payments.single', 'payments.bulk']);
    expect(await scopesOf(tribe.with({ fundsWithAccounts: true }), {})).toEqual(['accounts', 'funds_confirmations']);
    expect(await scopesOf(tribe, { access: ['fundsConfirmation'] })).toEqual(['funds_confirmations']);
  });
});

describe('accounts', () => {
  it('come one per currency, with zeros in front of UK numbers whatever type they have', async () => {
    const { rows } = await tribe.accounts.listAccounts(grantedConsent(), context);
    expect(rows.map(({ reference, currency, identifiers }) => [reference, currency, identifiers[0]?.value])).toEqual([
      ['acc-eur-01', 'EUR', 'LT121000011101001000'],
      ['acc-usd-01', 'USD', 'LT121000011101001000'],
      ['acc-gbp-01', 'GBP', '04000400123456'],
    ]);
    const numbers = { resource_id: 'n', sort_code: 40004, account_number: 123456, currency: 'GBP' };
    tribe.hub.on(`GET ${base}/accounts`, { json: { accounts: [numbers] } });
    const { rows: again } = await tribe.accounts.listAccounts(grantedConsent(), context);
    expect(again[0]?.identifiers).toEqual([{ scheme: 'sortCodeAccountNumber', value: '04000400123456' }]);
  });

  it('are those that the app named, where it named some', async () => {
    const accounts = [{ scheme: 'sortCodeAccountNumber', value: '04000400123456' }] as const;
    const { continuation } = await tribe.accounts.createConsent(order({ accounts }), context);
    const { rows } = await tribe.accounts.listAccounts(grantedConsent({ continuation }), context);
    expect(rows.map(({ reference }) => reference)).toEqual(['acc-gbp-01']);
  });

  it('are read one by one', async () => {
    const one = { resourceId: 'acc-eur-01', iban: 'LT121000011101001000', currency: 'EUR', name: 'Savings' };
    tribe.hub.on(`GET ${base}/accounts/acc-eur-01`, { json: { account: one } });
    const read = (reference: string) => tribe.accounts.readAccount?.(grantedConsent(), account(reference), context);
    expect(await read('acc-eur-01')).toMatchObject({ reference: 'acc-eur-01', currency: 'EUR', name: 'Savings' });
    // Somebody else's account in the place of the one that was asked for is no answer.
    tribe.hub.on(`GET ${base}/accounts/acc-usd-01`, { json: { account: one } });
    expect((await failureOf(read('acc-usd-01') ?? Promise.resolve())).kind).toBe('malformed');
    tribe.hub.on(`GET ${base}/accounts/acc-eur-01`, { json: { account: { ...one, currency: 'euro' } } });
    expect((await failureOf(read('acc-eur-01') ?? Promise.resolve())).kind).toBe('malformed');
  });

  it('have unsigned balances with a side', async () => {
    tribe.hub.on(`GET ${base}/accounts/acc-eur-01/balances`, sample('balances'));
    const { rows } = await tribe.accounts.readBalances(grantedConsent(), account('acc-eur-01'), context);
    expect(rows.map(({ type, amount, creditDebit }) => [type, amount.minor, creditDebit])).toEqual([
      ['interimAvailable', 150_000n, 'credit'],
      ['openingBooked', 2_050n, 'debit'],
    ]);
  });

  it.each(['..', '.', ''])('are not asked for by a name that a URL would resolve: "%s"', async (reference) => {
    const facts = await failureOf(tribe.accounts.readBalances(grantedConsent(), account(reference), context));
    expect(facts.kind).toBe('not-found');
    expect(tribe.hub.seen).toEqual([]);
  });
});

describe('transactions', () => {
  const path = `${base}/accounts/acc-eur-01/transactions`;
  const read = (query: object = {}) =>
    tribe.accounts.readTransactions(grantedConsent(), account('acc-eur-01'), { status: 'both', ...query }, context);

  it('come page by page along the links, with days beside or inside the amount', async () => {
    tribe.hub.on(`GET ${path}`, sample('transactions-1'), sample('transactions-2'));
    const first = await read({ from: '2026-01-01' });
    expect(first.rows).toMatchObject([
      { reference: 't1', status: 'booked', direction: 'debit', bookedOn: '2026-02-18', counterparty: { name: 'Shop' } },
      {
        reference: 't2',
        direction: 'credit',
        counterparty: { account: { value: '04000400123456' } },
        remittance: { structured: 'RF18539007547034' },
      },
      { reference: undefined, status: 'pending', direction: 'debit', valueOn: '2026-02-20' },
    ]);
    const second = await read({ cursor: first.next ?? '' });
    expect(second).toMatchObject({
      next: null,
      rows: [{ reference: 't3', bookedOn: '2026-02-01', valueOn: '2026-02-02' }],
    });
    expect(tribe.asked()).toEqual([
      `GET ${path}?bookingStatus=both&dateFrom=2026-01-01`,
      `GET ${path}?bookingStatus=both&pageKey=ZDU0N2M0`,
    ]);
  });

  it('follow a link of another host or path only by its query', async () => {
    const links = { next: { href: 'https://evil.example/elsewhere?bookingStatus=both&pageKey=k' } };
    tribe.hub.on(`GET ${path}`, { json: { transactions: {}, _links: links } }, { json: { transactions: {} } });
    const { next } = await read();
    await read({ cursor: next ?? '' });
    expect(tribe.asked().at(-1)).toBe(`GET ${path}?bookingStatus=both&pageKey=k`);
  });

  it('that contradict themselves are reported, and the others kept', async () => {
    const row = { transactionAmount: { amount: '5.00', currency: 'EUR' } };
    const own = { iban: 'LT121000011101001000' };
    const booked = [
      { ...row, debtorAccount: own },
      { ...row, bookingDate: '2026-01-01', transactionAmount: { ...row.transactionAmount, bookingDate: '2026-01-02' } },
      { ...row, transactionId: 'a', transaction_id: 'a' },
    ];
    tribe.hub.on(`GET ${path}`, { json: { transactions: { booked } } });
    const { rows, unreadable } = await read();
    expect([rows.length, unreadable.length]).toEqual([1, 2]);
    const unsigned = tribe.with({ amountSigns: 'unsigned' });
    const again = await unsigned.accounts.readTransactions(
      grantedConsent(),
      account('acc-eur-01'),
      { status: 'both' },
      context,
    );
    expect(again.rows.map(({ direction }) => direction)).toEqual(['debit']);
  });

  it('with two spellings that differ do not decode', async () => {
    tribe.hub.on(`GET ${path}`, { json: { transactions: { booked: [{ bookingDate: '1', booking_date: '2' }] } } });
    expect((await failureOf(read())).kind).toBe('malformed');
  });
});

describe('a grant that ended', () => {
  it.each([
    ['revoked', 0],
    ['expired', 90 * 86_400],
  ] as const)('is learnt by a refused token: %s', async (state, seconds) => {
    tribe.hub.on(`GET ${base}/accounts`, sample('error-token', 401));
    tribe.elapse(seconds);
    const facts = await failureOf(tribe.accounts.listAccounts(grantedConsent(), context));
    expect(facts).toMatchObject({ kind: 'consent-invalid', consentState: state, upstream: { code: 'TOKEN_INVALID' } });
  });

  it('is not confused with our own identification', async () => {
    tribe.hub.on(`GET ${base}/accounts`, { status: 401, json: { code: 'WRONG_CREDENTIALS' } });
    expect((await failureOf(tribe.accounts.listAccounts(grantedConsent(), context))).kind).toBe('unauthorised');
  });

  it('is renewed once where there is a refresh token', async () => {
    tribe.hub.on(`GET ${base}/accounts`, sample('error-token', 401), sample('accounts'));
    tribe.hub.on('POST /oauth/token', { json: { access_token: 'bearer-2' } });
    const tokens = tokenStore({ ...bearer, refreshToken: 'r-1' });
    await tribe.accounts.listAccounts(grantedConsent({ tokens }), context);
    expect(tribe.hub.seen.at(-1)?.headers.authorization).toBe('Bearer bearer-2');
  });
});

describe('the daily limit', () => {
  const limits = (remaining: number) => ({
    'X-Rate-Limit-Limit': '4',
    'X-Rate-Limit-Remaining': String(remaining),
    'X-Rate-Limit-Reset': '3566',
  });

  it('is shown, obeyed without asking, and over when it says', async () => {
    tribe.hub.on(`GET ${base}/accounts`, sample('accounts', 200, limits(1)), sample('accounts', 200, limits(0)));
    const list = (tokens = bearer) =>
      tribe.accounts.listAccounts(grantedConsent({ tokens: tokenStore(tokens) }), context);
    await list();
    expect(tribe.provider.quotas?.()).toEqual([
      { operation: 'listAccounts', limit: 4, remaining: 1, resetsAt: new Date('2026-03-02T10:59:26Z') },
    ]);
    await list();
    const facts = await failureOf(list());
    expect(facts).toMatchObject({ kind: 'rate-limited', retryAfter: new Date('2026-03-02T10:59:26Z') });
    expect(tribe.hub.seen).toHaveLength(2);
    // Control: another PSU's token is not held back, nor is this one after the reset.
    await list({ accessToken: 'bearer-9' });
    tribe.elapse(3_567);
    await list();
    expect(tribe.hub.seen).toHaveLength(4);
  });

  it('tells from a refusal when to come back', async () => {
    tribe.hub.on(`GET ${base}/accounts`, sample('error-limit', 429, limits(0)));
    const facts = await failureOf(tribe.accounts.listAccounts(grantedConsent(), context));
    expect(facts).toMatchObject({ kind: 'rate-limited', retryAfter: new Date('2026-03-02T10:59:26Z') });
  });
});

describe('funds', () => {
  const question = {
    institutionReference: 'FIXTGB22',
    account: { identifier: { scheme: 'iban', value: 'LT121000011101001000' } },
    amount: { minor: 1000n, currency: 'EUR' },
  } as const;

  it('are asked about where the PSU granted it, and only there', async () => {
    tribe.hub.on(`POST ${base}/funds-confirmations`, sample('funds'));
    const consent = grantedConsent({ continuation: { scopes: ['funds_confirmations'] } });
    expect(await tribe.funds.confirm({ ...question, consent }, context)).toBe(true);
    expect(JSON.parse(tribe.hub.seen.at(-1)?.body ?? '')).toEqual({
      account: { iban: 'LT121000011101001000' },
      instructedAmount: { amount: '10.00', currency: 'EUR' },
    });
    const facts = await failureOf(tribe.funds.confirm({ ...question, consent: grantedConsent() }, context));
    expect(facts.kind).toBe('unsupported');
    expect(tribe.hub.seen).toHaveLength(1);
  });
});
