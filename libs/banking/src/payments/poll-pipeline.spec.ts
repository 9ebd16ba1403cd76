import { runPipeline } from './poll-pipeline.js';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Run {
  readonly written: number[];
  readonly mostAtOnce: number;
  readonly claims: number;
}

async function run(
  count: number,
  parts: {
    inFlight: number;
    batch: number;
    signal?: AbortSignal;
    budgetMs?: number;
    work?: (item: number) => Promise<number | null>;
  },
): Promise<Run> {
  const items = Array.from({ length: count }, (_, index) => index);
  const written: number[] = [];
  let active = 0;
  let mostAtOnce = 0;
  let claims = 0;
  await runPipeline<number, number>({
    claim: (limit) => {
      claims += 1;
      return Promise.resolve(items.splice(0, limit));
    },
    work: async (item) => {
      active += 1;
      mostAtOnce = Math.max(mostAtOnce, active);
      try {
        return await (parts.work ?? ((one) => sleep(1).then(() => one)))(item);
      } finally {
        active -= 1;
      }
    },
    write: (outcomes) => {
      written.push(...outcomes);
      return Promise.resolve();
    },
    inFlight: parts.inFlight,
    batch: parts.batch,
    flushMs: 5,
    claimAgainMs: 5,
    budgetMs: parts.budgetMs ?? 60_000,
    signal: parts.signal ?? new AbortController().signal,
  });
  return { written, mostAtOnce, claims };
}

describe('the polling pipeline', () => {
  it.each([0, 1, 7, 50, 1_000])('works on every one of %d items once, never more at once than told', async (count) => {
    const { written, mostAtOnce } = await run(count, { inFlight: 20, batch: 50 });
    expect(written.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(mostAtOnce).toBeLessThanOrEqual(20);
    if (count >= 1_000) expect(mostAtOnce).toBe(20);
  });

  it('goes on with the others while one hangs', async () => {
    let release = (): void => undefined;
    const hung = new Promise<void>((resolve) => {
      release = resolve;
    });
    let others = 0;
    const { written } = await run(100, {
      inFlight: 2,
      batch: 10,
      work: async (item) => {
        if (item === 0) await hung;
        else if ((others += 1) === 99) release();
        return item;
      },
    });
    // Item 0 could only end because all the others went by.
    expect(written).toHaveLength(100);
    expect(written.at(-1)).toBe(0);
  });

  it('takes on what becomes due while one hangs', async () => {
    let release = (): void => undefined;
    const hung = new Promise<void>((resolve) => {
      release = resolve;
    });
    // The claims find: one that hangs, nothing, and then another, which alone lets the first one end.
    const due = [[0], [], [1]];
    const written: number[] = [];
    await runPipeline<number, number>({
      claim: () => Promise.resolve(due.shift() ?? []),
      work: async (item) => {
        if (item === 0) await hung;
        else release();
        return item;
      },
      write: (outcomes) => {
        written.push(...outcomes);
        return Promise.resolve();
      },
      inFlight: 2,
      batch: 10,
      flushMs: 5,
      claimAgainMs: 5,
      budgetMs: 60_000,
      signal: new AbortController().signal,
    });
    expect(written.toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  it('writes what was done before it fails', async () => {
    const written: number[] = [];
    const items = [1, 2, 3];
    await expect(
      runPipeline<number, number>({
        claim: (limit) => Promise.resolve(items.splice(0, limit)),
        work: (item) => (item === 2 ? Promise.reject(new Error('ours')) : Promise.resolve(item)),
        write: (outcomes) => {
          written.push(...outcomes);
          return Promise.resolve();
        },
        inFlight: 3,
        batch: 10,
        flushMs: 5,
        claimAgainMs: 5,
        budgetMs: 1_000,
        signal: new AbortController().signal,
      }),
    ).rejects.toThrow('ours');
    expect(written.toSorted((a, b) => a - b)).toEqual([1, 3]);
  });

  it('takes on nothing more when told to stop, but finishes and writes what was begun', async () => {
    const stop = new AbortController();
    const { written } = await run(1_000, {
      inFlight: 5,
      batch: 100,
      signal: stop.signal,
      work: async (item) => {
        if (item === 4) stop.abort();
        await sleep(5);
        return item;
      },
    });
    expect(written.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  });
});
