import { authorise, type DemoWorld } from '../demo-world.js';
import { expectThat } from '../report.js';
import type { Authorisation } from '../wire.js';
import { confirm, creditor, followed, initiate } from './order.js';

/** A company's account: two people sign, one after the other, each with an SCA of their own. */
export async function twoSigners(world: DemoWorld): Promise<void> {
  const [first, second] = [await world.bank.customer('karla.corporate'), await world.bank.customer('ludwig.corporate')];
  const story = world.story('Payment that two have to sign (karla.corporate, ludwig.corporate)');
  const order = { amount: { amount: '950.00', currency: 'EUR' }, creditor, scaPreference: 'embedded' };
  const made = await initiate(world, story, first, '/v1/payments', order);
  await confirm(world, story, first, made);
  const route = `/v1/payments/${made.id}`;
  await followed(world, story, 'one signature is there', route, ({ isoStatus }) => isoStatus === 'PATC');
  const next = await story.step(
    'open the SCA of the second signer',
    () =>
      world.app.call<Authorisation>('POST', `${route}/authorisations`, {
        psu: { id: second.username },
        scaPreference: 'embedded',
      }),
    ({ nextStep }) => `next step ${nextStep?.type ?? 'none'}`,
  );
  await story.step(
    'the second signer does their part',
    () => authorise(world, second, next.id, next.nextStep),
    (road) => road.join(' -> '),
  );
  const ended = await followed(world, story, 'the worker follows it to its end', route, ({ final }) => final);
  expectThat(ended.isoStatus === 'ACSC', `ACSC, not ${ended.isoStatus}`);
}
