import { jest } from '@jest/globals';
import { soundAndBroken } from './broken-product.js';

jest.setTimeout(900_000);

/** An answer must overtake another about the same payment: rare enough that one run may see none. */
const mostRuns = 3;

// Seen: 1 of 40 told settled and then something else, none with the product as it was.
it('overwrite-status: an answer that comes late takes an end back', async () => {
  let regressed = 0;
  for (let run = 0; run < mostRuns && regressed === 0; run += 1) {
    const { sound, broken } = await soundAndBroken('overwrite-status', { provider: 'tribe', kills: 0, payments: 80 });
    expect(sound.regressed).toBe(0);
    regressed = broken.regressed;
  }
  expect(regressed).toBeGreaterThan(0);
});
