import { randomUUID } from 'node:crypto';
import type { Institution, Page, Payment, Problem } from '../../e2e/answers.js';
import { attended } from '../../e2e/api.js';
import { appliedCodes, readPayment, readTimeline, untilFinal } from '../../e2e/follow.js';
import { pay, paymentOrder, postPayment } from '../../e2e/orders.js';
import { authorise } from '../../e2e/psu.js';
import { until } from '../../e2e/until.js';
import { firstApproach, type Suite } from '../bench.js';

/**
 * Single payments, from the order to their ISO 20022 end.
 *
 * Negative control of "made once for one key", carried out once against a changed build: intents inserted under a random
 * key. The ledger then shows one initiation per request.
 */
export const payments: Suite = (driver, bench) => {
  const { amounts } = driver;

  it.each(driver.approaches)('settle after SCA by %s: the worker follows them to ACSC', async (approach) => {
    const { app, bank, payment } = bench();
    const psu = await bank.psu(approach);
    const { id, amount, provider, reference, sca } = await payment(psu, amounts.executed);
    const currency = psu.account?.currency ?? 'EUR';
    expect([amount, provider]).toEqual([{ amount: amounts.executed, currency }, driver.provider]);
    expect(reference).not.toBeNull();
    expect([sca.authorisation.approach, sca.steps]).toEqual([approach, driver.steps[approach]]);
    if (sca.returned) {
      expect(Object.fromEntries(sca.returned.searchParams)).toMatchObject({ paymentId: id, state: 'order-17' });
    }
    expect(await untilFinal(app, id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC', nextStep: null });
    const codes = await appliedCodes(app, id);
    expect([codes[0], codes.at(-1)]).toEqual(['RCVD', 'ACSC']);
    const timeline = await readTimeline(app, id);
    expect(timeline[0]).toMatchObject({ source: 'initiation', applied: true, why: 'first' });
    expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).toSorted());
  });

  it('show the scheme that carries them where the app named none', async () => {
    const { app, bank, world, connection } = bench();
    const order = paymentOrder(world, connection, await bank.psu(firstApproach(driver)), amounts.executed);
    const { routes } = await app.read<Institution>(`/v1/institutions/${connection.institutionId}`);
    const offered = routes.find(({ connectionId }) => connectionId === connection.id)?.paymentSchemes;
    const { scheme } = (await pay(app, { ...order, scheme: undefined })) as Payment & { scheme: string | null };
    expect(offered).toContain(scheme);
  });

  it('end as RJCT with the reason of the bank', async () => {
    const { app, bank, payment } = bench();
    const before = await bank.ledger();
    const { id } = await payment(await bank.psu(firstApproach(driver)), amounts.rejected);
    const end = await untilFinal(app, id);
    expect(end).toMatchObject({ status: 'rejected', isoStatus: 'RJCT', isoReason: amounts.rejectedReason });
    expect((await bank.ledger()).executed).toBe(before.executed);
  });

  it('end when the PSU refuses, and no money moves', async () => {
    const approach = driver.approaches.find((one) => one !== 'embedded');
    if (approach === undefined) return;
    const { app, bank, world, connection } = bench();
    const psu = await bank.psu(approach);
    const before = await bank.ledger();
    const { id, authorisationId } = await pay(app, paymentOrder(world, connection, psu, amounts.executed));
    const { returned } = await authorise(app, psu, authorisationId ?? '', 'refuse');
    if (returned) expect(returned.searchParams.get('paymentId')).toBe(id);
    const refused = driver.traits?.refused ?? { status: 'rejected', isoStatus: 'RJCT' };
    expect(await untilFinal(app, id)).toMatchObject({ ...refused, nextStep: null });
    expect((await bank.ledger()).executed).toBe(before.executed);
  });

  it('are read at the bank at once while the PSU is there', async () => {
    const { app, bank, world, connection } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const { id, authorisationId } = await pay(app, paymentOrder(world, connection, psu, amounts.executed));
    await authorise(app, psu, authorisationId ?? '');
    const ended = await until('an attended read sees the end', async () => {
      const now = await app.read<Payment>(`/v1/payments/${id}`, attended);
      return now.final && now;
    });
    expect(ended).toMatchObject({ status: 'settled' });
  });

  it('keep a word that nobody knows, tell of it, and are not moved by it', async () => {
    const { app, bank, world, connection } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const { id, authorisationId } = await pay(app, paymentOrder(world, connection, psu, amounts.executed));
    if (driver.traits?.paymentsAfterSca) await authorise(app, psu, authorisationId ?? '');
    const before = await readPayment(app, id);
    const { reference } = before;
    await bank.showPaymentStatus(reference ?? '', driver.unknownWord);
    const confused = await until('the word was heard', async () => {
      const now = await app.read<Payment>(`/v1/payments/${id}`, attended);
      return now.upstreamStatus === driver.unknownWord && now;
    });
    const unmoved = driver.traits?.paymentsAfterSca
      ? { isoStatus: before.isoStatus, status: 'processing' }
      : { isoStatus: 'RCVD', status: 'awaitingAuthorisation' };
    expect(confused).toMatchObject({ ...unmoved, final: false });
    expect(await readTimeline(app, id)).toContainEqual(
      expect.objectContaining({
        upstreamStatus: driver.unknownWord,
        isoStatus: null,
        applied: false,
        why: 'unknown-word',
      }),
    );
    await bank.showPaymentStatus(reference ?? '', null);
    if (!driver.traits?.paymentsAfterSca) await authorise(app, psu, authorisationId ?? '');
    expect(await untilFinal(app, id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
  });

  it('wait, as they are, for a bank that does not answer', async () => {
    const { app, bank, payment } = bench();
    await bank.fail('payment-status', 'down');
    const { id } = await payment(await bank.psu(firstApproach(driver)), amounts.executed);
    const waiting = await app.get<Payment>(`/v1/payments/${id}`, attended);
    expect([waiting.status, waiting.body.final]).toEqual([200, false]);
    await bank.mend();
    await bench().world.elapse(90);
    expect(await untilFinal(app, id)).toMatchObject({ status: 'settled' });
  });

  it('are made once for one key, however often it is sent', async () => {
    const { app, bank, world, connection } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const body = paymentOrder(world, connection, psu, amounts.executed);
    const before = await bank.ledger();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => postPayment(app, body, key)));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map((answer) => answer.body.id)).size).toBe(1);
    for (const { status, body: refused } of answers) {
      if (status !== 201) expect(refused).toMatchObject({ status: 409, code: 'idempotency_in_progress' });
    }
    const again = await postPayment(app, body, key);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(made[0]?.body);
    if (driver.traits?.paymentsAfterSca) await authorise(app, psu, made[0]?.body.authorisationId ?? '');
    expect((await bank.ledger()).initiations).toBe(before.initiations + 1);
    const other = await postPayment(app, { ...body, state: 'other' }, key);
    expect(other.body).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
    const none = await app.post<Problem>('/v1/payments', body);
    expect([none.status, none.body.code]).toEqual([400, 'idempotency_key_required']);
  });

  it('are listed, newest first, by PSU and by status', async () => {
    const { app, bank, payment } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const { id } = await payment(psu, amounts.executed);
    await untilFinal(app, id);
    const query = `psuId=${encodeURIComponent(psu.id)}&limit=500`;
    const { data } = await app.read<Page<Payment>>(`/v1/payments?${query}&isoStatus=ACSC`);
    // News of the upstream may come between both reads, though a final payment does not move.
    expect(data[0]).toEqual({ ...(await readPayment(app, id)), updatedAt: expect.any(String) });
    const rejected = await app.read<Page<Payment>>(`/v1/payments?${query}&status=rejected`);
    expect(rejected.data.map((one) => one.id)).not.toContain(id);
  });

  it('cannot be cancelled once they have ended', async () => {
    const { app, bank, payment } = bench();
    const { id } = await payment(await bank.psu(firstApproach(driver)), amounts.executed);
    await untilFinal(app, id);
    const answer = await app.post<Problem>(`/v1/payments/${id}/cancel`, {});
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
  });
};
