import type { SettingsSchema } from '../port/index.js';
import { bankSchema } from './bank/bank-schema.js';
import { tppSchema } from './tpp-schema.js';

/** JSON Schema of the connection's settings, as the catalogue shows it. */
export const settingsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Tribe Open Banking',
  description: 'Either role or both: a TPP that reaches the banks behind Tribe, a bank that Tribe reaches.',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: { tpp: tppSchema, bank: bankSchema },
} as const satisfies SettingsSchema;
