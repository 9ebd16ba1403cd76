import type { ChaosProvider } from '../../apps/launcher/src/chaos/banks/index.js';
import { prove } from '../../apps/launcher/src/chaos/proof.js';

/**
 * The short form of `npm run chaos`. What it would find in a broken product is seen in controls/. One spec file per provider:
 * they run side by side.
 */
export async function expectNothingLost(provider: ChaosProvider): Promise<void> {
  const seed = process.env['CHAOS_SEED'] ?? new Date().toISOString();
  const report = await prove({ provider, payments: 100, kills: 60, seed, redis: false });
  console.log(JSON.stringify(report));
  const { findings } = report;
  // A run this short may miss a point; the long one may not.
  const missed = report.vacuous.filter((why) => why.startsWith('nobody died at'));
  const vacuous = report.vacuous.filter((why) => !missed.includes(why));
  const nothing = { lost: [], doubled: [], ghosts: [], orphans: [], stuck: [], regressed: [], untold: [] };
  expect({ seed, findings, vacuous }).toEqual({ seed, findings: nothing, vacuous: [] });
  expect(missed.length).toBeLessThanOrEqual(3);
}
