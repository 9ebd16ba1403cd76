// From the start of the process to "ready": database and queue connected, against an empty Nest + Fastify application.
import { goal, inTurn, ratiosOf } from '../samples.mjs';

export const name = 'startup';

async function measure(world, contestant) {
  if (contestant === 'product') {
    const { child, readyMs } = await world.startApi();
    await child.stop();
    return readyMs;
  }
  const { child, url } = await world.startPeer('empty-nest', {}, false);
  const readyMs = await child.ready(`${url}/health/ready`);
  await child.stop();
  return readyMs;
}

export async function run(world, { rounds, say }) {
  const found = { product: [], peer: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const contestant of inTurn(['product', 'peer'], round))
      found[contestant].push(await measure(world, contestant));
    say(`round ${round + 1}: ${found.product.at(-1).toFixed(0)} ms, empty ${found.peer.at(-1).toFixed(0)} ms`);
  }
  const ratios = ratiosOf(found.product, found.peer);
  return {
    raw: found,
    goals: [goal({ name: 'Ready against an empty Nest app', unit: 'ms', ...found, ratios, must: { atMost: 2.5 } })],
  };
}
