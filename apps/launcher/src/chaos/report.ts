import type { Failpoint } from '@tributary/platform';
import type { Evidence, Findings } from './judge.js';
import { excusableIn, faultsIn } from './judge.js';
import { type FaultKind, faultKinds } from './plan.js';
import type { Kills } from './storm.js';

/** The one line that the proof prints. */
export interface ChaosReport {
  readonly provider: string;
  readonly seed: string;
  readonly queues: 'postgres' | 'redis';
  readonly payments: number;
  readonly lost: number;
  readonly doubled: number;
  readonly ghosts: number;
  readonly orphans: number;
  readonly stuck: number;
  readonly regressed: number;
  readonly untold: number;
  /** `limit`: so many could be at most, since a fault of the bank or a death took their answer and nobody can be asked. */
  readonly unknown: { readonly count: number; readonly limit: number; readonly agesSeconds: readonly number[] };
  readonly kills: Kills;
  readonly inFlightAtKills: number;
  readonly cutRequests: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** How payments ended, by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Money that the bank moved. */
  readonly executed: number;
  /** Events that reached the app more than once; it tells them by their id. */
  readonly repeatedEvents: number;
  readonly seconds: number;
  /** What of the findings can be told in words, at most ten of each. */
  readonly findings: Findings;
  /** Why the run proves nothing; empty if it does. */
  readonly vacuous: readonly string[];
  readonly ok: boolean;
}

/** What happened, as far as books do not tell. */
export interface Course {
  readonly provider: string;
  readonly seed: string;
  readonly redis: boolean;
  readonly wantedKills: number;
  readonly failpoints: readonly Failpoint[];
  readonly bankFaults: readonly FaultKind[];
  /** Share of the payments that has to settle. */
  readonly leastSettled: number;
  readonly kills: Kills;
  readonly totalKills: number;
  readonly inFlightAtKills: number;
  readonly cutRequests: number;
  readonly repeatedEvents: number;
  readonly refusals: readonly string[];
  readonly seconds: number;
}

/** Puts it into figures. */
export function reportOf(course: Course, evidence: Evidence, findings: Findings): ChaosReport {
  const { intents, payments, ledger } = evidence;
  const faults = Object.fromEntries(
    faultKinds.map((kind) => [kind, intents.filter(({ fault }) => fault === kind).length]),
  ) as Record<FaultKind, number>;
  const unknown = payments.filter(({ status }) => status === 'unknown');
  const vacuous = floors(course, evidence, faults);
  const first = (sentences: readonly string[]) => sentences.slice(0, 10);
  return {
    provider: course.provider,
    seed: course.seed,
    queues: course.redis ? 'redis' : 'postgres',
    payments: intents.length,
    lost: findings.lost.length,
    doubled: findings.doubled.length,
    ghosts: findings.ghosts.length,
    orphans: findings.orphans.length,
    stuck: findings.stuck.length,
    regressed: findings.regressed.length,
    untold: findings.untold.length,
    unknown: {
      count: unknown.length,
      limit: excusableIn(evidence).size,
      agesSeconds: unknown.map(({ ageSeconds }) => Math.round(ageSeconds)),
    },
    kills: course.kills,
    inFlightAtKills: course.inFlightAtKills,
    cutRequests: course.cutRequests,
    faults,
    statuses: countBy(payments.map(({ status }) => status)),
    executed: ledger.executions.length,
    repeatedEvents: course.repeatedEvents,
    seconds: course.seconds,
    findings: {
      lost: first(findings.lost),
      doubled: first(findings.doubled),
      ghosts: first(findings.ghosts),
      orphans: first(findings.orphans),
      stuck: first(findings.stuck),
      regressed: first(findings.regressed),
      untold: first(findings.untold),
    },
    vacuous,
    ok: vacuous.length === 0 && faultsIn(findings) === 0,
  };
}

/** The least that a run must have seen before its zeros mean anything. */
function floors(course: Course, { intents, payments }: Evidence, faults: Record<FaultKind, number>): string[] {
  const { kills, totalKills, wantedKills, inFlightAtKills, failpoints, bankFaults, leastSettled, refusals } = course;
  const missing: string[] = [];
  if (payments.length < intents.length)
    missing.push(`${intents.length - payments.length} intents never became payments`);
  if (refusals.length > 0) missing.push(`refused: ${[...new Set(refusals)].join(', ')}`);
  const settled = payments.filter(({ status }) => status === 'settled').length;
  if (settled < intents.length * leastSettled) missing.push(`less than ${leastSettled * 100} % were settled`);
  for (const kind of bankFaults) if (faults[kind] === 0) missing.push(`the bank never failed by ${kind}`);
  if (wantedKills === 0) return missing;
  if (totalKills < wantedKills) missing.push(`${totalKills} kills instead of ${wantedKills}`);
  if (inFlightAtKills === 0) missing.push('nothing was under way at any kill');
  for (const name of failpoints) if (!kills.failpoints[name]) missing.push(`nobody died at ${name}`);
  for (const victim of ['api', 'worker', 'postgres'] as const)
    if (!kills[victim]) missing.push(`no ${victim} was killed`);
  if (course.redis && !kills.redis) missing.push('no redis was killed');
  return missing;
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
