import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { Account, Authorisation, Balance, Consent, Page, Payment, Problem, Transaction } from './answers.js';
import { attended, expectStatus } from './api.js';
import { untilFinal } from './follow.js';
import { MockBank, numberedStatuses } from './mockbank.js';
import { askConsent, consentRequest, pay, paymentOrder } from './orders.js';
import { authorise, mockBankPsu } from './psu.js';
import { startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

interface Variant {
  readonly name: string;
  readonly customer?: string;
  /** How this bank differs. */
  readonly profile?: Readonly<Record<string, unknown>>;
  /** What an operator sets for such a bank. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly steps?: readonly string[];
  /** What its PSUs enter besides the password. */
  readonly credentials?: Readonly<Record<string, string>>;
}

const embedded = ['credentials', 'selectMethod', 'challenge'];

/** Ways in which banks differ within the framework, or in spite of it. */
const variants: readonly Variant[] = [
  { name: 'implicit-start', profile: { start: 'implicit' }, settings: { explicitStart: false } },
  { name: 'implicit-redirect', customer: 'bruno.redirect', profile: { start: 'implicit' }, steps: ['redirect'] },
  { name: 'specific-start-links', profile: { startLink: 'specific' } },
  { name: 'one-link-for-updates', profile: { updateLink: 'single' } },
  { name: 'links-from-the-host', profile: { links: 'host' } },
  { name: 'links-from-the-base', profile: { links: 'base' }, settings: { linkBase: 'baseUrl' } },
  { name: 'strict-headers', profile: { headers: 'strict' }, settings: { requirePsuIpAddress: true } },
  { name: 'problem-bodies', profile: { errors: 'problem' } },
  { name: 'unsigned-amounts', profile: { amounts: 'unsigned' }, settings: { amountSigns: 'unsigned' } },
  { name: 'signs-not-set', profile: { amounts: 'signed' }, settings: {} },
  { name: 'reference-objects', profile: { structuredRemittance: 'object' } },
  { name: 'method-selected', profile: { singleMethod: 'select' }, steps: ['credentials', 'challenge'] },
  { name: 'password-at-start', settings: { passwordAtStart: true } },
  { name: 'stable-resource-ids', profile: { resourceIds: 'stable' } },
  { name: 'small-pages', profile: { pageSize: 3 } },
  {
    name: 'oauth-endpoint-with-query',
    customer: 'david.oauth',
    profile: { endpointQuery: true },
    steps: ['redirect'],
  },
  { name: 'oauth-without-refresh', customer: 'david.oauth', profile: { refreshTokens: false }, steps: ['redirect'] },
  {
    name: 'odd-oauth',
    customer: 'david.oauth',
    profile: { preset: 'odd-oauth' },
    settings: {
      profile: {
        oauth: { responseType: 'CODE', grantType: 'AUTHORISATION_CODE', pkce: false, tokenRequestIn: 'query' },
      },
    },
    steps: ['redirect'],
  },
  { name: 'text-hrefs', profile: { preset: 'text-hrefs' } },
  { name: 'odd-headers', profile: { preset: 'odd-headers' } },
  { name: 'number-amounts', profile: { preset: 'number-amounts' } },
  { name: 'short-amounts', profile: { preset: 'short-amounts' } },
  { name: 'no-authorisation-id', profile: { preset: 'no-authorisation-id' } },
  {
    name: 'number-statuses',
    profile: { preset: 'number-statuses' },
    settings: { profile: numberedStatuses },
  },
  {
    name: 'confirmation-codes',
    customer: 'bruno.redirect',
    profile: { preset: 'confirmation-codes' },
    steps: ['redirect'],
  },
  { name: 'poor-transactions', profile: { preset: 'poor-transactions', badRow: false } },
  { name: 'download-links', profile: { preset: 'download' } },
  {
    name: 'strict-berlin-group',
    profile: { preset: 'strict-berlin-group' },
    settings: { structuredRemittance: 'object' },
  },
  { name: 'missing-lists', profile: { emptyLists: 'missing', pendingDates: 'given' } },
  {
    name: 'xml-status-of-transfers',
    profile: { painStatus: 'transactions', waitingStatus: 'PDNG' },
    settings: { paymentProducts: ['pain.001-sepa-credit-transfers'] },
  },
  {
    name: 'own-ways',
    profile: { preset: 'own-ways' },
    settings: {
      profile: {
        answerMembers: { authMethodId: 'authenticationMethodId' },
        requestMembers: { authenticationMethodId: 'authMethodId' },
        ignoredLinks: ['status'],
        credentialFields: [{ name: 'branchCode', label: 'Branch', secret: false }],
        requiredPsuHeaders: ['PSU-IP-Address', 'PSU-User-Agent'],
      },
    },
    credentials: { branchCode: '4711' },
  },
];

async function openBank({ name, customer = 'anna.embedded', profile = {}, settings = {}, credentials }: Variant) {
  const bank = new MockBank(world.stack.sandboxUrl, name);
  await bank.profile({ acspAfterSeconds: 0, acscAfterSeconds: 0, ...profile });
  const oauth = await bank.registerOauth(world.callbackUrl('xs2a'));
  const connection = await world.connect('xs2a', bank.settings({ scaPreference: 'embedded', oauth, ...settings }));
  const psu = await mockBankPsu(bank, customer);
  return { bank, connection, psu: { ...psu, credentials: { ...psu.credentials, ...credentials } } };
}

/** The PSU is there, with a browser. */
const withBrowser = { ...attended, 'PSU-User-Agent': 'Mozilla/5.0 (spec)' } as const;

describe('the main job at a bank', () => {
  it.each(variants)('with $name', async (variant) => {
    const { bank, connection, psu } = await openBank(variant);
    const { app } = world;
    const { steps = embedded } = variant;

    const asked = await app.post<Consent>('/v1/consents', consentRequest(world, connection, psu), withBrowser);
    const { id: consentId, authorisationId } = expectStatus(asked, 201, 'POST /v1/consents');
    expect((await authorise(app, psu, authorisationId)).steps).toEqual(steps);
    expect(await app.read<Consent>(`/v1/consents/${consentId}`)).toMatchObject({ status: 'authorised' });

    const { data: accounts } = await app.read<Page<Account>>(`/v1/accounts?consentId=${consentId}`, attended);
    const account = accounts.find(({ identifiers }) => identifiers.some(({ value }) => value === psu.iban));
    const path = `/v1/accounts/${account?.id}`;
    expect((await app.read<Page<Balance>>(`${path}/balances`, attended)).data.length).toBeGreaterThan(0);
    const entries = await app.read<Page<Transaction> & { unreadable?: unknown }>(`${path}/transactions`, attended);
    expect(entries.unreadable).toBeUndefined();
    // Salary comes in, everything else goes out, however the bank writes it.
    for (const { direction, remittance } of entries.data) {
      expect(direction).toBe(remittance?.unstructured?.includes('Gehalt') ? 'credit' : 'debit');
    }

    const order = paymentOrder(world, connection, psu, '71.00');
    const headers = { ...withBrowser, 'Idempotency-Key': variant.name };
    const payment = expectStatus(await app.post<Payment>('/v1/payments', order, headers), 201, 'POST /v1/payments');
    expect((await authorise(app, psu, payment.authorisationId ?? '')).steps).toEqual(steps);
    expect(await untilFinal(app, payment.id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
    expect((await bank.ledger()).counts).toMatchObject({ initiations: 1, executed: 1 });
  });

  it('that wants to know the browser: nothing is sent without it', async () => {
    const { connection, psu, bank } = await openBank({
      name: 'own-browser',
      profile: { userAgentRequired: true },
      settings: { profile: { requiredPsuHeaders: ['PSU-User-Agent'] } },
    });
    const order = paymentOrder(world, connection, psu, '70.00');
    const refused = await world.app.post<Problem>('/v1/payments', order, { ...attended, 'Idempotency-Key': 'browser' });
    expect([refused.status, refused.body.detail]).toEqual([422, expect.stringContaining('PSU-User-Agent')]);
    expect((await bank.ledger()).counts.initiations).toBe(0);
  });

  it('that wants a token before anything else (OAuth pre-step), then a code', async () => {
    const name = 'pre-step';
    const { baseUrl } = new MockBank(world.stack.sandboxUrl, name);
    const endpoints = { authorizeUrl: `${baseUrl}/oauth/authorize`, tokenUrl: `${baseUrl}/oauth/token` };
    const oauth = { clientId: 'spec-tpp', clientSecret: 'spec-tpp-secret', mode: 'pre-step', ...endpoints };
    const { connection, psu, bank } = await openBank({ name, customer: 'emma.prestep', settings: { oauth } });
    const { app } = world;

    // The login comes first; what is asked for is made at the bank after it, with an SCA of its own.
    const consent = await askConsent(app, consentRequest(world, connection, psu));
    expect((await authorise(app, psu, consent.authorisationId)).steps).toEqual(['redirect']);
    const made = await app.read<Consent>(`/v1/consents/${consent.id}`);
    expect(made).toMatchObject({ status: 'awaitingAuthorisation', nextStep: { type: 'selectMethod' } });
    expect((await authorise(app, psu, made.authorisationId)).steps).toEqual(['selectMethod', 'challenge']);
    const { data } = await app.read<Page<Account>>(`/v1/accounts?consentId=${consent.id}`, attended);
    expect(data.length).toBeGreaterThan(0);

    const payment = await pay(app, paymentOrder(world, connection, psu, '72.00'));
    expect(payment).toMatchObject({ status: 'awaitingAuthorisation', isoStatus: null, reference: null });
    expect((await bank.ledger()).counts.initiations).toBe(0);
    const { steps, returned } = await authorise(app, psu, payment.authorisationId ?? '');
    expect([steps, returned?.searchParams.get('status')]).toEqual([['redirect'], 'awaitingAuthorisation']);
    const sent = await app.read<Payment>(`/v1/payments/${payment.id}`);
    expect(sent).toMatchObject({ isoStatus: 'RCVD', nextStep: { type: 'selectMethod' } });
    expect((await authorise(app, psu, sent.authorisationId ?? '')).steps).toEqual(['selectMethod', 'challenge']);
    expect(await untilFinal(app, payment.id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
    expect((await bank.ledger()).counts).toMatchObject({ initiations: 1, executed: 1 });
  });

  it.each(['encrypted', 'additional', 'additionalEncrypted'])('that wants passwords so: %s', async (passwords) => {
    const name = `passwords-${passwords.toLowerCase()}`;
    const atBank = new MockBank(world.stack.sandboxUrl, name);
    const { key } = await atBank.control<{ key: JsonWebKey }>('GET', '/password-key');
    const publicKeyPem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const settings = passwords === 'additional' ? {} : { passwordEncryption: { publicKeyPem } };
    const { bank, connection, psu } = await openBank({ name, profile: { passwords }, settings });
    const { additionalPassword } = await bank.customer(psu.id);
    const credentials = { ...psu.credentials, ...(passwords !== 'encrypted' && { additionalPassword }) };
    const payment = await pay(world.app, paymentOrder(world, connection, psu, '75.00'));
    const { steps } = await authorise(world.app, { ...psu, credentials }, payment.authorisationId ?? '');
    expect(steps.filter((step) => step !== 'credentials')).toEqual(['selectMethod', 'challenge']);
    expect(await untilFinal(world.app, payment.id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
  });

  it('where the PSU chooses the method in the app: embedded becomes decoupled', async () => {
    const { bank, connection, psu } = await openBank({ name: 'method-in-the-app', customer: 'felix.methods' });
    const { app } = world;
    const chooser = {
      ...psu,
      choose: (methods: readonly { id: string; decoupled: boolean }[]) =>
        methods.find(({ decoupled }) => decoupled)?.id ?? '',
    };
    const consent = await askConsent(app, consentRequest(world, connection, psu));
    const { steps, authorisation } = await authorise(app, chooser, consent.authorisationId);
    expect([steps, authorisation.approach]).toEqual([['credentials', 'selectMethod', 'wait'], 'decoupled']);
    expect(await app.read<Consent>(`/v1/consents/${consent.id}`)).toMatchObject({ status: 'authorised' });
    expect((await bank.ledger()).counts.consents).toBe(1);
  });

  it('whose customer has no SCA method: refused with the word of the bank', async () => {
    const { connection, psu } = await openBank({ name: 'no-method', customer: 'ida.nomethod' });
    const consent = await askConsent(world.app, consentRequest(world, connection, psu));
    const path = `/v1/authorisations/${consent.authorisationId}/steps`;
    const answer = await world.app.post<Authorisation>(path, { credentials: psu.credentials });
    expect(answer.body).toMatchObject({ scaStatus: 'failed', nextStep: null });
  });

  it('the worker notices a decision in the app while nobody asks', async () => {
    const { connection, psu } = await openBank({ name: 'unasked', customer: 'clara.decoupled' });
    const { app } = world;
    const payment = await pay(app, paymentOrder(world, connection, psu, '73.00'));
    expect(payment.nextStep?.type).toBe('wait');
    await psu.decide('confirm');
    expect(await untilFinal(app, payment.id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
  });

  it('the worker notices a PSU who confirmed at the bank and never came back', async () => {
    const { connection, psu } = await openBank({ name: 'lost-browser', customer: 'bruno.redirect' });
    const { app } = world;
    const payment = await pay(app, paymentOrder(world, connection, psu, '74.00'));
    if (payment.nextStep?.type !== 'redirect') throw new Error('no redirect');
    await psu.browse(payment.nextStep.url, 'confirm');
    expect(await untilFinal(app, payment.id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
  });
});
