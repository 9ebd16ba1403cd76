import { randomUUID } from 'node:crypto';
import type { Authorisation, Consent, Money, Payment, Problem } from './answers.js';
import { attended, expectStatus } from './api.js';
import { appliedCodes, readPayment, untilFinal, untilStatus } from './follow.js';
import { MockBank } from './mockbank.js';
import { askConsent, consentRequest, creditorIban, dayFromNow, pay, paymentOrder } from './orders.js';
import { authorise, mockBankPsu, type Psu } from './psu.js';
import { until } from './until.js';
import { type Connection, startWorld, type World } from './world.js';

/*
 * Negative controls, each carried out once against a changed build:
 * - PaymentCancellation without the SCA that a bank asks for (202): the payment that the PSU wanted cancelled stays;
 * - the second SCA of a payment opened for its own PSU instead of the next signer: nobody completes the two signatures.
 */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

type Members = Readonly<Record<string, unknown>>;

interface Told extends Payment {
  readonly scheme: string | null;
  readonly warnings: readonly string[];
  readonly psuMessage: string | null;
  readonly fees: Money | null;
  readonly estimatedTotal: Money | null;
  readonly cancellationAuthorisationId: string | null;
  readonly authorisationIds: readonly string[];
  readonly items: readonly { readonly isoStatus: string | null; readonly isoReason: string | null }[] | null;
}

const optionalServices = ['signingBaskets', 'confirmationOfFundsConsents'];
const inXml = { paymentProducts: ['pain.001-sepa-credit-transfers', 'pain.001-target-2-payments'] };
const inADay = { executionDate: dayFromNow(7) };

async function openBank(name: string, profile: Members = {}, settings: Members = {}, customer = 'anna.embedded') {
  const bank = new MockBank(world.stack.sandboxUrl, name);
  await bank.profile({ acspAfterSeconds: 0, acscAfterSeconds: 0, ...profile });
  const more = { scaPreference: 'embedded', optionalServices, ...settings };
  const connection = await world.connect('xs2a', bank.settings(more));
  return { bank, connection, psu: await mockBankPsu(bank, customer) };
}

/** A payment that its PSU has authorised. */
async function authorised(connection: Connection, psu: Psu, amount: string, more: Members = {}): Promise<Payment> {
  const payment = await pay(world.app, paymentOrder(world, connection, psu, amount, more));
  await authorise(world.app, psu, payment.authorisationId ?? '');
  return payment;
}

async function payBulk(connection: Connection, psu: Psu, amounts: readonly string[], sum: string): Promise<Told> {
  const creditor = { name: 'Nordwind Books', account: { iban: creditorIban } };
  const body = {
    institutionId: connection.institutionId,
    psu: { id: psu.id },
    debtor: { account: { iban: psu.iban } },
    items: amounts.map((amount) => ({ amount: { amount, currency: 'EUR' }, creditor })),
    controlSum: { amount: sum, currency: 'EUR' },
    redirectUri: world.redirectUri,
  };
  const reply = await world.app.post<Told>('/v1/bulk-payments', body, { 'Idempotency-Key': randomUUID() });
  return expectStatus(reply, 201, 'POST /v1/bulk-payments');
}

const cancel = (id: string) => world.app.post<Told & Problem>(`/v1/payments/${id}/cancel`, {}, attended);

describe('a cancellation', () => {
  it('of a payment that nobody has authorised needs no authorisation (204)', async () => {
    const { bank, connection, psu } = await openBank('cancel-early');
    const { id } = await pay(world.app, paymentOrder(world, connection, psu, '20.00'));
    const { body } = await cancel(id);
    expect(body).toMatchObject({ status: 'cancelled', isoStatus: 'CANC', cancellationAuthorisationId: null });
    expect((await bank.ledger()).counts.executed).toBe(0);
  });

  it('at a bank that asks for no authorisation of it is done at once (204)', async () => {
    const { connection, psu } = await openBank('cancel-direct', { cancellation: 'direct' });
    const { id } = await authorised(connection, psu, '21.00', inADay);
    expect((await cancel(id)).body).toMatchObject({ status: 'cancelled', isoStatus: 'CANC', nextStep: null });
  });

  it('with an authorisation of its own waits for it (202), and the payment stays when the PSU refuses', async () => {
    const { connection, psu } = await openBank('cancel-refused-by-psu', {}, {}, 'clara.decoupled');
    const { id } = await authorised(connection, psu, '22.00', inADay);
    const asked = (await cancel(id)).body;
    expect(asked).toMatchObject({ status: 'processing', final: false, nextStep: { type: 'wait' } });
    await authorise(world.app, psu, asked.cancellationAuthorisationId ?? '', 'refuse');
    const still = await world.app.read<Told>(`/v1/payments/${id}`, attended);
    expect(still).toMatchObject({ status: 'processing', isoStatus: 'ACTC', nextStep: null });
    // It can be asked for again.
    const again = (await cancel(id)).body;
    await authorise(world.app, psu, again.cancellationAuthorisationId ?? '');
    expect(await untilFinal(world.app, id)).toMatchObject({ status: 'cancelled', isoStatus: 'CANC' });
  });

  it('is refused with the word of a bank that cancels nothing', async () => {
    const { connection, psu } = await openBank('cancel-never', { cancellation: 'refused' });
    const { id } = await authorised(connection, psu, '23.00', inADay);
    const { status, body } = await cancel(id);
    expect([status, body.source, body.upstream?.code]).toEqual([422, 'institution', 'CANCELLATION_INVALID']);
    expect(await world.app.read<Payment>(`/v1/payments/${id}`, attended)).toMatchObject({ isoStatus: 'ACTC' });
  });

  it('comes too late for a payment that the bank is executing', async () => {
    const { connection, psu } = await openBank('cancel-late', { acspAfterSeconds: 0, acscAfterSeconds: 3600 });
    const { id } = await authorised(connection, psu, '24.00');
    await untilStatus(world.app, id, 'processing');
    const { status, body } = await cancel(id);
    expect([status, body.upstream?.code]).toEqual([422, 'CANCELLATION_INVALID']);
    expect(await readPayment(world.app, id)).toMatchObject({ final: false });
  });
});

describe('an account that two have to sign for', () => {
  async function corporate(name: string, settings: Members = {}) {
    const opened = await openBank(name, {}, settings, 'karla.corporate');
    return { ...opened, second: await mockBankPsu(opened.bank, 'ludwig.corporate') };
  }

  /** The next signer's SCA, to its end. */
  async function sign(path: string, psu: Psu): Promise<void> {
    const reply = await world.app.post<Authorisation>(`${path}/authorisations`, { psu: { id: psu.id } });
    await authorise(world.app, psu, expectStatus(reply, 201, `POST ${path}/authorisations`).id);
  }

  it.each([
    ['JSON', {}],
    ['XML', inXml],
  ])('a payment waits at PATC for the second signature (%s)', async (form, settings) => {
    const { bank, connection, psu, second } = await corporate(`two-sign-${form.toLowerCase()}`, settings);
    const { id } = await authorised(connection, psu, '25.00');
    const path = `/v1/payments/${id}`;
    const half = await world.app.read<Told>(path, attended);
    expect(half).toMatchObject({ status: 'processing', isoStatus: 'PATC', nextStep: null, final: false });
    expect((await bank.ledger()).counts.executed).toBe(0);
    await sign(path, second);
    expect(await untilFinal(world.app, id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
    expect(await appliedCodes(world.app, id)).toEqual(expect.arrayContaining(['RCVD', 'PATC', 'ACSC']));
    expect((await world.app.read<Told>(path)).authorisationIds.length).toBe(2);
  });

  it('a consent is partially authorised until the second agrees', async () => {
    const { connection, psu, second } = await corporate('two-consent');
    const { id, authorisationId } = await askConsent(world.app, consentRequest(world, connection, psu));
    await authorise(world.app, psu, authorisationId);
    const half = await world.app.read<Consent>(`/v1/consents/${id}`, attended);
    expect(half).toMatchObject({ status: 'awaitingAuthorisation', subStatus: 'partiallyAuthorised' });
    await sign(`/v1/consents/${id}`, second);
    expect(await world.app.read<Consent>(`/v1/consents/${id}`, attended)).toMatchObject({ status: 'authorised' });
  });

  it('a basket is signed by both', async () => {
    const { connection, psu, second } = await corporate('two-basket');
    const member = await pay(world.app, paymentOrder(world, connection, psu, '26.00', { signInBasket: true }));
    const basket = await makeBasket(psu, [member.id], []);
    await authorise(world.app, psu, basket.authorisationId);
    expect(await readPayment(world.app, member.id)).toMatchObject({ final: false });
    await sign(`/v1/signing-baskets/${basket.id}`, second);
    expect(await untilFinal(world.app, member.id)).toMatchObject({ status: 'settled' });
  });
});

interface Basket {
  readonly id: string;
  readonly status: string;
  readonly authorisationId: string;
}

async function makeBasket(psu: Psu, paymentIds: readonly string[], consentIds: readonly string[]): Promise<Basket> {
  const body = { paymentIds, consentIds, psu: { id: psu.id }, redirectUri: world.redirectUri };
  return expectStatus(await world.app.post<Basket>('/v1/signing-baskets', body), 201, 'POST /v1/signing-baskets');
}

describe('a signing basket', () => {
  async function members(name: string, customer = 'anna.embedded') {
    const opened = await openBank(name, {}, {}, customer);
    const { connection, psu } = opened;
    const payment = await pay(world.app, paymentOrder(world, connection, psu, '27.00', { signInBasket: true }));
    const consent = await askConsent(world.app, consentRequest(world, connection, psu, { signInBasket: true }));
    return { ...opened, payment, consent };
  }

  it('holds a payment and a consent, signed at once', async () => {
    const { psu, payment, consent } = await members('basket-mixed');
    const { authorisationId } = await makeBasket(psu, [payment.id], [consent.id]);
    await authorise(world.app, psu, authorisationId);
    expect(await untilFinal(world.app, payment.id)).toMatchObject({ status: 'settled' });
    expect(await world.app.read<Consent>(`/v1/consents/${consent.id}`, attended)).toMatchObject({
      status: 'authorised',
    });
  });

  it('that is dissolved leaves its members free to be signed alone', async () => {
    const { psu, payment } = await members('basket-dissolved', 'bruno.redirect');
    const { id } = await makeBasket(psu, [payment.id], []);
    const path = `/v1/signing-baskets/${id}`;
    const removed = await world.app.delete<Basket>(path);
    expect([removed.status, removed.body.status]).toEqual([200, 'removed']);
    const alone = await world.app.post<Authorisation>(`/v1/payments/${payment.id}/authorisations`, {});
    await authorise(world.app, psu, expectStatus(alone, 201, 'the SCA of a member').id);
    expect(await untilFinal(world.app, payment.id)).toMatchObject({ status: 'settled' });
  });
});

describe('the products of a bank', () => {
  it('in XML: a payment as pain.001, its status as pain.002', async () => {
    const { bank, connection, psu } = await openBank('xml-single', {}, inXml);
    const { id } = await authorised(connection, psu, '28.00');
    expect(await untilFinal(world.app, id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
    const rejected = await authorised(connection, psu, '66.61');
    expect(await untilFinal(world.app, rejected.id)).toMatchObject({ isoStatus: 'RJCT', isoReason: 'AC04' });
    expect((await bank.ledger()).counts).toMatchObject({ initiations: 2, executed: 1 });
  });

  it('in XML: a standing order in two parts', async () => {
    const { connection, psu } = await openBank('xml-periodic', {}, inXml);
    const recurrence = { frequency: 'monthly', startDate: dayFromNow(5), dayOfExecution: 15 };
    const { id } = await authorised(connection, psu, '29.00', { recurrence });
    expect(await untilStatus(world.app, id, 'processing')).toMatchObject({ isoStatus: 'ACTC', final: false });
  });

  it.each([
    ['JSON', {}],
    ['XML', inXml],
  ])('a bulk of which the bank rejects one item is partially accepted (%s)', async (form, settings) => {
    const { connection, psu } = await openBank(`partial-${form.toLowerCase()}`, {}, settings);
    const { id, authorisationId } = await payBulk(connection, psu, ['1.00', '66.61'], '67.61');
    await authorise(world.app, psu, authorisationId ?? '');
    const path = `/v1/bulk-payments/${id}`;
    const part = await until('both items are decided', async () => {
      const now = await world.app.read<Told>(path, attended);
      return now.items?.every(({ isoStatus }) => isoStatus !== null) && now;
    });
    expect(part).toMatchObject({ status: 'partiallyAccepted', isoStatus: 'PART' });
    expect(part.items?.map(({ isoStatus }) => isoStatus)).toEqual(['ACSC', 'RJCT']);
    expect(part.items?.[1]?.isoReason).toBe('AC04');
  });

  it('that cost something say so before the PSU confirms', async () => {
    const { connection, psu } = await openBank('costs');
    const order = paymentOrder(world, connection, psu, '100.00', { scheme: 'TARGET2' });
    const urgent = (await pay(world.app, order)) as Told;
    expect(urgent).toMatchObject({ scheme: 'TARGET2', fees: { amount: '1.50' }, estimatedTotal: { amount: '101.50' } });
    expect(urgent.nextStep).not.toBeNull();
    const abroad = {
      ...paymentOrder(world, connection, psu, '10.00', { scheme: 'CROSS_BORDER' }),
      amount: { amount: '10.00', currency: 'GBP' },
    };
    const foreign = (await pay(world.app, abroad)) as Told & { readonly conversionFees: Money | null };
    expect([foreign.fees?.currency, foreign.conversionFees?.currency]).toEqual(['EUR', 'EUR']);
    for (const { id, authorisationId } of [urgent, foreign]) {
      await authorise(world.app, psu, authorisationId ?? '');
      expect(await untilFinal(world.app, id)).toMatchObject({ status: 'settled' });
    }
  });

  it('are shown where the app named none', async () => {
    const { connection, psu } = await openBank('no-scheme');
    const { id } = await pay(world.app, paymentOrder(world, connection, psu, '31.00'));
    expect(await world.app.read<Told>(`/v1/payments/${id}`)).toMatchObject({ scheme: 'SEPA_CREDIT_TRANSFER' });
  });

  it('that cannot carry an order say which field is at fault', async () => {
    const { bank, connection, psu } = await openBank('no-debtor');
    const order = paymentOrder(world, connection, psu, '32.00', { debtor: undefined });
    const reply = await world.app.post<Problem>('/v1/payments', order, { 'Idempotency-Key': randomUUID() });
    expect([reply.status, reply.body.errors?.[0]?.pointer]).toEqual([422, '/debtor/account']);
    expect((await bank.ledger()).counts.initiations).toBe(0);
  });

  it('settle at once as instant payments', async () => {
    const { connection, psu } = await openBank('instant');
    const { id } = await authorised(connection, psu, '30.00', { scheme: 'SEPA_INSTANT' });
    expect(await untilFinal(world.app, id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
  });
});

describe('what the bank says to the people', () => {
  it.each(['77.01', '77.02'])('a warning about %s EUR reaches the app, and the payment goes on', async (amount) => {
    const { connection, psu } = await openBank(`warned-${amount.replace('.', '-')}`);
    const payment = (await pay(world.app, paymentOrder(world, connection, psu, amount))) as Told;
    expect(payment.warnings.length).toBe(1);
    expect(payment.psuMessage).not.toBeNull();
    await authorise(world.app, psu, payment.authorisationId ?? '');
    expect(await untilFinal(world.app, payment.id)).toMatchObject({ status: 'settled' });
  });
});

describe('a combined session', () => {
  it('asks for no password again: the payment runs under the consent', async () => {
    const { connection, psu } = await openBank('combined', {}, { combinedService: true });
    const asked = await askConsent(world.app, consentRequest(world, connection, psu, { combinedService: true }));
    await authorise(world.app, psu, asked.authorisationId);
    const order = paymentOrder(world, connection, psu, '33.00', { consentId: asked.id });
    const payment = await pay(world.app, order);
    const { steps } = await authorise(world.app, psu, payment.authorisationId ?? '');
    expect(steps).toEqual(['selectMethod', 'challenge']);
    expect(await untilFinal(world.app, payment.id)).toMatchObject({ status: 'settled' });
  });
});
