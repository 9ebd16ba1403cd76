import { jest } from '@jest/globals';

/** With `npm run proof -- <name>` a proof runs at its full size; with `npm test` in a short form. */
const full = process.env['PROOF'] === 'full';

// A safety net: no proof is about how long anything takes.
jest.setTimeout(full ? 1_800_000 : 300_000);

/** How much of it runs now. */
export const size = (long: number, short: number): number => (full ? long : short);

/** Says what was done and found, as one line of JSON. */
export function report(proof: string, figures: Readonly<Record<string, number | string>>): void {
  process.stdout.write(`${JSON.stringify({ proof, full, seed, ...figures })}\n`);
}

const seed = Number(process.env['PROOF_SEED'] ?? 20_261_121);

/** Random numbers that are the same again for the same seed (mulberry32, by Tommy Ettinger, public domain). */
export class Dice {
  private state = seed >>> 0;

  /** A whole number of 0 to `below`, without `below`. */
  below(below: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  shuffled<T>(from: readonly T[]): T[] {
    const all = [...from];
    for (let last = all.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      [all[last], all[other]] = [all[other] as T, all[last] as T];
    }
    return all;
  }
}

/** Does something to each item, so many at once. */
export async function inParallel<T>(
  items: readonly T[],
  writers: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  const writer = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: writers }, writer));
}
