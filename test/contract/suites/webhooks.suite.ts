import { expectStatus } from '../../e2e/api.js';
import { readPayment, readTimeline, untilFinal } from '../../e2e/follow.js';
import { pay, paymentOrder } from '../../e2e/orders.js';
import { until } from '../../e2e/until.js';
import { firstApproach, type Suite } from '../bench.js';

/**
 * What an upstream tells us about payments by itself.
 *
 * Negative control of "with a wrong signature", carried out once against a changed build: a receiver whose `verify` does
 * nothing. The message is then taken (HTTP 2xx).
 */
export const webhooks: Suite = (driver, bench) => {
  beforeAll(async () => {
    const { bank, connection, world } = bench();
    if (bank.subscribesByApi !== true) return;
    const path = `/v1/connections/${connection.id}/webhook`;
    expectStatus(await world.admin.put(path, {}), 200, `PUT ${path}`);
  });

  it('bring news of a payment', async () => {
    const { app, bank, payment } = bench();
    const { id } = await payment(await bank.psu(firstApproach(driver)), driver.amounts.executed);
    const told = await until(`a webhook about ${id}`, async () => {
      const timeline = await readTimeline(app, id);
      return timeline.filter(({ source }) => source === 'webhook').length > 0 && timeline;
    });
    expect(told.every(({ why }) => why !== 'final-contradicted')).toBe(true);
    expect(await untilFinal(app, id)).toMatchObject({ isoStatus: 'ACSC' });
  });

  it('with a wrong signature are refused, and change nothing', async () => {
    const { app, bank, world, connection } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const { id, reference } = await pay(app, paymentOrder(world, connection, psu, driver.amounts.executed));
    if (bank.forgeWebhook === undefined) throw new Error('a provider with webhooks needs a driver that forges one');
    const { status } = await bank.forgeWebhook(reference ?? '', 'RJCT');
    expect(status).toBeGreaterThanOrEqual(400);
    // What the upstream itself told meanwhile is applied; nothing else waits.
    await until('nothing waits', async () => {
      const waiting = await world.query('SELECT 1 FROM inbox WHERE subject_reference = $1 AND applied_at IS NULL', [
        reference,
      ]);
      return waiting.length === 0;
    });
    expect((await readTimeline(app, id)).some(({ isoStatus }) => isoStatus === 'RJCT')).toBe(false);
    expect(await readPayment(app, id)).toMatchObject({ status: 'awaitingAuthorisation' });
  });
};
