// The time that the product adds to a call of a bank that takes 50 ms, at a fixed rate, timed from the scheduled sending.
import { goal, inTurn } from '../samples.mjs';
import { balanceReads } from './get.mjs';

export const name = 'latency';

const rate = 300;
const bankMs = 50;

async function measure(world, contestant, { fullLoadMs, ...times }) {
  const load = async (origin, requests) => {
    const groups = [{ name: contestant, origin, connections: 64, requests }];
    await world.load({ groups, warmUpMs: 0, measureMs: fullLoadMs });
    await world.tellBank({ latencyMs: bankMs });
    const [result] = await world.load({ groups, rate, ...times });
    const { requests: asked } = await world.tellBank({ latencyMs: 0 });
    if (asked !== result.total)
      throw new Error(`${contestant}: ${asked} calls to the bank for ${result.total} requests`);
    return { p50: result.p50, p99: result.p99 };
  };
  if (contestant === 'direct') {
    const requests = balanceReads(world, '', { id: ({ reference }) => reference });
    return load(
      world.bankUrl,
      requests.map((request) => ({ ...request, path: `/b0${request.path}` })),
    );
  }
  const { child, url } = await world.startApi();
  try {
    return await load(url, balanceReads(world, await world.token(url)));
  } finally {
    await child.stop();
  }
}

export async function run(world, { rounds, quick, say }) {
  // At this rate the code of a process would not be compiled for minutes: full load warms it up first.
  const times = { fullLoadMs: quick ? 3_000 : 8_000, warmUpMs: 2_000, measureMs: 4_000 };
  const found = { product: [], direct: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const contestant of inTurn(['product', 'direct'], round)) {
      found[contestant].push(await measure(world, contestant, times));
    }
    const [product, direct] = [found.product.at(-1), found.direct.at(-1)];
    say(
      `round ${round + 1}: p50 ${product.p50.toFixed(2)} - ${direct.p50.toFixed(2)}, p99 ${product.p99.toFixed(2)} - ${direct.p99.toFixed(2)} ms`,
    );
  }
  const added = (quantile, atMost) => {
    const product = found.product.map((each) => each[quantile]);
    const peer = found.direct.map((each) => each[quantile]);
    const ratios = product.map((value, round) => value - peer[round]);
    return goal({
      name: `Latency added at ${rate}/s, ${quantile} (ms)`,
      unit: 'ms',
      product,
      peer,
      ratios,
      must: { atMost },
    });
  };
  return { raw: found, goals: [added('p50', 1.5), added('p99', 6)] };
}
