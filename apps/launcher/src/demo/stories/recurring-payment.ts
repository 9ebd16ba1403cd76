import type { DemoWorld } from '../demo-world.js';
import { expectThat } from '../report.js';
import { confirm, creditor, dayFromNow, followed, initiate } from './order.js';

/** A standing order: authorised once, it runs at the bank until its last day. */
export async function recurringPayment(world: DemoWorld): Promise<void> {
  const customer = await world.bank.customer('bruno.redirect');
  const story = world.story('Periodic payment, every month (bruno.redirect)');
  const order = {
    amount: { amount: '480.00', currency: 'EUR' },
    creditor,
    remittance: { unstructured: 'Rent' },
    recurrence: { frequency: 'monthly', startDate: dayFromNow(3), endDate: dayFromNow(365), dayOfExecution: 1 },
  };
  const made = await initiate(world, story, customer, '/v1/payments', order);
  await confirm(world, story, customer, made);
  const running = await followed(world, story, 'the bank runs it', `/v1/payments/${made.id}`, ({ isoStatus }) =>
    ['ACTC', 'ACSP', 'PDNG'].includes(isoStatus ?? ''),
  );
  expectThat(!running.final, 'a payment that is not over before its last day');
}
