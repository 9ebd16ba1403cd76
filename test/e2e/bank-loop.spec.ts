import { randomUUID } from 'node:crypto';
import type { Account, Consent, Institution, Page, Payment } from './answers.js';
import { attended, expectStatus } from './api.js';
import { approveBulk, redirectOf } from './bank-visit.js';
import { readTimeline } from './follow.js';
import { CustomerBrowser, gbp, HeldBank, strangersIban } from './held-bank.js';
import type { TribeHub } from './tribe-hub.js';
import { TribeWire } from './tribe-wire.js';
import { until } from './until.js';
import { startWorld, type World } from './world.js';

// The loop through our own product: our TPP adapter -> simulated hub -> our bank desk -> the answer back. An app of ours
// is the TPP, another one is the bank; they know nothing of each other.

let world: World;
let wire: TribeWire;
let hub: TribeHub;
let bank: HeldBank;
let institutionId: string;
beforeAll(async () => {
  world = await startWorld();
  wire = await TribeWire.open(world, 'loop');
  ({ hub } = wire);
  bank = await HeldBank.open(world, hub, 'LOOPGB22', 'paymentsOnly', wire.webhooksAt);
  await bank.putAccount('anna-1', { psuId: 'anna', iban: gbp.iban });
  await bank.api.post('/v1/bank/accounts/anna-1/transactions', {
    transactions: [
      {
        reference: 't1',
        status: 'booked',
        bookedOn: '2026-11-18',
        valueOn: '2026-11-18',
        amount: { amount: '9.90', currency: 'GBP' },
        direction: 'debit',
        counterparty: { name: 'Shop' },
        remittance: { unstructured: 'Tea' },
      },
    ],
  });
  await world.connect('tribe', { tpp: await hub.register(world.callbackUrl('tribe')) });
  const { data } = await world.app.read<Page<Institution & { name: string }>>('/v1/institutions?query=pocket');
  institutionId = data[0]?.id ?? '';
});
afterAll(async () => {
  await wire.close();
  await world.stop();
});

async function link(): Promise<Consent> {
  const consent = expectStatus(
    await world.app.post<Consent>('/v1/consents', {
      institutionId,
      psu: { id: 'anna' },
      access: ['accounts', 'balances', 'transactions'],
      recurring: true,
      validUntil: new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10),
      redirectUri: world.redirectUri,
    }),
    201,
    'POST /v1/consents',
  );
  const end = await new CustomerBrowser().decide(redirectOf(consent), 'anna', 'approve');
  expect(new URL(end).searchParams.get('consentId')).toBe(consent.id);
  return world.app.read<Consent>(`/v1/consents/${consent.id}`);
}

const order = (more: Readonly<Record<string, unknown>> = {}) => ({
  institutionId,
  psu: { id: 'anna' },
  amount: { amount: '25.50', currency: 'GBP' },
  creditor: { name: 'Ann Lee', account: { sortCode: '040004', accountNumber: '00123456' } },
  debtor: { account: { iban: gbp.iban } },
  scheme: 'FASTER_PAYMENTS',
  redirectUri: world.redirectUri,
  ...more,
});

const post = async (path: string, body: unknown): Promise<Payment> =>
  expectStatus(await world.app.post<Payment>(path, body, { 'Idempotency-Key': randomUUID() }), 201, `POST ${path}`);

/** The bank's payment that is the newest. */
async function newest(): Promise<{ id: string; isoStatus: string; reference: string; kind: string }> {
  const { data } =
    await bank.api.read<Page<{ id: string; isoStatus: string; reference: string; kind: string }>>(
      '/v1/bank/payments?limit=500',
    );
  const last = data.at(-1);
  if (!last) throw new Error('the bank has no payment');
  return last;
}

const report = (id: string, status: string) => bank.api.post(`/v1/bank/payments/${id}/status`, { status });

/** As the TPP learns it without asking: by the hub's webhook and the worker. */
const learns = (path: string, isoStatus: string) =>
  until(`the TPP learns ${isoStatus}`, async () => {
    const payment = await world.app.read<Payment>(path);
    return payment.isoStatus === isoStatus ? payment : undefined;
  });

it('a consent, and what it lets see', async () => {
  const consent = await link();
  expect(consent.status).toBe('authorised');
  const { data } = await world.app.read<Page<Account>>(`/v1/accounts?consentId=${consent.id}`, attended);
  expect(data).toHaveLength(1);
  const account = data[0]?.id ?? '';
  // Read alone it is asked for at the bank, live; what is stored follows.
  await bank.putAccount('anna-1', { psuId: 'anna', iban: gbp.iban, name: 'Household' });
  const nameAs = async (headers: Readonly<Record<string, string>>) =>
    (await world.app.read<Account>(`/v1/accounts/${account}`, headers)).name;
  expect(await nameAs({})).toBe('Current account');
  expect([await nameAs(attended), await nameAs({})]).toEqual(['Household', 'Household']);
  const balances = await world.app.read<Page<unknown>>(`/v1/accounts/${account}/balances`, attended);
  expect(balances.data).toMatchObject([
    { type: 'interimAvailable', amount: { amount: '1500.00', currency: 'GBP' }, creditDebit: 'credit' },
  ]);
  const transactions = await world.app.read<Page<unknown>>(`/v1/accounts/${account}/transactions`, attended);
  expect(transactions.data).toMatchObject([
    {
      reference: 't1',
      status: 'booked',
      amount: { amount: '9.90', currency: 'GBP' },
      direction: 'debit',
      bookedOn: '2026-11-18',
    },
  ]);
});

it('a consent that the customer does not give', async () => {
  const consent = await world.app.post<Consent>('/v1/consents', {
    institutionId,
    psu: { id: 'anna' },
    access: ['accounts'],
    recurring: true,
    validUntil: new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10),
    redirectUri: world.redirectUri,
  });
  await new CustomerBrowser().decide(redirectOf(consent.body), 'anna', 'refuse');
  expect((await world.app.read<Consent>(`/v1/consents/${consent.body.id}`)).status).toBe('rejected');
});

it('a token that the bank revokes', async () => {
  const consent = await link();
  const list = () =>
    world.app.get<{ code: string }>(`/v1/accounts?consentId=${consent.id}`, {
      ...attended,
      'Cache-Control': 'no-cache',
    });
  expect((await list()).status).toBe(200);
  const { data } = await bank.api.read<Page<{ id: string }>>('/v1/bank/tokens?limit=500');
  expect((await bank.api.delete(`/v1/bank/tokens/${data.at(-1)?.id}`)).status).toBe(200);
  await until('the hub knows', async () => (await list()).status === 403);
  expect((await world.app.read<Consent>(`/v1/consents/${consent.id}`)).status).toBe('revoked');
});

it('a payment that the customer confirms and the bank executes', async () => {
  const payment = await post('/v1/payments', order());
  expect(payment).toMatchObject({ status: 'awaitingAuthorisation', isoStatus: 'RCVD' });
  const end = await new CustomerBrowser().decide(redirectOf(payment), 'anna', 'approve');
  expect(new URL(end).searchParams.get('paymentId')).toBe(payment.id);
  const held = await newest();
  expect(held).toMatchObject({ isoStatus: 'ACFC', kind: 'direct' });
  const path = `/v1/payments/${payment.id}`;
  await learns(path, 'ACFC');
  await report(held.id, 'ACSP');
  await learns(path, 'ACSP');
  await report(held.id, 'ACSC');
  expect(await learns(path, 'ACSC')).toMatchObject({ status: 'settled', final: true });
});

it('a payment that the customer refuses', async () => {
  const payment = await post('/v1/payments', order());
  await new CustomerBrowser().decide(redirectOf(payment), 'anna', 'refuse');
  expect(await learns(`/v1/payments/${payment.id}`, 'CANC')).toMatchObject({ status: 'cancelled', final: true });
});

it('a bulk payment that ends in part, by a consent that is good for one payment', async () => {
  const item = (amount: string) => ({
    amount: { amount, currency: 'GBP' },
    creditor: { name: 'Supplier', account: { iban: strangersIban } },
  });
  const bulk = await post('/v1/bulk-payments', {
    institutionId,
    psu: { id: 'anna' },
    debtor: { account: { iban: gbp.iban } },
    items: [item('10.10'), item('20.20')],
    controlSum: { amount: '30.30', currency: 'GBP' },
    scheme: 'FASTER_PAYMENTS',
    redirectUri: world.redirectUri,
  });
  const path = `/v1/bulk-payments/${bulk.id}`;
  await approveBulk(world.app, bulk, 'anna');
  const held = await newest();
  expect(held.kind).toBe('bulk');
  await report(held.id, 'ACSP');
  await report(held.id, 'PART');
  expect(await learns(path, 'PART')).toMatchObject({ status: 'partiallyAccepted', final: false });
  const { data } = await bank.api.read<Page<{ status: string }>>('/v1/bank/tokens?limit=500');
  expect(data.at(-1)?.status).toBe('spent');
});

it('two clients of one hub with one key: each hears of its own payments', async () => {
  const second = await world.connect('tribe', { tpp: await hub.register(world.callbackUrl('tribe'), 'spec-tpp-2') });
  const prefer = (connectionId: string) =>
    world.query(
      `UPDATE institution_routes SET status = CASE connection_id WHEN $2 THEN 'available' ELSE 'degraded' END
       WHERE institution_id = $1`,
      [institutionId, connectionId],
    );
  const overFirst = await post('/v1/payments', order());
  expect(overFirst.connectionId).not.toBe(second.id);
  await prefer(second.id);
  const overSecond = await post('/v1/payments', order());
  await prefer(overFirst.connectionId);
  expect(overSecond.connectionId).toBe(second.id);

  for (const payment of [overSecond, overFirst]) {
    await new CustomerBrowser().decide(redirectOf(payment), 'anna', 'approve');
    const { data } = await bank.api.read<Page<{ id: string; reference: string }>>('/v1/bank/payments?limit=500');
    const held = data.find(({ reference }) => reference === payment.reference);
    expectStatus(await report(held?.id ?? '', 'ACSC'), 200, 'POST /v1/bank/payments/{id}/status');
  }
  for (const { id } of [overFirst, overSecond]) {
    await until(`a webhook about ${id}`, async () =>
      (await readTimeline(world.app, id)).some(({ source }) => source === 'webhook'),
    );
    expect(await learns(`/v1/payments/${id}`, 'ACSC')).toMatchObject({ status: 'settled' });
  }
  // Nobody waits for what is another one's.
  await until('nothing waits', async () => {
    const rows = await world.query('SELECT 1 FROM inbox WHERE applied_at IS NULL');
    return rows.length === 0;
  });
});

it('all of it agreed with the documents, but for what is explained', () => {
  expect(wire.findings().length).toBeGreaterThan(100);
  expect(wire.departures()).toEqual([]);
});
