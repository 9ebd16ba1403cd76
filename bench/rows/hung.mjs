// One of ten banks hangs while apps go on asking for it: what the other nine notice of it. Requests come at a fixed rate, well below
// what one process can serve: else the calls that the hanging bank no longer takes would leave time for the others.
import { goal, inTurn, ratiosOf } from '../samples.mjs';
import { balanceReads } from './get.mjs';

export const name = 'hung';

const hungBank = 9;
const healthyBanks = Array.from({ length: hungBank }, (_, number) => number);
/** Requests a second to each bank: together a quarter of what one process serves at its full load, also on a slow machine. */
const rate = 30;

async function measure(world, hanging, { warmUpMs, measureMs }) {
  const { child, url } = await world.startApi();
  try {
    const token = await world.token(url);
    await world.tellBank({ latencyMs: 5, hanging: hanging ? [hungBank] : [] });
    const reads = (bank) => balanceReads(world, token, { bank });
    const inTurns = healthyBanks.flatMap((bank) => [...reads(bank).entries()]).sort(([a], [b]) => a - b);
    const nine = inTurns.map(([, request]) => request);
    const tenth = reads(hungBank).map((request) => (hanging ? { ...request, expect: '"status":503' } : request));
    const groups = [
      { name: 'nine banks', origin: url, connections: 45, share: healthyBanks.length, requests: nine },
      { name: 'the tenth', origin: url, connections: 5, requests: tenth, ...(hanging && { expectStatus: 503 }) },
    ];
    const [{ perSecond, p99 }] = await world.load({ groups, warmUpMs, measureMs, rate });
    return { perSecond, p99 };
  } finally {
    await world.tellBank({ latencyMs: 0, hanging: [] });
    await child.stop();
  }
}

export async function run(world, { rounds, quick, say }) {
  // Ten seconds until the bank's first calls run out of time, five in which it is left alone, ten in which one call tries again.
  const times = quick ? { warmUpMs: 2_000, measureMs: 4_000 } : { warmUpMs: 12_000, measureMs: 20_000 };
  const found = { healthy: [], hanging: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const contestant of inTurn(['healthy', 'hanging'], round)) {
      found[contestant].push(await measure(world, contestant === 'hanging', times));
    }
    say(
      `round ${round + 1}: nine banks ${Math.round(found.hanging.at(-1).perSecond)}/s, all healthy ${Math.round(found.healthy.at(-1).perSecond)}/s`,
    );
  }
  const compare = (label, key, unit, must) => {
    const product = found.hanging.map((each) => each[key]);
    const peer = found.healthy.map((each) => each[key]);
    return goal({
      name: `One of ten banks hangs: ${label}`,
      unit,
      product,
      peer,
      ratios: ratiosOf(product, peer),
      must,
    });
  };
  return {
    raw: found,
    goals: [
      compare('requests/s of the other nine', 'perSecond', '/s', { atLeast: 0.9 }),
      compare('their p99', 'p99', 'ms', { atMost: 1.3 }),
    ],
  };
}
