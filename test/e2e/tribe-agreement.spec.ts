import { randomUUID } from 'node:crypto';
import { alterationsOf } from '../altered.js';
import { examine, requiredBy } from '../tribe-agreement.js';
import { deviations, unsaid } from '../tribe-deviations.js';
import { unsaidMembers } from '../tribe-members.js';
import { operations } from '../tribe-operations.js';
import type { Account, Consent, Institution, Page, Payment } from './answers.js';
import { attended, expectStatus } from './api.js';
import { approveBulk, redirectOf } from './bank-visit.js';
import { CustomerBrowser, gbp, HeldBank, publicUrl, strangersIban } from './held-bank.js';
import { dayFromNow } from './orders.js';
import type { TribeHub } from './tribe-hub.js';
import { TribeWire } from './tribe-wire.js';
import { until } from './until.js';
import { startWorld, type World } from './world.js';

/*
 * Everything that crosses the wire between us and the simulated hub, in both roles and both directions, against the forms of Tribe's four
 * OpenAPI documents, and stricter: a member that they do not have is none that may be sent. The forms are a transcription of the documents,
 * `test/fixtures/wire/tribe/*.schema.json`: the documents themselves are read by no run.
 *
 * Controls. With every run: each member, header and status of a sample of everything is altered, and each alteration is found. Carried out
 * once, against a changed build: Accept-Language with direct payments at a bank, a further member of our page of transactions, the hub's
 * answers without X-Rate-Limit-Reset, a further member of its webhook about a payment and of its answer to an Action. All five were found,
 * and nothing else was.
 */

const bic = 'AGREGB22';
const clientId = 'agreement-tpp';
let world: World;
let wire: TribeWire;
let hub: TribeHub;
let bank: HeldBank;
let ours: string;
let anyBank: string;
beforeAll(async () => {
  world = await startWorld();
  wire = await TribeWire.open(world, 'agreement');
  ({ hub } = wire);
  await hub.settings({ accountTransaction: 'settled' });
  bank = await HeldBank.open(world, hub, bic, 'paymentsOnly', wire.webhooksAt);
  await bank.api.put('/v1/bank/accounts/anna-1', {
    psuId: 'anna',
    identifiers: [
      { scheme: 'iban', value: gbp.iban },
      { scheme: 'bban', value: 'NWBK60161331926819' },
      { scheme: 'sortCodeAccountNumber', value: gbp.sortCode + gbp.accountNumber },
    ],
    currency: 'GBP',
    name: 'Current account',
    schemes: ['FASTER_PAYMENTS', 'SWIFT'],
    balances: [{ type: 'interimAvailable', amount: { amount: '1500.00', currency: 'GBP' } }],
  });
  const settings = await hub.register(world.callbackUrl('tribe'), clientId);
  await hub.control('POST', '/tpps', { clientId, webhookUrl: `${wire.webhooksAt}/webhooks/tribe` });
  await world.connect('tribe', {
    tpp: { ...settings, fundsWithAccounts: true, bankChooser: { name: 'Bank of your choice', country: 'GB' } },
  });
  [ours, anyBank] = await Promise.all([institution('pocket'), institution('choice')]);
});
afterAll(async () => {
  await wire.close();
  await world.stop();
});

async function institution(query: string): Promise<string> {
  const { data } = await world.app.read<Page<Institution>>(`/v1/institutions?query=${query}`);
  return data[0]?.id ?? '';
}

async function askConsent(institutionId: string, psuId: string, more: object = {}): Promise<Consent> {
  const reply = await world.app.post<Consent>('/v1/consents', {
    institutionId,
    psu: { id: psuId },
    access: ['accounts', 'balances', 'transactions'],
    recurring: true,
    validUntil: dayFromNow(60),
    redirectUri: world.redirectUri,
    ...more,
  });
  return expectStatus(reply, 201, 'POST /v1/consents');
}

/** Everything that Tribe has a member for. */
const creditor = {
  name: 'Ann Lee',
  account: { iban: strangersIban },
  address: { streetName: 'High Street', buildingNumber: '1', townName: 'Leeds', postCode: 'LS1 1AA', country: 'GB' },
};
const remittance = { unstructured: 'INV-7', structured: 'RF18539007547034' };

const order = (more: object = {}) => ({
  institutionId: ours,
  psu: { id: 'anna' },
  amount: { amount: '25.50', currency: 'GBP' },
  creditor: { name: 'Ann Lee', account: { sortCode: '040004', accountNumber: '00123456' } },
  debtor: { name: 'Anna Hill', account: { iban: gbp.iban } },
  remittance: { unstructured: 'INV-7' },
  scheme: 'FASTER_PAYMENTS',
  redirectUri: world.redirectUri,
  ...more,
});

async function post(path: string, body: unknown): Promise<Payment> {
  const headers = { ...attended, 'PSU-Accept-Language': 'en-GB', 'Idempotency-Key': randomUUID() };
  return expectStatus(await world.app.post<Payment>(path, body, headers), 201, `POST ${path}`);
}

/** The bank reports a payment, and the TPP learns it by a webhook. */
async function settle(path: string, ...statuses: readonly string[]): Promise<void> {
  const { data } = await bank.api.read<Page<{ id: string }>>('/v1/bank/payments?limit=500');
  const id = data.at(-1)?.id ?? '';
  for (const status of statuses) {
    expectStatus(await bank.api.post(`/v1/bank/payments/${id}/status`, { status }), 200, status);
    await until(`the TPP learns ${status}`, async () => (await world.app.read<Payment>(path)).isoStatus === status);
  }
}

/** Reads all that a consent opens. */
async function readAll(consentId: string): Promise<readonly Account[]> {
  const { data } = await world.app.read<Page<Account>>(`/v1/accounts?consentId=${consentId}`, attended);
  for (const { id } of data) {
    const path = `/v1/accounts/${id}`;
    const days = `from=${dayFromNow(-30)}&to=${dayFromNow(0)}`;
    for (const each of ['', '/balances', '/transactions?status=both', `/transactions?status=booked&${days}`]) {
      await world.app.read(path + each, attended);
    }
  }
  return data;
}

describe('what is done', () => {
  it('a consent, and all that it opens, page by page', async () => {
    const transaction = (index: number) => ({
      reference: `t${index}`,
      status: index === 0 ? 'pending' : 'booked',
      ...(index > 0 && { bookedOn: '2026-11-18', valueOn: '2026-11-18' }),
      amount: { amount: '9.90', currency: 'GBP' },
      direction: index % 2 === 0 ? 'debit' : 'credit',
      counterparty: { name: 'Shop', account: { scheme: 'iban', value: strangersIban } },
      remittance: { unstructured: 'Tea', structured: 'RF18539007547034' },
    });
    const transactions = Array.from({ length: 120 }, (_, index) => transaction(index));
    const path = '/v1/bank/accounts/anna-1/transactions';
    expectStatus(await bank.api.post(path, { transactions }), 201, path);
    const consent = await askConsent(ours, 'anna', { combinedService: true });
    await new CustomerBrowser().decide(redirectOf(consent), 'anna', 'approve');
    expect(await readAll(consent.id)).toHaveLength(1);
    const question = {
      consentId: consent.id,
      account: { iban: gbp.iban },
      amount: { amount: '1.00', currency: 'GBP' },
    };
    const funds = await world.app.post<{ fundsAvailable: boolean }>('/v1/funds-confirmations', question, attended);
    expect(expectStatus(funds, 200, 'POST /v1/funds-confirmations').fundsAvailable).toBe(true);

    // In the session of that consent.
    const payment = await post('/v1/payments', order({ consentId: consent.id }));
    await new CustomerBrowser().decide(redirectOf(payment), 'anna', 'approve');
    await settle(`/v1/payments/${payment.id}`, 'ACSP', 'ACSC');
  });

  it('a consent that is refused, and one that is revoked', async () => {
    const refused = await askConsent(ours, 'anna');
    await new CustomerBrowser().decide(redirectOf(refused), 'anna', 'refuse');
    const consent = await askConsent(ours, 'anna');
    await new CustomerBrowser().decide(redirectOf(consent), 'anna', 'approve');
    await readAll(consent.id);
    const { data } = await bank.api.read<Page<{ id: string }>>('/v1/bank/tokens?limit=500');
    await bank.api.delete(`/v1/bank/tokens/${data.at(-1)?.id}`);
    await until('the hub knows', async () => {
      const { status } = await world.app.get(`/v1/accounts?consentId=${consent.id}`, {
        ...attended,
        'Cache-Control': 'no-cache',
      });
      return status === 403;
    });
  });

  it('a direct payment with everything that it can say', async () => {
    const agent = { name: 'Barclays', bic: 'BUKBGB22', country: 'GB' };
    const debtor = { name: 'Anna Hill', account: { sortCode: gbp.sortCode, accountNumber: gbp.accountNumber } };
    const more = { creditor: { ...creditor, agent }, remittance, debtor };
    const payment = await post('/v1/payments', order(more));
    await new CustomerBrowser().decide(redirectOf(payment), 'anna', 'approve');
    await settle(`/v1/payments/${payment.id}`, 'ACSC');
  });

  it('a direct payment that the customer refuses', async () => {
    const payment = await post('/v1/payments', order());
    await new CustomerBrowser().decide(redirectOf(payment), 'anna', 'refuse');
    await until('the TPP learns CANC', async () => {
      const { isoStatus } = await world.app.read<Payment>(`/v1/payments/${payment.id}`);
      return isoStatus === 'CANC';
    });
  });

  it('a direct payment whose customer chooses the bank', async () => {
    const [debtor, payee] = ['NWBK60161331926819', 'BUKB20201555555555'].map((bban) => ({
      name: 'Ann',
      account: { bban },
    }));
    const payment = await post('/v1/payments', order({ institutionId: anyBank, debtor, creditor: payee }));
    const browser = new CustomerBrowser();
    const login = await browser.send(await browser.open(redirectOf(payment)), { bank: bic });
    const page = await browser.send(login, { act: 'login', username: 'anna', code: '123456' });
    await browser.send(page, { act: 'approve', account: 'anna-1' });
    await settle(`/v1/payments/${payment.id}`, 'ACSC');
  });

  it('a bulk payment', async () => {
    const item = (amount: string) => ({ amount: { amount, currency: 'GBP' }, creditor, remittance });
    const bulk = await post('/v1/bulk-payments', {
      institutionId: ours,
      psu: { id: 'anna' },
      debtor: { name: 'Anna Hill', account: { iban: gbp.iban } },
      items: [item('10.10'), item('20.20')],
      controlSum: { amount: '30.30', currency: 'GBP' },
      scheme: 'FASTER_PAYMENTS',
      redirectUri: world.redirectUri,
    });
    const path = `/v1/bulk-payments/${bulk.id}`;
    await approveBulk(world.app, bulk, 'anna');
    await settle(path, 'ACSP', 'PART');
  });

  it('a payment that nobody confirms in time', async () => {
    const payment = await post('/v1/payments', order());
    await hub.advance(3_600);
    await until('we are told so', async () => {
      const { deliveries } = await hub.control<{ deliveries: { name: string; state: string }[] }>('GET', '/deliveries');
      return deliveries.some(
        ({ name, state }) => name === 'v2_payment_confirmation_link_expire' && state === 'delivered',
      );
    });
    expect(payment.isoStatus).toBe('RCVD');
  });

  it.each([
    ['Amber', 'jonas.euro'],
    ['Thistle', 'ruth.sterling'],
    ['Curonia', 'milda.grants'],
    ['Readers', 'ian.reader'],
  ])('what a customer has at another bank of the hub: %s', async (name, username) => {
    const consent = await askConsent(await institution(name), username);
    const back = await hub.browse(redirectOf(consent), username, 'confirm');
    await fetch(back, { redirect: 'manual' });
    expect((await readAll(consent.id)).length).toBeGreaterThan(0);
  });

  it('the directory, page by page', async () => {
    // All banks fit on a page of ours: two to a page are asked for here.
    const headers = { 'X-Client-ID': clientId };
    const page = await wire.answersOf(() => fetch(`${hub.address}/tpp/v2/banks?page=1&limit=2`, { headers }));
    expect(page.status).toBe(200);
  });

  it('the report of the day', async () => {
    const date = new Date().toISOString().slice(0, 10);
    expectStatus(await bank.api.post('/v1/bank/daily-performance', { date }), 202, 'POST /v1/bank/daily-performance');
    await until('the hub knows', async () => {
      const { performance } = await hub.control<{ performance: readonly unknown[] }>('GET', '/ledger');
      return performance.length > 0;
    });
  });
});

describe('what is refused', () => {
  const call = (path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}) =>
    fetch(`${hub.address}${path}`, {
      ...init,
      headers: { 'X-Request-Id': randomUUID(), 'X-Client-ID': clientId, ...init.headers },
    }).then(({ status }) => status);

  it('by the hub, to a TPP', async () => {
    await hub.settings({ signatureMode: 'off' });
    const consent = await askConsent(ours, 'anna', { access: ['accounts'] });
    await new CustomerBrowser().decide(redirectOf(consent), 'anna', 'approve');
    const { consents } = await hub.control<{ consents: { bearer: string }[] }>('GET', '/consents');
    const authorization = `Bearer ${consents.at(-1)?.bearer}`;
    const asJson = { 'content-type': 'application/json', 'tpp-redirect-uri': world.redirectUri };
    const empty = { method: 'POST', headers: asJson, body: '{}' };
    const token = { method: 'POST', body: new URLSearchParams({ grant_type: 'authorization_code', code: 'none' }) };
    const statuses = await wire.answersOf(async () => [
      await call('/tpp/v2/direct/payments', empty),
      await call('/tpp/v2/banks', { headers: { 'X-Client-ID': 'nobody' } }),
      await call('/tpp/v2/accounts/anna-1/balances', { headers: { authorization } }),
      await call('/tpp/v2/direct/payments/nobody'),
      await call('/tpp/v2/accounts', empty),
      await call('/tpp/v2/banks', { headers: { accept: 'text/html' } }),
      await call('/tpp/v2/direct/payments', { ...empty, headers: { ...asJson, 'content-type': 'text/plain' } }),
      await call('/oauth/token', token),
    ]);
    expect(statuses).toEqual([400, 401, 403, 404, 405, 406, 415, 401]);
    await hub.settings({ dailyLimit: 1 });
    const read = () => wire.answersOf(() => call('/tpp/v2/accounts', { headers: { authorization } }));
    expect([await read(), await read()]).toEqual([200, 429]);
    await hub.settings({ dailyLimit: 10_000, signatureMode: 'strict' });
    await hub.fault({ kind: 'error', httpStatus: 500, match: { operation: 'accounts.list' } });
    expect(await read()).toBe(500);
    await hub.mend();
  });

  it('by us as the bank, to the TPP behind the hub', async () => {
    const consent = await askConsent(ours, 'anna', { combinedService: true });
    await new CustomerBrowser().decide(redirectOf(consent), 'anna', 'approve');
    const much = order({ consentId: consent.id, amount: { amount: '99999.00', currency: 'GBP' } });
    const refused = await world.app.post<Payment>('/v1/payments', much, { 'Idempotency-Key': randomUUID() });
    expect(refused.body).toMatchObject({ status: 422 });
  });

  it('by us as the bank, to somebody who is not the hub or asks wrongly', async () => {
    const [{ accessToken } = { accessToken: '' }] = await bank.tokens();
    const ask = { name: 'v2_account', accessToken, body: { account_id: 'anna-1' } };
    const answers = await wire.answersOf(async () => [
      await bank.ask({ ...ask, spoil: 'noSignature' }),
      await bank.ask({ ...ask, spoil: 'wrongKey' }),
      await bank.ask({ ...ask, spoil: 'badRequestId' }),
      await bank.ask({ ...ask, spoil: 'noToken' }),
      await bank.ask({ ...ask, path: 'v2_payment_triple' }),
      await bank.ask({ ...ask, body: { account_id: 'nobody' } }),
      await bank.ask({ ...ask, body: {} }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([400, 401, 401, 401, 401, 404, 400]);
  });

  it('by the hub, to us as the bank', async () => {
    const query = { client_id: 'nobody', redirect_uri: 'https://x.example/', response_type: 'code', scope: 'accounts' };
    const authorize = `${publicUrl(world.stack.apiUrl)}/bank/tribe/${bank.connectionId}/authorize`;
    const page = await new CustomerBrowser().open(`${authorize}?${new URLSearchParams(query).toString()}`);
    const unproven = await wire.answersOf(() => call('/bank/v2/token/revoke', { method: 'POST', body: '{}' }));
    expect([page.status, unproven]).toEqual([400, 401]);
  });
});

describe('all of it', () => {
  it('is every operation of every plane, and the refusals too', () => {
    const findings = wire.findings();
    const done = new Set(findings.flatMap(({ operation, status }) => (status < 400 && operation ? [operation] : [])));
    const missing = operations.filter((operation) => !done.has(operation));
    expect(missing.map(({ plane, name }) => `${plane}: ${name}`)).toEqual([]);
    const refusals = new Set(findings.map(({ plane, status }) => `${plane} ${status}`));
    const wanted = {
      'TPP API': [400, 401, 403, 404, 405, 406, 415, 429, 500, 502],
      Actions: [400, 401],
      'bank webhooks': [400, 401, 404],
      OAuth: [401],
    };
    const unseen = Object.entries(wanted).flatMap(([plane, statuses]) =>
      statuses.map((status) => `${plane} ${status}`).filter((one) => !refusals.has(one)),
    );
    expect(unseen).toEqual([]);
  });

  it('says every member that the documents describe, but for those that nobody sends', () => {
    expect(unsaidMembers(wire.exchanges)).toEqual(Object.keys(unsaid));
  });

  it('agrees with the documents, but for what is explained', () => {
    expect(wire.departures()).toEqual([]);
    const seen = new Set(wire.findings().flatMap((finding) => finding.deviations));
    expect(deviations.filter((deviation) => !seen.has(deviation))).toEqual([]);
  });

  it('would not agree if anything in it were otherwise (control)', () => {
    const samples = new Map(
      wire.exchanges.flatMap((exchange) => {
        const found = examine(exchange);
        return found ? [[`${found.operation?.name ?? found.plane} ${found.status}`, { exchange, found }] as const] : [];
      }),
    );
    const altered = [...samples].flatMap(([name, { exchange, found }]) =>
      alterationsOf(exchange, {
        request: requiredBy(found.operation?.headers),
        answer: found.status < 400 ? requiredBy(found.operation?.answerHeaders) : [],
      })
        // What was refused was wrong already.
        .filter(({ side }) => side === 'answer' || found.status < 400)
        .map((alteration) => ({ ...alteration, name })),
    );
    const unnoticed = altered.filter(({ side, exchange }) => examine(exchange)?.[side].length === 0);
    expect(unnoticed.map(({ name, side, what }) => `${name}, ${side}: ${what}`)).toEqual([]);
    expect(altered.length).toBeGreaterThan(500);
  });
});
