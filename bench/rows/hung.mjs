// One of ten banks hangs while apps go on asking for it: what the other nine notice of it. Requests come at a fixed rate, well below
// what one process can serve: else the calls that the hanging bank no longer takes would leave time for the others.
import { goal, inTurn, ratiosOf } from '../samples.mjs';
import { balanceReads } from './get.mjs';

export const name = 'hung';

// Not the one that wants signatures: calls that are refused here save none.
const hungBank = 8;
const others = Array.from({ length: 10 }, (_, bank) => bank).filter((bank) => bank !== hungBank);
/** Requests a second to each bank: together a quarter of what one process serves at its full load, also on a slow machine. */
const rate = 30;

/** Reads at each of these banks in turns. */
function inTurns(lists) {
  const length = Math.min(...lists.map((list) => list.length));
  return Array.from({ length }, (_, place) => lists.map((list) => list[place])).flat();
}

async function measure(world, hanging, { fullLoadMs, ...times }) {
  const { child, url } = await world.startApi();
  try {
    const token = await world.token(url);
    const reads = (bank) => balanceReads(world, token, { bank });
    const nine = {
      name: 'nine banks',
      origin: url,
      connections: 45,
      share: others.length,
      requests: inTurns(others.map(reads)),
    };
    await world.tellBank({ latencyMs: 5 });
    await world.load({ groups: [nine], warmUpMs: 0, measureMs: fullLoadMs });
    await world.tellBank({ hanging: hanging ? [hungBank] : [] });
    const tenth = {
      name: 'the tenth',
      origin: url,
      connections: 5,
      requests: reads(hungBank).map((request) => (hanging ? { ...request, expect: '"status":503' } : request)),
      ...(hanging && { expectStatus: 503 }),
    };
    const [{ perSecond, p99 }] = await world.load({ groups: [nine, tenth], rate, ...times });
    return { perSecond, p99 };
  } finally {
    await world.tellBank({ latencyMs: 0, hanging: [] });
    await child.stop();
  }
}

export async function run(world, { rounds, quick, say }) {
  // Five seconds until the first calls run out of time, five in which the bank is left alone, five in which one call tries again; and
  // once more.
  const times = quick
    ? { fullLoadMs: 3_000, warmUpMs: 500, measureMs: 6_000 }
    : { fullLoadMs: 8_000, warmUpMs: 500, measureMs: 25_000 };
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
