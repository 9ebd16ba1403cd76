import { defineProvider } from '../port/index.js';
import { createXs2a } from './provider.js';
import { settingsSchema } from './settings-schema.js';
import { exampleSettings, providerId, type Xs2aSettings } from './settings.js';
import { statusRows } from './status.js';

/** A bank that speaks the Berlin Group's NextGenPSD2 XS2A framework, as MockBank does. */
export const xs2a = defineProvider<Xs2aSettings>({
  id: providerId,
  label: 'Berlin Group XS2A',
  settings: settingsSchema,
  statuses: statusRows,
  example: exampleSettings,
  create: createXs2a,
});
