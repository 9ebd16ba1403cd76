import path from 'node:path';
import { jest } from '@jest/globals';
import type { ChaosOptions } from '../../apps/launcher/src/chaos/options.js';
import { prove } from '../../apps/launcher/src/chaos/proof.js';

/*
 * Three ways to handle payments that are wrong, each found by the same proof. The product is broken while Node loads it
 * (controls/*.mjs); what is compiled stays as it is.
 */
jest.setTimeout(600_000);

const broken = (control: string, options: Pick<ChaosOptions, 'provider' | 'kills'> & Partial<ChaosOptions>) =>
  prove({
    payments: 40,
    seed: `${control} ${new Date().toISOString()}`,
    redis: false,
    settleSeconds: 20,
    preload: path.join(import.meta.dirname, 'controls', `${control}.mjs`),
    ...options,
  });

// Seen: 4 executions without a payment of ours, 8 kills.
it('call-then-save: who dies before the note sends again, and the bank pays what nobody knows', async () => {
  const report = await broken('call-then-save', { provider: 'tell-connect', kills: 8, points: ['sending.answered'] });
  expect(report.doubled + report.ghosts + report.orphans).toBeGreaterThan(0);
  expect(report.ok).toBe(false);
});

// Seen: 11 doubled, 3 kills.
it('check-then-act: one key, sent twice at once, is two payments', async () => {
  const report = await broken('check-then-act', { provider: 'xs2a', kills: 3, points: ['intent.committed'] });
  expect(report.doubled).toBeGreaterThan(0);
  expect(report.ok).toBe(false);
});

// Seen: 2 that were told settled and then something else, 7 that never ended. Late webhooks do it; nobody need die.
it('overwrite-status: late and repeated webhooks take an end back', async () => {
  const report = await broken('overwrite-status', { provider: 'tribe', kills: 0 });
  expect(report.regressed + report.stuck).toBeGreaterThan(0);
  expect(report.ok).toBe(false);
});
