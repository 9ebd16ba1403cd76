import { jest } from '@jest/globals';
import { type ChaosProvider, chaosProviders } from '../../apps/launcher/src/chaos/banks/index.js';
import { prove } from '../../apps/launcher/src/chaos/proof.js';

/*
 * The short form of `npm run chaos`, for every provider that has a driver. What it would find in a broken product is seen in
 * controls.spec.ts.
 */
jest.setTimeout(600_000);

const seed = process.env['CHAOS_SEED'] ?? new Date().toISOString();

it.each(Object.keys(chaosProviders) as ChaosProvider[])('%s: nothing is lost or doubled', async (provider) => {
  const report = await prove({ provider, payments: 100, kills: 60, seed, redis: false });
  console.log(JSON.stringify(report));
  const { findings } = report;
  // A run this short may miss a point; the long one may not.
  const missed = report.vacuous.filter((why) => why.startsWith('nobody died at'));
  const vacuous = report.vacuous.filter((why) => !missed.includes(why));
  const nothing = { lost: [], doubled: [], ghosts: [], orphans: [], stuck: [], regressed: [], untold: [] };
  expect({ seed, findings, vacuous }).toEqual({ seed, findings: nothing, vacuous: [] });
  expect(missed.length).toBeLessThanOrEqual(3);
});
