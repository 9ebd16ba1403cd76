import type { ChaosBank, Site } from './chaos-bank.js';
import { openTellConnect } from './tell-connect.js';
import { openTokenIo } from './token-io.js';
import { openTribe } from './tribe.js';
import { openXs2a } from './xs2a.js';

/** The providers whose simulators the proof can drive. A new one adds its line. */
export const chaosProviders = {
  xs2a: openXs2a,
  'token-io': openTokenIo,
  'tell-connect': openTellConnect,
  tribe: openTribe,
} as const satisfies Record<string, (site: Site) => Promise<ChaosBank>>;
export type ChaosProvider = keyof typeof chaosProviders;
