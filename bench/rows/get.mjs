// Unified GET of balances, one process: requests a second and processor time against P0 to P3, live and from the store.
import { goal, inTurn, ratiosOf } from '../samples.mjs';
import { signingBank } from '../world.mjs';

export const name = 'get';

const connections = 50;
const amountOf = (reference) => `"amount":"${1_000_000 + Number(/\d+/.exec(reference)[0])}.`;

/** Reads of the balances of all accounts at one bank, in turn. */
export function balanceReads(world, token, { bank = 0, attended = true, id = (account) => account.id } = {}) {
  const headers = { authorization: `Bearer ${token}`, ...(attended && { 'psu-ip-address': '192.0.2.17' }) };
  return world.accounts
    .filter((account) => account.bank === bank)
    .map((account) => ({
      method: 'GET',
      path: `/v1/accounts/${id(account)}/balances`,
      headers,
      expect: amountOf(account.reference),
    }));
}

const products = ['live', 'changing', 'store'];
const contestants = [...products, 'signed', 'p0', 'p1', 'p2', 'p3'];
const isPeer = (contestant) => /^p\d$/.test(contestant);

async function start(world, contestant) {
  if (isPeer(contestant)) {
    const { child, url } = await world.startPeer(contestant);
    return { child, url, requests: balanceReads(world, world.peerToken(), { id: ({ reference }) => reference }) };
  }
  const { child, url } = await world.startApi();
  const bank = contestant === 'signed' ? signingBank : 0;
  const requests = balanceReads(world, await world.token(url), { bank, attended: contestant !== 'store' });
  return { child, url, requests };
}

async function measure(world, contestant, { warmUpMs, measureMs }) {
  const { child, url, requests } = await start(world, contestant);
  try {
    await world.tellBank({ latencyMs: 0, changing: contestant === 'changing' });
    let cpuMs = 0;
    let rssMb = 0;
    const watch = setInterval(() => (rssMb = Math.max(rssMb, child.rssMb())), 200);
    const plan = { groups: [{ name: contestant, origin: url, connections, requests }], warmUpMs, measureMs };
    const [result] = await world.load(plan, (phase) => (cpuMs = child.cpuMs() - (phase === 'measured' ? cpuMs : 0)));
    clearInterval(watch);
    const bank = await world.tellBank({ changing: false });
    if (contestant === 'store') {
      // A consent's first read is live: there is nothing in the store yet.
      if (bank.requests > requests.length)
        throw new Error(`${bank.requests} calls to the bank for answers from the store`);
    } else if (bank.requests !== result.total) {
      throw new Error(`${contestant}: ${bank.requests} calls to the bank for ${result.total} requests`);
    }
    const reuse = 1 - bank.connections / Math.max(1, bank.requests);
    return {
      perSecond: result.perSecond,
      cpuUs: (cpuMs / result.measured) * 1_000,
      rssMb,
      reuse,
      p50: result.p50,
      p99: result.p99,
    };
  } finally {
    await child.stop();
  }
}

export async function run(world, { rounds, quick, say }) {
  // Long enough that the code of everybody is compiled: what runs for days is what is compared.
  const times = quick ? { warmUpMs: 2_000, measureMs: 2_000 } : { warmUpMs: 8_000, measureMs: 2_000 };
  const found = Object.fromEntries(contestants.map((contestant) => [contestant, []]));
  const generator = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const contestant of inTurn(contestants, round))
      found[contestant].push(await measure(world, contestant, times));
    generator.push(await generatorRate(world));
    say(
      `round ${round + 1}: ${contestants.map((each) => `${each} ${Math.round(found[each].at(-1).perSecond)}/s`).join(', ')}`,
    );
  }
  const rates = (contestant) => found[contestant].map(({ perSecond }) => perSecond);
  const against = (label, contestant, peer, atLeast) =>
    goal({
      name: `${label} against ${peer.toUpperCase()}`,
      unit: '/s',
      product: rates(contestant),
      peer: rates(peer),
      ratios: ratiosOf(rates(contestant), rates(peer)),
      must: atLeast === undefined ? undefined : { atLeast },
    });
  const musts = { p0: 0.5, p1: 1.2, p2: 2.5, p3: 8 };
  const goals = [
    ['Unified GET, live', 'live'],
    ['Unified GET, live, another balance each time', 'changing'],
    ['Unified GET, from the store', 'store'],
  ].flatMap(([label, contestant]) =>
    Object.entries(musts).map(([peer, must]) => against(label, contestant, peer, must)),
  );
  const cpu = (contestant) => found[contestant].map(({ cpuUs }) => cpuUs);
  const fastest = generator.map((_, round) => Math.max(...products.map((product) => rates(product)[round])));
  const asked = found.live.map(({ reuse }) => reuse);
  return {
    raw: { found, generator },
    goals: [
      ...goals,
      against('Unified GET, live, each call to the bank signed with RSA-2048', 'signed', 'p0'),
      goal({
        name: 'CPU per unified GET against P0',
        unit: 'us',
        product: cpu('live'),
        peer: cpu('p0'),
        ratios: ratiosOf(cpu('live'), cpu('p0')),
        must: { atMost: 2 },
      }),
      goal({ name: 'Upstream connections reused (share of calls)', ratios: asked, must: { atLeast: 0.99 } }),
      goal({
        name: 'Memory of the api under load (MB)',
        ratios: found.live.map(({ rssMb }) => rssMb),
        must: { atMost: 220 },
      }),
      goal({
        name: 'Generator against the fastest of the three (rule: 3)',
        unit: '/s',
        product: generator,
        peer: fastest,
        ratios: ratiosOf(generator, fastest),
        must: { atLeast: 3 },
      }),
    ],
  };
}

/** What the generator can do, against a socket that answers without looking. */
async function generatorRate(world) {
  const responder = await world.startResponder();
  const requests = [{ method: 'GET', path: '/', headers: {}, expect: 'ok' }];
  const groups = [{ name: 'generator', origin: responder.url, connections, requests }];
  try {
    const [{ perSecond }] = await world.load({ groups, warmUpMs: 500, measureMs: 1_000 });
    return perSecond;
  } finally {
    await responder.child.stop();
  }
}
