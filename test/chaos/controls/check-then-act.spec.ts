import { jest } from '@jest/globals';
import { soundAndBroken } from './broken-product.js';

jest.setTimeout(600_000);

it('check-then-act: one key, sent twice at once, is two payments', async () => {
  const { sound, broken } = await soundAndBroken('check-then-act', {
    provider: 'xs2a',
    kills: 3,
    points: ['intent.committed'],
  });
  expect(sound.doubled).toBe(0);
  expect(broken.doubled).toBeGreaterThan(0);
  expect(broken.ok).toBe(false);
});
