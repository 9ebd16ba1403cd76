import type { BankLedger, FindsOut } from './banks/chaos-bank.js';
import type { Intent } from './plan.js';

/** A payment as our database has it in the end. */
export interface KeptPayment {
  readonly id: string;
  /** The `Idempotency-Key` of its app. */
  readonly key: string;
  readonly amount: string;
  readonly status: string;
  readonly final: boolean;
  readonly reference: string | null;
  readonly ageSeconds: number;
}

/** One thing that an app was told, in the order in which it was told. */
export interface KeptEvent {
  readonly id: string;
  readonly paymentId: string;
  readonly status: string;
  readonly final: boolean;
}

/** Everything that there is to compare. */
export interface Evidence {
  readonly intents: readonly Intent[];
  readonly payments: readonly KeptPayment[];
  readonly ledger: BankLedger;
  readonly events: readonly KeptEvent[];
  readonly receivedEvents: ReadonlySet<string>;
  /** By amount: how the outcome of an intent is found out; without those of which it is not. */
  readonly findsOut: ReadonlyMap<string, FindsOut>;
  /** Ids of payments of which a death broke an order off, between its commit and the note of its answer, or whose answer came too late. */
  readonly interrupted: ReadonlySet<string>;
  /** Ids that apps were given, by key. */
  readonly told: ReadonlyMap<string, readonly string[]>;
}

/** What is wrong, each as a list of sentences; all of them empty, if nothing is. */
export interface Findings {
  /** We say settled and the bank moved nothing, or the bank moved money and we say that it never will. */
  readonly lost: readonly string[];
  /** One intent executed twice, or made into two payments. */
  readonly doubled: readonly string[];
  /** Money moved without a payment of ours, or another amount than ours. */
  readonly ghosts: readonly string[];
  /** The bank has a payment that we neither know by name nor hold for unknown. */
  readonly orphans: readonly string[];
  /** Neither final nor unknown when everything was over; or unknown where nothing excuses it. */
  readonly stuck: readonly string[];
  /** An app was told an end, and then something else. */
  readonly regressed: readonly string[];
  /** Events that never reached the app. */
  readonly untold: readonly string[];
}

/** Compares the bank's books with ours. Pure. */
export function judge(evidence: Evidence): Findings {
  const { intents, payments, ledger, events, receivedEvents, told } = evidence;
  const paymentsOf = groupBy(payments, ({ amount }) => amount);
  const executionsOf = groupBy(ledger.executions, ({ amount }) => amount);
  const known = new Set(payments.flatMap(({ reference }) => reference ?? []));
  const amounts = new Set(intents.map(({ amount }) => amount));

  const lost: string[] = [];
  const doubled: string[] = [];
  for (const { amount, key } of intents) {
    const executed = executionsOf.get(amount) ?? [];
    const ours = paymentsOf.get(amount) ?? [];
    const names = ours.map(({ id, status }) => `${id} ${status}`).join(', ') || 'no payment';
    if (executed.length > 1) doubled.push(`${amount}: executed ${executed.length} times (${names})`);
    const ids = new Set([...(told.get(key) ?? []), ...ours.map(({ id }) => id)]);
    if (ids.size > 1) doubled.push(`${amount}: one key, ${ids.size} payments (${[...ids].join(', ')})`);
    const settled = ours.some(({ status }) => status === 'settled');
    if (settled && executed.length === 0) lost.push(`${amount}: settled, but the bank moved nothing (${names})`);
    const never = ours.length > 0 && ours.every(({ final, status }) => final && status !== 'settled');
    if (never && executed.length > 0) lost.push(`${amount}: executed, but said never to be (${names})`);
  }
  const ghosts = ledger.executions
    .filter(({ amount, reference }) => !amounts.has(amount) || !ownedBy(paymentsOf.get(amount) ?? [], reference))
    .map(({ amount, reference }) => `${amount}: executed as ${reference} without a payment of ours`);
  const orphans = ledger.taken
    .filter(({ amount, reference }) => {
      const unknown = (paymentsOf.get(amount) ?? []).some(({ status }) => status === 'unknown');
      return !known.has(reference) && !unknown;
    })
    .map(({ amount, reference }) => `${amount}: the bank has ${reference}, and nobody knows`);
  const taken = new Set(ledger.taken.map(({ amount }) => amount));
  const excusable = excusableIn(evidence);
  const stuck = payments.flatMap((payment) => {
    const { id, amount, status, final } = payment;
    if (final) return [];
    if (status !== 'unknown') return [`${amount}: ${id} is ${status}`];
    const by = evidence.findsOut.get(amount)?.by;
    if (by === 'repeat') return [`${amount}: ${id} is unknown, and the bank recognises it when it is sent again`];
    if (by === 'look-up' && taken.has(amount)) return [`${amount}: ${id} is unknown, and the bank can be asked`];
    return excusable.has(id) ? [] : [`${amount}: ${id} is unknown, and nothing took its answer`];
  });
  return {
    lost,
    doubled,
    ghosts,
    orphans,
    stuck,
    regressed: regressions(events),
    untold: untold(events, receivedEvents),
  };
}

/**
 * Ids of the payments that may be unknown in the end: a fault of the bank or a death took the answer, and nobody recognises the
 * order when it is sent again.
 */
export function excusableIn({ intents, payments, findsOut, interrupted }: Evidence): ReadonlySet<string> {
  const spoiled = new Set(intents.flatMap(({ amount, fault }) => (fault === null ? [] : [amount])));
  const excused = ({ id, amount }: KeptPayment) => spoiled.has(amount) || interrupted.has(id);
  return new Set(
    payments.filter((one) => findsOut.get(one.amount)?.by !== 'repeat' && excused(one)).map(({ id }) => id),
  );
}

/** How many findings there are in all. */
export function faultsIn(findings: Findings): number {
  return Object.values(findings).reduce<number>((sum, sentences: readonly string[]) => sum + sentences.length, 0);
}

function ownedBy(ours: readonly KeptPayment[], reference: string): boolean {
  return ours.some((payment) => payment.reference === reference || payment.status === 'unknown');
}

function regressions(events: readonly KeptEvent[]): string[] {
  const ended = new Map<string, string>();
  const found: string[] = [];
  for (const { paymentId, status, final } of events) {
    const end = ended.get(paymentId);
    if (end !== undefined && end !== status) found.push(`${paymentId}: told ${end}, then ${status}`);
    if (final) ended.set(paymentId, status);
  }
  return found;
}

function untold(events: readonly KeptEvent[], received: ReadonlySet<string>): string[] {
  return events
    .filter(({ id }) => !received.has(id))
    .map(({ id, paymentId, status }) => `${paymentId}: ${status} (${id})`);
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}
