import { randomUUID } from 'node:crypto';
import { SeededRandom } from './random.js';

/** How a bank fails at an initiation. `late`: it acts after we have stopped waiting. */
export const faultKinds = ['reset-before', 'reset-after', 'error-before', 'error-after', 'late'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One payment that somebody wants made, once. */
export interface Intent {
  readonly index: number;
  /** Of no other intent, so that a bank's ledger tells which one it executed, whatever else it carries. */
  readonly amount: string;
  readonly key: string;
  /** Which of the bank's connections, by number. */
  readonly connection: number;
  readonly username: string;
  readonly decision: 'confirm' | 'refuse';
  readonly fault: FaultKind | null;
  /** The app sends it twice at once. */
  readonly twice: boolean;
}

const faultShare = 0.4;
const refusedShare = 0.1;

/** Everything that is to happen to payments, decided before it begins. */
export function planIntents(
  {
    payments,
    seed,
    twiceShare = 0.15,
  }: { readonly payments: number; readonly seed: string; readonly twiceShare?: number | undefined },
  bank: {
    readonly connections: readonly { readonly usernames: readonly string[] }[];
    readonly faults: readonly FaultKind[];
  },
): Intent[] {
  const random = new SeededRandom(`${seed} intents`);
  const spoiled = new Set(
    random.shuffled(Array.from({ length: payments }, (_, index) => index)).slice(0, Math.round(payments * faultShare)),
  );
  return Array.from({ length: payments }, (_, index) => {
    const connection = random.below(bank.connections.length);
    return {
      index,
      amount: ((101 + index) / 100).toFixed(2),
      key: randomUUID(),
      connection,
      username: random.pick(bank.connections[connection]?.usernames ?? []),
      decision: random.next() < refusedShare ? 'refuse' : 'confirm',
      fault: spoiled.has(index) ? random.pick(bank.faults) : null,
      twice: random.next() < twiceShare,
    };
  });
}
