import { createHash } from 'node:crypto';

/** Numbers that follow from a seed: the same seed makes the same plan. */
export class SeededRandom {
  private drawn = 0;

  constructor(private readonly seed: string) {}

  /** From 0 up to, but not including, 1. */
  next(): number {
    this.drawn += 1;
    const digest = createHash('sha256').update(`${this.seed}#${this.drawn}`).digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  }

  /** A whole number from 0 up to, but not including, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** @throws Error if there is nothing to choose from */
  pick<T>(from: readonly T[]): T {
    const chosen = from[this.below(from.length)];
    if (chosen === undefined) throw new Error('There is nothing to choose from.');
    return chosen;
  }

  /** The same things in another order. */
  shuffled<T>(all: readonly T[]): T[] {
    return all
      .map((one) => ({ one, rank: this.next() }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ one }) => one);
  }
}
