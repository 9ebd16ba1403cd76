// Status sync, the full cycle of one worker process: claim, ask over HTTP, observe, write back, plan the next time. Against BullMQ on
// Redis: jobs that do nothing, and its own full cycle. Each process makes two passes to warm up; the one after them counts.
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { OpenPayments, spread } from '../open-payments.mjs';
import { benchDir, Child, startRedis } from '../processes.mjs';
import { goal, inTurn, ratiosOf } from '../samples.mjs';

export const name = 'sync';

const due = 10_000;
const passes = 3;
const warmUp = passes - 1;
/** One payment in so many has settled when it is asked about; in every pass other ones. */
const settledOneIn = 20;
let settledRest = 0;
const nextSettled = () => ({ settledOneIn, settledRest: (settledRest = (settledRest + 1) % settledOneIn) });
const peerConcurrency = 200;
const chunk = 1_000;

const counted = `SELECT count(*) FILTER (WHERE final) AS final,
  (SELECT count(*) FROM payment_observations WHERE source = 'poll' AND applied) AS entries FROM payments`;

/** One worker process: its polls per second after the warm-up, and its memory. */
async function product(world, open, size, { count, latencyMs }) {
  await open.fillTo(size);
  const { child } = await world.startWorker();
  let rssMb = 0;
  const watch = setInterval(() => (rssMb = Math.max(rssMb, child.rssMb())), 200);
  const rates = [];
  let maxInFlight = 0;
  try {
    for (let pass = 0; pass < passes; pass += 1) {
      await world.tellBank({ ...nextSettled(), latencyMs });
      const before = (await world.database.query(counted)).rows[0];
      const made = await open.makeDue(count);
      const { end, first, asked, operations } = await drained(world, made);
      const after = (await world.database.query(counted)).rows[0];
      if (asked !== made) {
        throw new Error(`${asked} calls to the bank for ${made} payments: ${JSON.stringify(operations)}`);
      }
      const [settled, entries] = [after.final - before.final, after.entries - before.entries];
      if (settled !== entries || settled === 0)
        throw new Error(`${settled} payments settled, ${entries} entries in the timelines`);
      const { maxInFlight: most } = await world.tellBank({});
      if (pass >= warmUp) rates.push((made / (end - first)) * 1_000);
      maxInFlight = Math.max(maxInFlight, most);
    }
    return { perSecond: rates.reduce((sum, rate) => sum + rate, 0) / rates.length, rssMb, maxInFlight };
  } finally {
    clearInterval(watch);
    await child.stop();
    await world.tellBank({ settledOneIn: 0, latencyMs: 0 });
  }
}

/** Waits until every due payment was asked about and written. */
async function drained(world, count) {
  for (const began = performance.now(); ;) {
    const { requests: asked, first, last, operations } = await world.tellBank({}, false);
    if (asked >= count) {
      const { rows } = await world.database.query(
        `SELECT count(*) AS left FROM payments
         WHERE connection_id = ANY($1) AND next_poll_at < now() + interval '25 minutes'`,
        [world.connections.map(({ id }) => id)],
      );
      const end = performance.timeOrigin + performance.now();
      if (Number(rows[0].left) === 0) return { asked, first, end: Math.max(end - 10, last), operations };
    }
    if (performance.now() - began > 120_000)
      throw new Error(`${asked} of ${count} payments were asked about in two minutes`);
    await pause(20);
  }
}

/** A BullMQ peer: fresh process, jobs for each pass added while its queue is paused. */
async function bullmq(world, redis, kind, jobsOf) {
  const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  const queue = new Queue(kind, { connection });
  const env = {
    REDIS_URL: redis.url,
    CONCURRENCY: String(peerConcurrency),
    BANK_URL: world.bankUrl,
    DATABASE_URL: world.peersUrl,
  };
  await queue.pause();
  const child = new Child(`bullmq-${kind}`, path.join(benchDir, 'peers', `bullmq-${kind}.mjs`), {
    env,
    logDir: world.logDir,
  });
  await child.message((message) => message === 'ready');
  const state = async (message) => {
    const answer = child.message(({ done }) => done !== undefined);
    child.process.send(message);
    return answer;
  };
  const rates = [];
  try {
    for (let pass = 0; pass < passes; pass += 1) {
      await queue.pause();
      const jobs = await jobsOf(pass);
      for (let from = 0; from < jobs.length; from += chunk) await queue.addBulk(jobs.slice(from, from + chunk));
      await state('reset');
      await queue.resume();
      let now = await state('look');
      while (now.done < jobs.length) {
        await pause(50);
        now = await state('look');
      }
      if (pass >= warmUp) rates.push((now.done / (now.last - now.first)) * 1_000);
    }
    return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  } finally {
    await child.stop();
    await queue.close();
    connection.disconnect();
  }
}

const noopJobs = () =>
  Array.from({ length: due }, () => ({ name: 'noop', data: {}, opts: { removeOnComplete: true } }));

/** Payments of the full cycle: rows in the peers' database, and a delayed job for each that is not due. */
async function peerPayments(world, redis, size) {
  const { rows } = await world.peers.query('SELECT count(*) AS count FROM payments');
  const have = Number(rows[0].count);
  await world.peers.query(
    `INSERT INTO payments (id, app_id, reference, status, next_poll_at, at)
     SELECT 'pay-' || n, 'app-1', 'p-' || n, 'ACSP', now() + interval '30 minutes', now() FROM generate_series($1::int, $2::int) AS n`,
    [have + 1, Math.max(have, size)],
  );
  await world.peers.query('VACUUM ANALYZE payments');
  const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  const queue = new Queue('cycle', { connection });
  for (let from = have; from < size - due; from += chunk) {
    const jobs = Array.from({ length: Math.min(chunk, size - due - from) }, (_, index) => waiting(from + index + 1));
    await queue.addBulk(jobs);
  }
  await queue.close();
  connection.disconnect();
}

const cycleData = (number) => ({ id: `pay-${number}`, reference: `p-${number}`, status: 'ACSP' });
const waiting = (number) => ({
  name: 'poll',
  data: cycleData(number),
  opts: { delay: 7_200_000, removeOnComplete: true },
});

async function cycle(world, redis, size) {
  const history = async () =>
    Number((await world.peers.query('SELECT count(*) AS count FROM payment_history')).rows[0].count);
  const before = await history();
  let settled = 0;
  const rate = await bullmq(world, redis, 'cycle', async () => {
    const numbers = Array.from({ length: due }, (_, index) => size - index);
    await world.tellBank({ ...nextSettled(), latencyMs: 0 });
    settled += numbers.filter((number) => number % settledOneIn === settledRest).length;
    return numbers.map((number) => ({ name: 'poll', data: cycleData(number), opts: { removeOnComplete: true } }));
  });
  const entries = (await history()) - before;
  if (entries !== settled)
    throw new Error(`BullMQ full cycle: ${settled} payments settled, ${entries} entries of history`);
  await world.tellBank({ settledOneIn: 0 });
  return rate;
}

export async function run(world, { rounds, sizes, say }) {
  const redis = await startRedis(world.dir);
  if (!redis) say('redis-server is not installed: the peers on Redis are left out');
  const open = new OpenPayments(world);
  await open.prepare();
  world.openPayments = open;
  const found = sizes.map((size) => ({ size, product: [], noop: [], cycle: [], share: [] }));
  try {
    for (const at of found) {
      say(`${at.size.toLocaleString('en-GB')} open payments: preparing`);
      await open.fillTo(at.size);
      if (redis) await peerPayments(world, redis, at.size);
      for (let round = 0; round < rounds; round += 1) {
        // Jobs that do nothing know no payments: one size is enough for them.
        const contestants = ['product', ...(redis ? ['cycle'] : []), ...(redis && at === found[0] ? ['noop'] : [])];
        for (const contestant of inTurn(contestants, round)) {
          if (contestant === 'product')
            at.product.push(await product(world, open, at.size, { count: due, latencyMs: 0 }));
          else if (contestant === 'noop') at.noop.push(await bullmq(world, redis, 'noop', noopJobs));
          else at.cycle.push(await cycle(world, redis, at.size));
        }
        const last = at.product.at(-1);
        say(
          `round ${round + 1}: product ${Math.round(last.perSecond)}/s (${Math.round(last.rssMb)} MB), no-op ${Math.round(found[0].noop.at(-1) ?? 0)}/s, cycle ${Math.round(at.cycle.at(-1) ?? 0)}/s`,
        );
      }
    }
    for (let round = 0; round < rounds; round += 1) {
      found[0].share.push(await product(world, open, sizes[0], { count: due, latencyMs: 50 }));
    }
    say(
      `50 ms bank: ${found[0].share.map(({ perSecond, maxInFlight }) => `${Math.round(perSecond)}/s with ${maxInFlight} in flight`).join(', ')}`,
    );
  } finally {
    redis?.stop();
  }
  return { raw: found, goals: goalsOf(found, redis !== null), ...(redis ? {} : { missing: 'the peers on Redis' }) };
}

function goalsOf(found, withPeers) {
  const rates = (at) => at.product.map(({ perSecond }) => perSecond);
  const label = (size) => `${size.toLocaleString('en-GB')} open`;
  const [smallest, largest] = [found[0], found.at(-1)];
  const memory = (at) => at.product.map(({ rssMb }) => rssMb);
  const against = (at, peer, words, atLeast) =>
    goal({
      name: `Status sync, ${label(at.size)}, against ${words}`,
      unit: '/s',
      product: rates(at),
      peer: peer === 'noop' ? smallest.noop : at[peer],
      ratios: ratiosOf(rates(at), peer === 'noop' ? smallest.noop : at[peer]),
      must: { atLeast },
    });
  // What a bank of 50 ms lets through at most, with as many requests in flight as the worker may have at all banks together.
  const share = smallest.share.map(({ perSecond }) => perSecond / ((spread * 100) / 0.05));
  return [
    ...(withPeers
      ? found.flatMap((at) => [against(at, 'noop', 'BullMQ no-op', 0.9), against(at, 'cycle', 'BullMQ full cycle', 4)])
      : []),
    goal({
      name: 'Share of (in flight / latency), 50 ms bank, 500 in flight',
      unit: '/s',
      product: smallest.share.map(({ perSecond }) => perSecond),
      ratios: share,
      must: { atLeast: 0.85 },
    }),
    goal({
      name: `Polls/s, ${label(largest.size)} against ${label(smallest.size)}`,
      unit: '/s',
      product: rates(largest),
      peer: rates(smallest),
      ratios: ratiosOf(rates(largest), rates(smallest)),
      must: { atLeast: 0.8 },
    }),
    goal({ name: `Memory of the worker, ${label(largest.size)} (MB)`, ratios: memory(largest), must: { atMost: 200 } }),
    goal({
      name: `Memory of the worker, growth from ${label(smallest.size)} (ratio)`,
      unit: 'MB',
      product: memory(largest),
      peer: memory(smallest),
      ratios: ratiosOf(memory(largest), memory(smallest)),
      must: { atMost: 1.1 },
    }),
  ];
}
