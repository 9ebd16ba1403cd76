import { generateKeyPairSync } from 'node:crypto';
import type { Account, Authorisation, Consent, Institution, Page, Payment, Problem } from './answers.js';
import { attended, expectStatus } from './api.js';
import { appliedCodes, readPayment, readTimeline, untilFinal, untilStatus } from './follow.js';
import { askConsent, consentRequest, dayFromNow, pay, paymentOrder, postPayment } from './orders.js';
import { authorise, comeBack, type Psu } from './psu.js';
import { type HubMember, TokenHub } from './token-hub.js';
import { until } from './until.js';
import { type Connection, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

interface Opened {
  readonly hub: TokenHub;
  readonly member: HubMember;
  readonly connection: Connection;
  readonly psu: Psu;
}

interface Wish {
  readonly bankId?: string;
  readonly member?: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly username?: string;
  /** Further banks of the connection. */
  readonly also?: readonly string[];
}

/** A hub of its own with a member of ours, and a connection to one bank there. */
async function open(
  name: string,
  { bankId = 'mock-one-step', member: agreed, settings, username, also = [] }: Wish = {},
): Promise<Opened> {
  const hub = new TokenHub(world.stack.sandboxUrl, name);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const member = await hub.member(publicKey.export({ type: 'spki', format: 'pem' }).toString(), agreed);
  await hub.control('PUT', '/profile', { verificationSeconds: 0, executionSeconds: 0, settlementSeconds: 0 });
  const ids = [bankId, ...also];
  // Without a BIC the banks of each hub are institutions of their own.
  for (const id of ids) await hub.control('PUT', `/banks/${id}`, { bic: null });
  const connection = await world.connect('token-io', {
    baseUrl: hub.baseUrl,
    memberId: member.memberId,
    key: { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    webhookPublicKey: member.webhookPublicKey,
    banks: { ids },
    ...settings,
  });
  const customer = await hub.customer(username ?? 'bruno.saver', bankId);
  const psu: Psu = {
    id: customer.username,
    iban: customer.accounts?.[0]?.iban ?? '',
    credentials: { username: customer.username, pin: customer.password },
    code: customer.code,
    choose: (methods) => methods[0]?.id ?? '',
    browse: (url, decision) => hub.browse(url, customer, decision),
    decide: (decision) => hub.decide(customer, decision),
  };
  return { hub, member, connection, psu };
}

const order = (opened: Opened, amount = '12.34', more: Readonly<Record<string, unknown>> = {}) =>
  paymentOrder(world, opened.connection, opened.psu, amount, more);

async function paid(opened: Opened, amount?: string, more?: Readonly<Record<string, unknown>>): Promise<Payment> {
  const { id, authorisationId } = await pay(world.app, order(opened, amount, more));
  await authorise(world.app, opened.psu, authorisationId ?? '');
  return readPayment(world.app, id);
}

const executed = async (hub: TokenHub): Promise<number> =>
  (await hub.control<{ counts: { executed: number } }>('GET', '/ledger')).counts.executed;

describe('payments', () => {
  it('are redeemed by us where the member does it itself (v2, two steps)', async () => {
    const opened = await open('redeem', {
      bankId: 'mock-redirect',
      member: { autoRedeem: false },
      settings: { redemption: 'tpp' },
    });
    const { id } = await paid(opened);
    expect(await untilFinal(world.app, id)).toMatchObject({ isoStatus: 'ACSC' });
    expect(await executed(opened.hub)).toBe(1);
  });

  it.each([
    ['token', { autoRedeem: true }, {}],
    ['tpp', { autoRedeem: false }, { redemption: 'tpp' }],
  ])('go by v1 as well: request, authorisation, token, transfer (redeemed by %s)', async (who, member, settings) => {
    const opened = await open(`v1-${who}`, {
      bankId: 'mock-redirect',
      member,
      settings: { paymentsVersion: 'v1', ...settings },
    });
    const { id, reference } = await paid(opened);
    expect(reference).toMatch(/^rq:/);
    expect(await untilFinal(world.app, id)).toMatchObject({ isoStatus: 'ACSC' });
    expect(await executed(opened.hub)).toBe(1);
  });

  it('are redeemed once, however many ask at once, at a hub where each redemption pays', async () => {
    const opened = await open('v1-at-once', {
      bankId: 'mock-redirect',
      member: { autoRedeem: false, tokensPayAgain: true },
      settings: { paymentsVersion: 'v1', redemption: 'tpp' },
    });
    const { id, authorisationId } = await pay(world.app, order(opened));
    // Until the first redemption is answered, whoever looks finds a token without a transfer.
    const slow = { kind: 'delay', ms: 500, match: { operation: 'transfers.create' } };
    await opened.hub.control('POST', '/faults', slow);
    const { nextStep } = await world.app.read<Authorisation>(`/v1/authorisations/${authorisationId}`);
    if (nextStep?.type !== 'redirect') throw new Error('the PSU is sent to the bank');
    const back = await opened.psu.browse(nextStep.url, 'confirm');
    const reads = Array.from({ length: 6 }, () => world.app.read<Payment>(`/v1/payments/${id}`, attended));
    await Promise.all([comeBack(back), ...reads]);
    expect(await untilFinal(world.app, id)).toMatchObject({ isoStatus: 'ACSC' });
    expect(await executed(opened.hub)).toBe(1);
  });

  it('go by v1 with the credential flow', async () => {
    const opened = await open('v1-embedded', { bankId: 'mock-embedded', settings: { paymentsVersion: 'v1' } });
    const { id, authorisationId } = await pay(world.app, order(opened));
    const { steps } = await authorise(world.app, opened.psu, authorisationId ?? '');
    expect(steps).toEqual(['credentials', 'selectMethod', 'challenge']);
    expect(await untilFinal(world.app, id)).toMatchObject({ isoStatus: 'ACSC' });
  });

  it('end for a PSU whose bank returns to us: we hand on what it brought', async () => {
    const opened = await open('callback-tpp', { member: { callbackOwner: 'tpp' }, settings: { callbackOwner: 'tpp' } });
    const { id } = await paid(opened);
    expect(await untilFinal(world.app, id)).toMatchObject({ isoStatus: 'ACSC' });
    const consent = await askConsent(world.app, consentRequest(world, opened.connection, opened.psu));
    await authorise(world.app, opened.psu, consent.authorisationId);
    expect(await world.app.read<Consent>(`/v1/consents/${consent.id}`)).toMatchObject({ status: 'authorised' });
  });

  it('are looked up by our reference after a lost answer, and never sent again', async () => {
    const opened = await open('lost', { settings: { assumptions: { lookUpQuietSeconds: 30 } } });
    await opened.hub.control('POST', '/faults', {
      kind: 'reset',
      when: 'after',
      match: { operation: 'payments.initiate' },
      count: 1,
    });
    const { status, body } = await postPayment(world.app, order(opened));
    expect([status, body.status]).toEqual([202, 'unknown']);
    await world.query(`UPDATE payments SET sent_at = sent_at - interval '60 seconds' WHERE id = $1`, [body.id]);
    await world.elapse(120);
    const found = await untilStatus(world.app, body.id, 'awaitingAuthorisation');
    const { authorisation } = await until('the SCA is there', async () => {
      const now = await world.app.read<{ nextStep: unknown }>(`/v1/authorisations/${found.authorisationId}`);
      return now.nextStep !== null && { authorisation: now };
    });
    expect(authorisation.nextStep).toMatchObject({ type: 'redirect' });
    await authorise(world.app, opened.psu, found.authorisationId ?? '');
    expect(await untilFinal(world.app, body.id)).toMatchObject({ isoStatus: 'ACSC' });
    const { counts } = await opened.hub.control<{ counts: { payments: number } }>('GET', '/ledger');
    expect(counts.payments).toBe(1);
  });

  it('that Token.io gave up are unknown, until it says more', async () => {
    const opened = await open('given-up');
    const { id, reference } = await pay(world.app, order(opened));
    await opened.hub.control('POST', `/payments/${reference}`, { status: 'INITIATION_NO_FINAL_STATUS_AVAILABLE' });
    const lost = await world.app.read<Payment>(`/v1/payments/${id}`, attended);
    expect(lost).toMatchObject({ status: 'unknown', isoStatus: expect.stringMatching(/RCVD|PDNG/), final: false });
    await opened.hub.control('POST', `/payments/${reference}`, { status: 'INITIATION_COMPLETED', bankStatus: 'ACSC' });
    expect(await world.app.read<Payment>(`/v1/payments/${id}`, attended)).toMatchObject({ status: 'settled' });
  });

  it('show every code that moved them, also where Token.io repeats its word', async () => {
    const opened = await open('same-word');
    const { id, reference } = await pay(world.app, order(opened));
    for (const bankStatus of ['ACSP', 'ACSC']) {
      await opened.hub.control('POST', `/payments/${reference}`, { status: 'INITIATION_COMPLETED', bankStatus });
      await until(`${bankStatus} was polled`, async () => {
        await world.elapse(3600);
        return (await readPayment(world.app, id)).isoStatus === bankStatus;
      });
    }
    expect(await appliedCodes(world.app, id)).toEqual(['RCVD', 'ACSP', 'ACSC']);
  });

  it.each([
    ['FASTER_PAYMENTS', 'mock-redirect', 'GBP', { sortCode: '040004', accountNumber: '00123456' }],
    ['SEPA_INSTANT', 'mock-redirect', 'EUR', { iban: 'DE89370400440532013000' }],
    ['ELIXIR', 'mbank', 'PLN', { iban: 'PL61109010140000071219812874' }],
    ['DOMESTIC', 'mock-nordic', 'SEK', { iban: 'SE4550000000058398257466' }],
    ['DOMESTIC_INSTANT', 'mock-nordic', 'SEK', { iban: 'SE4550000000058398257466' }],
    ['BANKGIRO', 'mock-nordic', 'SEK', { bankgiro: '9912346' }],
    ['PLUSGIRO', 'mock-nordic', 'SEK', { plusgiro: '4789018' }],
  ])('go over %s', async (scheme, bankId, currency, account) => {
    const opened = await open(`rail-${scheme.toLowerCase().replaceAll('_', '-')}`, { bankId });
    const customer = await opened.hub.customer('bruno.saver', bankId);
    const own = customer.accounts?.find((one) => one.currency === currency);
    const { id } = await paid(opened, '12.34', {
      scheme,
      amount: { amount: '12.34', currency },
      creditor: { name: 'Nordwind Books', account },
      debtor: scheme === 'ELIXIR' ? { name: 'Anna Schmidt', account: { iban: own?.iban } } : undefined,
    });
    expect(await untilFinal(world.app, id)).toMatchObject({ isoStatus: 'ACSC' });
  });

  it('leave the rail to Token.io where the connection says so, and the app names none', async () => {
    const opened = await open('auto-select', {
      bankId: 'mock-redirect',
      settings: { assumptions: { instrumentWithoutScheme: 'AUTO_SELECT' } },
    });
    const { id } = await paid(opened, '12.34', { scheme: undefined });
    expect(await untilFinal(world.app, id)).toMatchObject({ isoStatus: 'ACSC' });
    expect(await executed(opened.hub)).toBe(1);
  });

  it('are paid into an account at Token.io where the order names its number', async () => {
    const iban = 'DE89370400440532013000';
    const opened = await open('settlement', {
      settings: { settlementAccounts: [{ id: 'pa:2tv9sJzeftSWRXSRvPN4SA1sL5e6:2gFUX1NDbiv', iban }] },
    });
    const { id } = await paid(opened, '12.34', { creditor: { name: 'Our shop', account: { iban } } });
    const payment = await until('the bank has paid it', async () => {
      const now = await readPayment(world.app, id);
      return now.isoStatus === 'ACSC' || now.isoStatus === 'ACCC' ? now : undefined;
    });
    expect(payment.status).toBe('settled');
    expect(await executed(opened.hub)).toBe(1);
  });

  it('show Token.io’s own pages where those are agreed', async () => {
    const opened = await open('hosted', { settings: { flow: 'FULL_HOSTED_PAGES' } });
    const { nextStep, upstreamStatus } = await pay(world.app, order(opened));
    expect([nextStep?.type, upstreamStatus]).toEqual(['redirect', 'INITIATION_PENDING_REDIRECT_HP']);
  });
});

describe('keys and webhooks of a connection', () => {
  it('begin with Basic, and go on with a key that we made and enrolled', async () => {
    const hub = new TokenHub(world.stack.sandboxUrl, 'keys');
    const { memberId, basic, webhookPublicKey } = await hub.member();
    await hub.control('PUT', '/banks/mock-one-step', { bic: null });
    const secret = Buffer.from(basic.replace('Basic ', ''), 'base64').toString().split(':')[1] ?? basic.split(':')[1];
    const connection = await world.connect('token-io', {
      baseUrl: hub.baseUrl,
      memberId,
      basicSecret: secret,
      webhookPublicKey,
      banks: { ids: ['mock-one-step'] },
    });
    const path = `/v1/connections/${connection.id}`;
    for (const algorithm of ['RS256', 'ECDSA_SHA256', 'ED25519']) {
      const made = await world.admin.post<{ reference: string; inUse: boolean }>(`${path}/keys`, { algorithm });
      const key = expectStatus(made, 201, `a key of ${algorithm}`);
      expect(JSON.stringify(key)).not.toContain('PRIVATE');
      await hub.control('PUT', '/profile', { basic: false });
      const { data } = await world.admin.read<{ data: { reference: string; inUse: boolean }[] }>(`${path}/keys`);
      expect(data.find((one) => one.inUse)?.reference).toBe(key.reference);
      const used = await world.admin.delete<Problem>(`${path}/keys/${key.reference}`);
      expect([used.status, used.body.code]).toEqual([409, 'conflict']);
    }
    const { data } = await world.admin.read<{ data: { reference: string; inUse: boolean }[] }>(`${path}/keys`);
    for (const { reference } of data.filter((one) => !one.inUse)) {
      expect((await world.admin.delete(`${path}/keys/${reference}`)).status).toBe(204);
    }
    expect(JSON.stringify(await world.admin.read(path))).not.toContain('BEGIN');
    const other = await world.admin.post<Problem>(`${path}/keys`, { algorithm: 'HS256' });
    expect([other.status, other.body.errors?.[0]?.pointer]).toEqual([400, '/algorithm']);
  });

  it('are put, read and removed; what they bring twice, late and out of order ends the same', async () => {
    const opened = await open('hooks');
    const { hub, connection } = opened;
    const path = `/v1/connections/${connection.id}/webhook`;
    expect((await world.admin.get(path)).status).toBe(404);
    const put = await world.admin.put<{ url: string; events: string[] }>(path, {});
    const { url } = expectStatus(put, 200, `PUT ${path}`);
    expect(url).toContain(`/webhooks/token-io/${connection.id}`);
    expect(await world.admin.read(path)).toEqual(put.body);
    const wrong = await world.admin.put<Problem>(path, { events: ['EVERYTHING'] });
    expect([wrong.status, wrong.body.errors?.[0]?.pointer]).toEqual([400, '/events/0']);
    await hub.control('PUT', '/webhooks', { hold: true, copies: 3, shuffle: true });
    const { id } = await paid(opened);
    await untilFinal(world.app, id);
    await hub.control('PUT', '/webhooks', { hold: false });
    await hub.control('POST', '/webhooks/release');
    await until('the webhooks were heard', async () => {
      const heard = (await readTimeline(world.app, id)).filter(({ source }) => source === 'webhook');
      return heard.length > 0 && heard;
    });
    expect(await readPayment(world.app, id)).toMatchObject({ isoStatus: 'ACSC' });
    expect((await readTimeline(world.app, id)).every(({ why }) => why !== 'final-contradicted')).toBe(true);
    expect((await world.admin.delete(path)).status).toBe(204);
    expect((await world.admin.get(path)).status).toBe(404);
  });
});

describe('many banks behind one connection', () => {
  it('are institutions each, with what they can do, want and do not do now', async () => {
    const opened = await open('many', { settings: { banks: {} } });
    const { hub, connection } = opened;
    const routes = async () => {
      const { data } = await world.app.read<Page<Institution>>('/v1/institutions?provider=token-io&limit=500');
      return new Map(
        data.flatMap(({ name, routes: all }) =>
          all.filter((route) => route.connectionId === connection.id).map((route) => [name, route] as const),
        ),
      );
    };
    const before = await routes();
    expect(before.size).toBeGreaterThanOrEqual(9);
    expect(before.get('Mock Bank (accounts only)')?.capabilities).not.toContain('payments');
    expect(before.get('Mock Bank (accounts only)')?.capabilities).toContain('accounts');
    expect(before.get('mBank')?.paymentSchemes).toEqual(['ELIXIR']);
    expect(before.get('mBank')).toMatchObject({ requiredFields: [{ capability: 'payments', fields: ['debtor'] }] });
    await world.admin.put(`/v1/connections/${connection.id}/webhook`, {});
    const from = new Date(Date.now() - 60_000).toISOString();
    await hub.control('PUT', '/banks/mbank', {
      maintenance: [{ startTime: from, endTime: dayFromNow(1), type: 'DOWNTIME_EXPECTED', productType: 'AIS' }],
    });
    // The list may be read again at most every few seconds: it was just read.
    await world.query(`UPDATE connections SET banks_listed_at = banks_listed_at - interval '1 minute'`);
    await hub.control('PUT', '/banks/mbank', { pis: 'DOWN' });
    const after = await until('the outage is known', async () => {
      const now = (await routes()).get('mBank');
      return now?.services?.payments === 'unavailable' && now;
    });
    expect(after).toMatchObject({
      status: 'degraded',
      services: { accounts: 'degraded', payments: 'unavailable' },
      maintenance: [{ impact: 'possible', service: 'accounts' }],
    });
  });

  it('have accounts of their own under consents of their own', async () => {
    const opened = await open('two-banks', { also: ['mock-nordic'] });
    const { data } = await world.app.read<Page<Institution>>('/v1/institutions?provider=token-io&limit=500');
    const seen = new Map<string, readonly string[]>();
    for (const institution of data) {
      if (!institution.routes.some((route) => route.connectionId === opened.connection.id)) continue;
      const at = { ...opened.connection, institutionId: institution.id };
      const { id, authorisationId } = await askConsent(world.app, consentRequest(world, at, opened.psu));
      await authorise(world.app, opened.psu, authorisationId);
      const accounts = await world.app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended);
      seen.set(institution.name, [...new Set(accounts.data.map(({ currency }) => currency))]);
    }
    expect(Object.fromEntries(seen)).toEqual({ 'Mock Bank (one step)': ['EUR'], 'Mock Nordic Bank': ['SEK'] });
  });

  it('are listed by Banks v1 where the connection says so, and are used alike', async () => {
    const opened = await open('banks-v1', { settings: { banks: { version: 'v1', ids: ['mock-one-step'] } } });
    const institution = await world.app.read<Institution>(`/v1/institutions/${opened.connection.institutionId}`);
    expect(institution.name).toBe('Mock Bank (one step)');
    const route = institution.routes.find(({ connectionId }) => connectionId === opened.connection.id);
    expect(route?.capabilities).toEqual(expect.arrayContaining(['accounts', 'payments']));
    const { id, authorisationId } = await askConsent(world.app, consentRequest(world, opened.connection, opened.psu));
    await authorise(world.app, opened.psu, authorisationId);
    expect((await world.app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended)).data).not.toEqual([]);
    const payment = await paid(opened);
    expect(await untilFinal(world.app, payment.id)).toMatchObject({ isoStatus: 'ACSC' });
    expect(await executed(opened.hub)).toBe(1);
  });
});
