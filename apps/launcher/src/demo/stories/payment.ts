import { randomUUID } from 'node:crypto';
import type { DemoWorld } from '../demo-world.js';
import { expectThat } from '../report.js';
import type { Payment } from '../wire.js';
import { confirm, creditor, followedToItsEnd, initiate } from './order.js';

/** One payment, from the order to its ISO 20022 end, followed by the worker alone. */
export async function payment(
  world: DemoWorld,
  plan: { readonly username: string; readonly approach: string; readonly amount: string; readonly end: string },
): Promise<void> {
  const { bank } = world;
  const customer = await bank.customer(plan.username);
  const story = world.story(`Payment of ${plan.amount} EUR, SCA by ${plan.approach} (${plan.username})`);
  const key = randomUUID();
  const endToEndId = `DEMO-${key.slice(0, 8)}`;
  const order = {
    amount: { amount: plan.amount, currency: 'EUR' },
    creditor,
    scheme: 'SEPA_CREDIT_TRANSFER',
    endToEndId,
    remittance: { unstructured: 'Invoice 2026-1187' },
    scaPreference: plan.approach,
  };
  const made = await initiate<Payment>(world, story, customer, '/v1/payments', order, { key });
  const again = await initiate<Payment>(world, story, customer, '/v1/payments', order, {
    what: 'the same request once more',
    key,
  });
  expectThat(again.id === made.id, 'one payment for one Idempotency-Key');
  await confirm(world, story, customer, made);
  await followedToItsEnd(world, story, made, { end: plan.end });
  expectThat((await bank.initiations(endToEndId)) === 1, "one payment in the bank's own ledger");
}
