import { defineProvider } from '../port/index.js';
import { refusalResponse } from './bank/refusals.js';
import { exampleSettings } from './example.js';
import { createTribe } from './provider.js';
import { settingsSchema } from './settings-schema.js';
import { providerId, type TribeSettings } from './settings.js';
import { statusRows } from './status.js';

/** Tribe Open Banking, a hub between TPPs and banks; we can be either. */
export const tribe = defineProvider<TribeSettings>({
  id: providerId,
  label: 'Tribe Open Banking',
  settings: settingsSchema,
  statuses: statusRows,
  example: exampleSettings,
  create: createTribe,
  refuseHub: (request, refusal, now) => refusalResponse({}, request, refusal, now),
});
