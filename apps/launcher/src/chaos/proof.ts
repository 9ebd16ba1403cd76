import { setTimeout as pause } from 'node:timers/promises';
import { ChaosApp, type Told } from './app.js';
import { collect, findsOutOf } from './evidence.js';
import { type Findings, judge, type KeptPayment } from './judge.js';
import type { ChaosOptions } from './options.js';
import { type Intent, planIntents } from './plan.js';
import { type ChaosReport, reportOf } from './report.js';
import { Storm } from './storm.js';
import { type ChaosWorld, startWorld } from './world.js';

/** Payments that apps follow at once. */
const concurrency = 160;
/** Payments that begin with the first process that dies; each other waits for its share of the kills. */
const firstAtOnce = 6;
/** Payments that are kept for the end while there are failpoints that nobody came by: who is to die there needs some. */
const keptShare = 0.2;
/** They begin one after the other over so long, so that there still are some when a point is armed. */
const keptMs = 60_000;
/** How long a payment may take to begin when nobody is killed any more. */
const beginLimitMs = 60_000;
/** A bank that is late has acted by then: so long after the last payment was made. */
const lastLateMs = 10_000;
/** So long nothing may be left to do before everything has come to rest. */
const quietMs = 3_000;
/** How often it is looked at, and waits are made shorter. */
const roundMs = 500;
/** The end of patience when everything serves again: so many seconds, and more where there is more to settle. */
const calmLimitSeconds = 240;
const settledPerSecond = 10;

/**
 * Kills whatever can be killed while payments are made at a bank that misbehaves, lets everything come to rest, and
 * compares the bank's books with ours.
 */
export async function prove(options: ChaosOptions): Promise<ChaosReport> {
  const begun = performance.now();
  const world = await startWorld(options);
  try {
    const { bank } = world;
    const weather = { calm: false, settled: false };
    const lanes = { begun: 0 };
    const app = new ChaosApp(world.app, bank, world.institutionIds, weather, options.watchers ?? 0);
    const storm = new Storm(world, app, options.kills, options.seed, options.points);
    const intents = planIntents(options, bank);
    for (const intent of intents) if (intent.fault) await bank.spoil(intent, intent.fault);

    const hurrying = keepHurrying(world, weather, storm);
    const raging = storm.rage();
    const paying = payAll(intents, app, storm, options.kills, lanes, world.log);
    // Payments that wait for a process that is dead for good would wait for ever: the storm ends with the last one.
    await Promise.race([raging, paying]);
    storm.stop();
    await raging;
    world.log(`The storm is over: ${storm.total} kills`);
    // The bank misbehaves until it has seen them all.
    for (let waited = 0; waited < beginLimitMs; waited += roundMs) {
      if ((await world.database.payments()) >= intents.length) break;
      await pause(roundMs);
    }
    await pause(lastLateMs);
    await storm.lookBack();
    world.log(`The bank serves again: ${lanes.begun} payments have begun`);
    await bank.calm();
    weather.calm = true;
    await settle(world, options, intents);
    weather.settled = true;
    const told = await paying;
    await hurrying;

    const evidence = await collect(world, told, storm.interrupted);
    const findings = judge(evidence);
    for (const line of await standstill(world, findings)) world.log(line);
    return reportOf(courseOf(options, world, storm, app, told, begun), evidence, findings);
  } finally {
    await world.stop();
  }
}

/** Begins payments as kills happen, so that neither is over before the other. */
async function payAll(
  intents: readonly Intent[],
  app: ChaosApp,
  storm: Storm,
  kills: number,
  lanes: { begun: number },
  log: (line: string) => void,
): Promise<Told[]> {
  const told: Told[] = [];
  const firstKept = Math.ceil(intents.length * (1 - keptShare));
  let enoughAt = Infinity;
  let next = 0;
  /** Whether the storm has not come so far that this payment begins. */
  const early = (index: number): boolean => {
    if (storm.total >= kills) enoughAt = Math.min(enoughAt, performance.now());
    if (index < firstKept || storm.missing.length === 0) {
      return storm.total < Math.floor(((index - firstAtOnce) / intents.length) * kills);
    }
    return performance.now() < enoughAt + ((index - firstKept) / (intents.length - firstKept)) * keptMs;
  };
  const lane = async (): Promise<void> => {
    for (let intent = intents[next++]; intent; intent = intents[next++]) {
      while (!storm.over && early(intent.index)) await pause(50);
      lanes.begun += 1;
      told.push(await app.pay(intent));
      log(`${told.length} payments are over`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return told;
}

/** Makes short what only takes time. */
async function keepHurrying(
  { database, bank }: ChaosWorld,
  weather: { readonly calm: boolean; readonly settled: boolean },
  storm: Storm,
): Promise<void> {
  while (!weather.settled) {
    try {
      if (storm.over) await database.hurryLeases(5);
      else await database.hurry(5);
      if (weather.calm) await database.hurryUnknown(5);
    } catch {
      // PostgreSQL is dead for the moment.
    }
    await bank.disturb?.().catch(() => undefined);
    await pause(roundMs);
  }
}

/** Waits until every payment has ended or is unknown, and every event is told; or until patience has. */
async function settle(
  { database, bank, log }: ChaosWorld,
  { payments: wanted, settleSeconds = calmLimitSeconds + wanted / settledPerSecond }: ChaosOptions,
  intents: readonly Intent[],
): Promise<void> {
  const findsOut = findsOutOf(intents, bank);
  const deadline = Date.now() + settleSeconds * 1_000;
  let quiet = 0;
  while (quiet * roundMs < quietMs && Date.now() < deadline) {
    const rows = await database.query<Pick<KeptPayment, 'amount' | 'status'> & { readonly sentSeconds: number }>(
      `SELECT (amount_minor / 100.0)::numeric(20, 2)::text AS amount, state AS status,
              extract(epoch FROM now() - sent_at)::float8 AS "sentSeconds"
       FROM payments WHERE NOT final`,
    );
    // One that is still to be found out is not at rest either.
    const open = rows.filter(({ amount, status, sentSeconds }) => {
      if (status !== 'unknown') return true;
      const way = findsOut.get(amount);
      return way?.by === 'repeat' || (way !== undefined && sentSeconds < way.afterSeconds + 5);
    });
    const [counted] = await database.query<{ payments: number; deliveries: number }>(
      `SELECT (SELECT count(*)::int FROM payments) AS payments,
              (SELECT count(*)::int FROM webhook_deliveries WHERE status = 'pending') AS deliveries`,
    );
    const rest = open.length === 0 && (counted?.payments ?? 0) >= wanted && counted?.deliveries === 0;
    quiet = rest ? quiet + 1 : 0;
    log(`${open.length} open, ${counted?.payments} payments, ${counted?.deliveries} deliveries`);
    await pause(roundMs);
  }
}

function courseOf(
  { provider, seed, redis, kills, points }: ChaosOptions,
  { bank, receiver }: ChaosWorld,
  storm: Storm,
  app: ChaosApp,
  told: readonly Told[],
  begun: number,
) {
  return {
    provider,
    seed,
    redis,
    wantedKills: kills,
    failpoints: points ?? bank.failpoints,
    bankFaults: bank.faults,
    leastSettled: bank.leastSettled ?? 0.25,
    kills: storm.kills,
    totalKills: storm.total,
    inFlightAtKills: storm.inFlightAtKills,
    cutRequests: app.cut,
    repeatedEvents: [...receiver.received.values()].filter((times) => times > 1).length,
    refusals: told.flatMap(({ refusal }) => refusal ?? []),
    seconds: Math.round((performance.now() - begun) / 1_000),
  };
}

/** What is known about payments that do not move, for whoever looks into it. */
async function standstill({ database }: ChaosWorld, findings: Findings): Promise<string[]> {
  const named = [...JSON.stringify(findings).matchAll(/pay_\w+/g)].map(([id]) => id);
  const rows = await database.query<Record<string, unknown>>(
    `SELECT payment.amount_minor, payment.psu_id, payment.send_state, payment.iso_status, payment.reference IS NOT NULL AS named,
            payment.id, payment.sent_at, payment.updated_at, payment.send_attempts,
            (SELECT json_agg(json_build_array(at, source, upstream_status, why) ORDER BY sequence)
             FROM payment_observations WHERE payment_id = payment.id) AS timeline,
            sca.approach, sca.sca_status, sca.open, sca.next_step_envelope IS NOT NULL AS step,
            sca.continuation_envelope IS NOT NULL AS begun, sca.answering_until, sca.polls, sca.next_poll_at,
            (SELECT count(*)::int FROM callbacks WHERE callbacks.authorisation_id = sca.id AND used_at IS NULL) AS ways_back,
            (SELECT count(*)::int FROM callbacks WHERE callbacks.authorisation_id = sca.id AND used_at IS NOT NULL) AS used
     FROM payments AS payment LEFT JOIN authorisations AS sca ON sca.id = payment.authorisation_id
     WHERE (NOT final AND state <> 'unknown') OR payment.id = ANY ($1)`,
    [named],
  );
  return rows.map((row) => `does not move: ${JSON.stringify(row)}`);
}
