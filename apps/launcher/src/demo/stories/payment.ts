import { randomUUID } from 'node:crypto';
import { unattended } from '../app-client.js';
import { authorise, type DemoWorld, redirectUri } from '../demo-world.js';
import { expectThat, until } from '../report.js';
import type { Page, Payment, TimelineEntry } from '../wire.js';

/** One payment, from the order to its ISO 20022 end, followed by the worker alone. */
export async function payment(
  world: DemoWorld,
  plan: { readonly username: string; readonly approach: string; readonly amount: string; readonly end: string },
): Promise<void> {
  const { app, bank, institutionId } = world;
  const customer = await bank.customer(plan.username);
  const story = world.story(`Payment of ${plan.amount} EUR, SCA by ${plan.approach} (${plan.username})`);
  const key = randomUUID();
  const endToEndId = `DEMO-${key.slice(0, 8)}`;
  const order = {
    institutionId,
    psu: { id: customer.username },
    amount: { amount: plan.amount, currency: 'EUR' },
    creditor: { name: 'Blumen Weber GmbH', account: { iban: 'DE89370400440532013000' } },
    debtor: { account: { iban: customer.accounts[0]?.iban } },
    scheme: 'SEPA_CREDIT_TRANSFER',
    endToEndId,
    remittance: { unstructured: 'Invoice 2026-1187' },
    redirectUri,
    scaPreference: plan.approach,
  };
  const initiate = () => app.call<Payment>('POST', '/v1/payments', order, { 'idempotency-key': key });
  const made = await story.step(
    'initiate',
    initiate,
    ({ status, isoStatus, nextStep }) => `${status} (${isoStatus}), next step ${nextStep?.type ?? 'none'}`,
  );
  const again = await story.step('the same request once more', initiate, ({ id }) =>
    id === made.id ? 'the same answer' : `another payment: ${id}`,
  );
  expectThat(again.id === made.id, 'one payment for one Idempotency-Key');
  await story.step(
    'the PSU does their part',
    () => authorise(world, customer, made.authorisationId, made.nextStep),
    (road) => road.join(' -> '),
  );
  const ended = await story.step(
    'the worker follows it to its end',
    // Without a PSU's address the API answers from what the worker has heard.
    () =>
      until(
        () => app.call<Payment>('GET', `/v1/payments/${made.id}`, undefined, unattended),
        ({ final }) => final,
        60,
      ),
    ({ status, isoStatus, isoReason }) => `${status} (${isoStatus}${isoReason === null ? '' : `, ${isoReason}`})`,
  );
  const timeline = await app.call<Page<TimelineEntry>>('GET', `/v1/payments/${made.id}/timeline`);
  story.table(
    ['at', 'source', 'the bank said', 'ISO 20022', 'applied', 'why', 'ms'],
    timeline.data.map((entry) => [
      entry.at.slice(11, 23),
      entry.source,
      entry.upstreamStatus,
      entry.isoStatus ?? '-',
      entry.applied ? 'yes' : 'no',
      entry.why,
      entry.latencyMs === null ? '' : String(entry.latencyMs),
    ]),
  );
  expectThat(ended.isoStatus === plan.end, `the end ${plan.end}, not ${ended.isoStatus}`);
  expectThat((await bank.initiations(endToEndId)) === 1, "one payment in the bank's own ledger");
}
