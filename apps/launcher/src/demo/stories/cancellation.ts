import { authorise, type DemoWorld } from '../demo-world.js';
import { expectThat } from '../report.js';
import type { Payment } from '../wire.js';
import { confirm, creditor, dayFromNow, followed, initiate, standing } from './order.js';

/** A payment for a later day is taken back; the bank wants the PSU's authorisation of that too. */
export async function cancellation(world: DemoWorld): Promise<void> {
  const customer = await world.bank.customer('anna.embedded');
  const story = world.story('Future-dated payment, cancelled before its day (anna.embedded)');
  const order = { amount: { amount: '75.00', currency: 'EUR' }, creditor, executionDate: dayFromNow(7) };
  const made = await initiate(world, story, customer, '/v1/payments', order);
  await confirm(world, story, customer, made);
  const route = `/v1/payments/${made.id}`;
  await followed(world, story, 'it waits for its day', route, ({ isoStatus }) => isoStatus === 'ACTC');
  const asked = await story.step(
    'cancel',
    () => world.app.call<Payment>('POST', `${route}/cancel`, {}),
    (payment) => `${standing(payment)}, next step ${payment.nextStep?.type ?? 'none'}`,
  );
  expectThat(asked.cancellationAuthorisationId !== null, 'a cancellation that has to be authorised');
  const sca = asked.cancellationAuthorisationId;
  await story.step(
    'the PSU authorises the cancellation',
    () => authorise(world, customer, sca, asked.nextStep),
    (road) => road.join(' -> '),
  );
  const ended = await followed(world, story, 'the bank says', route, ({ final }) => final);
  expectThat(ended.isoStatus === 'CANC', `CANC, not ${ended.isoStatus}`);
}
