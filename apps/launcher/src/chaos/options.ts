import { parseArgs } from 'node:util';
import type { Failpoint } from '@tributary/platform';
import { hasRedis } from './redis-server.js';
import { type ChaosProvider, chaosProviders } from './banks/index.js';

/** What `npm run chaos` is asked to do. */
export interface ChaosOptions {
  readonly provider: ChaosProvider;
  readonly payments: number;
  readonly kills: number;
  readonly seed: string;
  /** Queues in a Redis that is killed too, instead of in PostgreSQL. */
  readonly redis: boolean;
  /** Hears what happens. */
  readonly log?: (line: string) => void;
  /** Where processes are to die; all points that the bank's payments come by, if not given. */
  readonly points?: readonly Failpoint[];
  /** How many besides its app have the bank asked about each payment; nobody, if not given. */
  readonly watchers?: number;
  /** Share of the payments that their app sends twice at once; some, if not given. */
  readonly twiceShare?: number;
  /** The end of patience when everything serves again; some minutes if not given. A broken product may never come to rest. */
  readonly settleSeconds?: number;
  /** A module that every process of ours loads first: how negative controls break the product. */
  readonly preload?: string;
}

export const usage =
  'npm run chaos -- --provider <provider> [--payments 100] [--kills 60] [--seed <text>] [--redis] [--verbose]\n' +
  `providers: ${Object.keys(chaosProviders).join(', ')}`;

/** @throws Error naming what is wrong with the command line */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      provider: { type: 'string' },
      payments: { type: 'string', default: '100' },
      kills: { type: 'string', default: '60' },
      seed: { type: 'string', default: new Date().toISOString() },
      redis: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  const { provider = '' } = values;
  if (!isProvider(provider)) throw new Error(`--provider: there is no "${provider}".`);
  if (values.redis && !hasRedis()) throw new Error('--redis: redis-server is not installed on this machine.');
  return {
    provider,
    payments: count('--payments', values.payments, 4000),
    kills: count('--kills', values.kills, 100_000),
    seed: values.seed,
    redis: values.redis,
    log: values.verbose ? (line) => console.error(line) : undefined,
  };
}

const isProvider = (word: string): word is ChaosProvider => Object.hasOwn(chaosProviders, word);

function count(option: string, text: string, most: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0 && number <= most) return number;
  throw new Error(`${option}: expected a whole number from 0 to ${most}, found "${text}".`);
}
