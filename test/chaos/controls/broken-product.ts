import path from 'node:path';
import type { ChaosOptions } from '../../../apps/launcher/src/chaos/options.js';
import { prove } from '../../../apps/launcher/src/chaos/proof.js';
import type { ChaosReport } from '../../../apps/launcher/src/chaos/report.js';

/**
 * Runs the same proof twice, with the same dice: with the product as it is, and with one that is broken while Node loads it
 * (`<control>.mjs`; what is compiled stays as it is). What only the second one has, the mutation did.
 */
export async function soundAndBroken(
  control: string,
  options: Pick<ChaosOptions, 'provider' | 'kills'> & Partial<ChaosOptions>,
): Promise<{ readonly sound: ChaosReport; readonly broken: ChaosReport }> {
  const all = {
    payments: 40,
    seed: `${control} ${new Date().toISOString()}`,
    redis: false,
    settleSeconds: 20,
    ...options,
  };
  const sound = await prove(all);
  const broken = await prove({ ...all, preload: path.join(import.meta.dirname, `${control}.mjs`) });
  console.log(JSON.stringify({ control, sound, broken }));
  return { sound, broken };
}
