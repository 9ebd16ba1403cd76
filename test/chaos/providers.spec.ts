import fs from 'node:fs';
import { chaosProviders } from '../../apps/launcher/src/chaos/banks/index.js';

it.each(Object.keys(chaosProviders))('%s has its short form', (provider) => {
  expect(fs.existsSync(new URL(`${provider}.spec.ts`, import.meta.url))).toBe(true);
});
