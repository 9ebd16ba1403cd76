import { jest } from '@jest/globals';
import { soundAndBroken } from './broken-product.js';

jest.setTimeout(600_000);

it('call-then-save: who dies before the note sends again, and the bank pays what nobody knows', async () => {
  const { sound, broken } = await soundAndBroken('call-then-save', {
    provider: 'tell-connect',
    kills: 8,
    points: ['sending.answered'],
  });
  expect(sound.doubled + sound.ghosts + sound.orphans).toBe(0);
  expect(broken.doubled + broken.ghosts + broken.orphans).toBeGreaterThan(0);
  expect(broken.ok).toBe(false);
});
