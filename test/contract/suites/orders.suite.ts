import { randomUUID } from 'node:crypto';
import type { Payment } from '../../e2e/answers.js';
import { expectStatus } from '../../e2e/api.js';
import { untilStatus } from '../../e2e/follow.js';
import { creditorIban, dayFromNow, pay, paymentOrder } from '../../e2e/orders.js';
import { authorise, type Psu } from '../../e2e/psu.js';
import { until } from '../../e2e/until.js';
import { authoriseOrder, type Bench, firstApproach, type Suite } from '../bench.js';

interface BulkPayment extends Payment {
  readonly itemCount: number;
  readonly controlSum: { readonly amount: string };
}

const creditor = { name: 'Nordwind Books', account: { iban: creditorIban } };

/** A bulk of two items that has to be taken, and its SCA. */
async function payBulk(bench: Bench, psu: Psu, amounts: readonly string[], more: object = {}): Promise<BulkPayment> {
  const { app, world, connection } = bench;
  const sum = (amounts.reduce((total, amount) => total + Math.round(Number(amount) * 100), 0) / 100).toFixed(2);
  const body = {
    institutionId: connection.institutionId,
    psu: { id: psu.id },
    debtor: { account: { iban: psu.iban } },
    items: amounts.map((amount) => ({ amount: { amount, currency: 'EUR' }, creditor })),
    controlSum: { amount: sum, currency: 'EUR' },
    redirectUri: world.redirectUri,
    ...more,
  };
  const reply = await app.post<BulkPayment>('/v1/bulk-payments', body, { 'Idempotency-Key': randomUUID() });
  const bulk = expectStatus(reply, 201, 'POST /v1/bulk-payments');
  await authoriseOrder(app, psu, `/v1/bulk-payments/${bulk.id}`, bulk);
  return bulk;
}

const readBulk = ({ app }: Bench, id: string) => app.read<BulkPayment>(`/v1/bulk-payments/${id}`);

/** Cancels, with the PSU's part where the bank wants one, and waits for the bank's word. */
async function cancelled(bench: Bench, psu: Psu, path: string): Promise<Payment> {
  const { app } = bench;
  const reply = await app.post<Payment & { cancellationAuthorisationId: string | null }>(`${path}/cancel`, {});
  expect([200, 201, 202]).toContain(reply.status);
  const { nextStep, cancellationAuthorisationId } = reply.body;
  if (nextStep !== null && cancellationAuthorisationId !== null) await authorise(app, psu, cancellationAuthorisationId);
  return until(`${path} is cancelled`, async () => {
    const now = await app.read<Payment>(path);
    return now.final && now;
  });
}

/** Payments for a later day wait for it. */
export const futureDated: Suite = (driver, bench) => {
  it.each(driver.approaches)('are authorised by %s and not executed before their day', async (approach) => {
    const before = await bench().bank.ledger();
    const psu = await bench().bank.psu(approach);
    const { id } = await bench().payment(psu, driver.amounts.executed, { executionDate: dayFromNow(7) });
    expect(await untilStatus(bench().app, id, 'processing')).toMatchObject({ final: false });
    expect((await bench().bank.ledger()).executed).toBe(before.executed);
  });

  it('are refused for a day that is over, before anything is sent', async () => {
    const { app, world, connection, bank } = bench();
    const before = await bank.ledger();
    const psu = await bank.psu(firstApproach(driver));
    const order = paymentOrder(world, connection, psu, driver.amounts.executed, { executionDate: dayFromNow(-7) });
    const reply = await app.post<{ errors?: readonly { pointer: string }[] }>('/v1/payments', order, {
      'Idempotency-Key': randomUUID(),
    });
    expect([reply.status, reply.body.errors?.[0]?.pointer]).toEqual([400, '/executionDate']);
    expect((await bank.ledger()).initiations).toBe(before.initiations);
  });
};

/** Standing orders. */
export const recurring: Suite = (driver, bench) => {
  it.each(driver.approaches)('are taken with their days and authorised once, by %s', async (approach) => {
    const psu = await bench().bank.psu(approach);
    const recurrence = { frequency: 'monthly', startDate: dayFromNow(5), endDate: dayFromNow(100), dayOfExecution: 15 };
    const { id } = await bench().payment(psu, driver.amounts.executed, { recurrence });
    const payment = await untilStatus(bench().app, id, 'processing');
    expect(payment).toMatchObject({ recurrence: { frequency: 'monthly', dayOfExecution: 15 }, final: false });
    expect(payment.reference).not.toBeNull();
  });
};

/** Cancelling single payments. */
export const cancellation: Suite = (driver, bench) => {
  it.each(driver.approaches)("ends a payment that waits for its day, by the bank's own word (%s)", async (approach) => {
    const before = await bench().bank.ledger();
    const psu = await bench().bank.psu(approach);
    const { id } = await bench().payment(psu, driver.amounts.executed, { executionDate: dayFromNow(7) });
    expect(await cancelled(bench(), psu, `/v1/payments/${id}`)).toMatchObject({
      status: 'cancelled',
      isoStatus: 'CANC',
    });
    expect((await bench().bank.ledger()).executed).toBe(before.executed);
  });

  it('is refused for a payment that has ended', async () => {
    const psu = await bench().bank.psu(firstApproach(driver));
    const { id } = await bench().payment(psu, driver.amounts.executed);
    await untilStatus(bench().app, id, 'settled');
    const reply = await bench().app.post<{ code: string }>(`/v1/payments/${id}/cancel`, {});
    expect([reply.status, reply.body.code]).toEqual([409, 'conflict']);
  });
};

/** Bulk payments: one order, one SCA, many credit transfers. */
export const bulks: Suite = (driver, bench) => {
  it.each(driver.approaches)('settle after SCA by %s, every item executed once', async (approach) => {
    const before = await bench().bank.ledger();
    const psu = await bench().bank.psu(approach);
    const { id, itemCount, controlSum } = await payBulk(bench(), psu, ['1.10', '2.20', '3.30']);
    expect([itemCount, controlSum.amount]).toEqual([3, '6.60']);
    const end = await until(`${id} has ended`, async () => {
      const now = await readBulk(bench(), id);
      return now.final && now;
    });
    expect(end).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
    const after = await bench().bank.ledger();
    expect(after.initiations).toBe(before.initiations + 1);
    expect(after.executed).toBeGreaterThan(before.executed);
  });

  it('are refused when the control sum is not the sum, before anything is sent', async () => {
    const { app, world, connection, bank } = bench();
    const before = await bank.ledger();
    const psu = await bank.psu(firstApproach(driver));
    const reply = await app.post<{ errors?: readonly { pointer: string }[] }>(
      '/v1/bulk-payments',
      {
        institutionId: connection.institutionId,
        psu: { id: psu.id },
        debtor: { account: { iban: psu.iban } },
        items: [{ amount: { amount: '1.00', currency: 'EUR' }, creditor }],
        controlSum: { amount: '1.01', currency: 'EUR' },
        redirectUri: world.redirectUri,
      },
      { 'Idempotency-Key': randomUUID() },
    );
    expect(reply.status).toBe(400);
    expect(reply.body.errors?.[0]?.pointer).toMatch(/^\/controlSum/);
    expect((await bank.ledger()).initiations).toBe(before.initiations);
  });
};

/** Bulk payments for a later day. */
export const futureDatedBulks: Suite = (driver, bench) => {
  it('are taken and not executed before their day', async () => {
    const before = await bench().bank.ledger();
    const psu = await bench().bank.psu(firstApproach(driver));
    const { id } = await payBulk(bench(), psu, ['4.00'], { executionDate: dayFromNow(7) });
    expect(await readBulk(bench(), id)).toMatchObject({ final: false });
    expect((await bench().bank.ledger()).executed).toBe(before.executed);
  });
};

/** Cancelling bulk payments. */
export const bulkCancellation: Suite = (driver, bench) => {
  it.each(driver.approaches)('ends a bulk that waits for its day (%s)', async (approach) => {
    const psu = await bench().bank.psu(approach);
    const { id } = await payBulk(bench(), psu, ['5.00', '6.00'], { executionDate: dayFromNow(7) });
    expect(await cancelled(bench(), psu, `/v1/bulk-payments/${id}`)).toMatchObject({ status: 'cancelled' });
  });
};

/** Several payments, signed together. */
export const baskets: Suite = (driver, bench) => {
  it.each(driver.approaches)('have one SCA for all their payments, by %s', async (approach) => {
    const { app, world, connection, bank } = bench();
    const psu = await bank.psu(approach);
    const members = [];
    for (const amount of ['7.00', '8.00']) {
      members.push(await pay(app, paymentOrder(world, connection, psu, amount, { signInBasket: true })));
    }
    expect(members.map(({ nextStep }) => nextStep)).toEqual([null, null]);
    const reply = await app.post<{ id: string; authorisationId: string }>('/v1/signing-baskets', {
      paymentIds: members.map(({ id }) => id),
      consentIds: [],
      psu: { id: psu.id },
      redirectUri: world.redirectUri,
    });
    const { authorisationId } = expectStatus(reply, 201, 'POST /v1/signing-baskets');
    await authorise(app, psu, authorisationId);
    for (const { id } of members) expect(await untilStatus(app, id, 'settled')).toMatchObject({ isoStatus: 'ACSC' });
  });
};
