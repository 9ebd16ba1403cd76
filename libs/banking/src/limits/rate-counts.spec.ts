import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { RateCounts } from './rate-counts.js';

let banking: TestBanking;
beforeEach(async () => {
  banking = await startBanking({ institutions: { list: () => Promise.resolve([]) }, close: () => Promise.resolve() });
});
afterEach(() => banking.stop());

describe('rate counts', () => {
  it('count by key, and say how long the minute still is', () => {
    const counts = banking.get(RateCounts);
    expect(counts.hit('a').hits).toBe(1);
    const { hits, restMs } = counts.hit('a');
    expect(hits).toBe(2);
    expect(restMs).toBeGreaterThan(0);
    expect(restMs).toBeLessThanOrEqual(60_000);
    expect(counts.hit('b').hits).toBe(1);
  });

  it('are those of all processes, once shared, and lose none', async () => {
    const here = banking.get(RateCounts);
    const other = await banking.secondProcess();
    const there = other.get(RateCounts);
    const before = new Date().getUTCMinutes();
    for (let count = 0; count < 30; count += 1) {
      here.hit('a');
      there.hit('a');
      if (count % 7 === 0) await Promise.all([here.share(), there.share()]);
    }
    await here.share();
    await there.share();
    await here.share();
    const { hits } = here.hit('a');
    await other.stop();
    // A new minute may have begun meanwhile; then there is nothing to compare.
    // Negative control, carried out: without sharing each process had counted 31.
    if (new Date().getUTCMinutes() === before) expect(hits).toBe(61);
  });
});
