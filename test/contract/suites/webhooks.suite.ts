import { expectStatus } from '../../e2e/api.js';
import { readTimeline, untilFinal } from '../../e2e/follow.js';
import { until } from '../../e2e/until.js';
import { firstApproach, type Suite } from '../bench.js';

/** What an upstream tells us by itself. */
export const webhooks: Suite = (driver, bench) => {
  beforeAll(async () => {
    const { bank, connection, world } = bench();
    const url = `${world.stack.apiUrl}/webhooks/${driver.provider}`;
    if (bank.subscribe) return bank.subscribe(connection.id, url);
    const path = `/v1/connections/${connection.id}/webhook`;
    return void expectStatus(await world.admin.put(path, {}), 200, `PUT ${path}`);
  });

  it('tell of a payment, beside what is asked', async () => {
    const { app, bank, payment } = bench();
    const { id } = await payment(await bank.psu(firstApproach(driver)), driver.amounts.executed);
    expect(await untilFinal(app, id)).toMatchObject({ status: 'settled' });
    const heard = await until('a webhook was applied', async () => {
      const timeline = await readTimeline(app, id);
      return timeline.find(({ source }) => source === 'webhook');
    });
    expect(heard.upstreamStatus.length).toBeGreaterThan(0);
  });

  it('are refused from anybody else, whatever they say', async () => {
    const { world, connection, app, bank, payment } = bench();
    const { id, reference } = await payment(await bank.psu(firstApproach(driver)), driver.amounts.executed);
    const before = await untilFinal(app, id);
    for (const address of [driver.provider, `${driver.provider}/${connection.id}`]) {
      const response = await fetch(`${world.stack.apiUrl}/webhooks/${address}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id: 'forged', payment: { id: reference, status: 'REJECTED' } }),
      });
      expect(response.status).toBeGreaterThanOrEqual(400);
    }
    expect(await app.read(`/v1/payments/${id}`)).toEqual(before);
  });
};
