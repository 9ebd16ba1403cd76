import path from 'node:path';
import { jest } from '@jest/globals';
import { type ChaosProvider, chaosProviders } from '../../apps/launcher/src/chaos/banks/index.js';
import type { Findings } from '../../apps/launcher/src/chaos/judge.js';
import type { ChaosOptions } from '../../apps/launcher/src/chaos/options.js';
import { prove } from '../../apps/launcher/src/chaos/proof.js';

// The short form of `npm run chaos`, and the same proof of a product that is broken. One file, so that one of them runs at a time: each
// keeps several processes busy. Minutes each on a busy machine.
jest.setTimeout(900_000);

// What is decided by dice is the same each time; when it happens is not. `npm run chaos` throws new ones.
const seed = process.env['CHAOS_SEED'] ?? 'landing';
const providers = Object.keys(chaosProviders) as ChaosProvider[];
const nothing: Findings = { lost: [], doubled: [], ghosts: [], orphans: [], stuck: [], regressed: [], untold: [] };

describe.each(providers)('%s', (provider) => {
  it('nothing is lost or doubled', async () => {
    const report = await prove({ provider, payments: 100, kills: 60, seed, redis: false });
    const { findings, vacuous } = report;
    console.log(JSON.stringify(report));
    expect({ seed, findings, vacuous }).toEqual({ seed, findings: nothing, vacuous: [] });
  });
});

/**
 * What each breaks, while Node loads the product (`controls/<name>.mjs`; what is compiled stays as it is), and what the proof must
 * find then. In the product as it is the tests above find none of it.
 */
const controls: Record<
  string,
  Pick<ChaosOptions, 'provider' | 'kills' | 'points' | 'watchers' | 'twiceShare'> & { finds: Finds }
> = {
  // Who dies before the note sends again, and the bank pays what nobody knows.
  'call-then-save': {
    provider: 'tell-connect',
    kills: 8,
    points: ['sending.answered'],
    finds: ['doubled', 'ghosts', 'orphans'],
  },
  // One key, sent twice at once, is two payments.
  'check-then-act': { provider: 'xs2a', kills: 3, points: ['intent.committed'], twiceShare: 1, finds: ['doubled'] },
  // An answer that comes late takes an end back.
  'overwrite-status': { provider: 'tribe', kills: 0, watchers: 6, finds: ['regressed'] },
};
type Finds = readonly (keyof Findings)[];

it.each(Object.keys(controls))('negative control: %s is found', async (name) => {
  const { finds = [], ...options } = controls[name] ?? { provider: 'xs2a', kills: 0 };
  const preload = path.join(import.meta.dirname, 'controls', `${name}.mjs`);
  const report = await prove({ payments: 40, seed, redis: false, settleSeconds: 20, preload, ...options });
  console.log(JSON.stringify({ control: name, ...report }));
  expect(finds.reduce((sum, kind) => sum + report[kind], 0)).toBeGreaterThan(0);
  expect(report.ok).toBe(false);
});
