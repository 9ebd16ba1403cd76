import { defineProvider } from '../port/index.js';
import { exampleSettings } from './example.js';
import { createTellConnect } from './provider.js';
import { settingsSchema } from './settings-schema.js';
import { providerId, type TellConnectSettings } from './settings.js';
import { statusRows } from './status.js';

/** tell.connect of tell.money, as Pockit offers it to TPPs. */
export const tellConnect = defineProvider<TellConnectSettings>({
  id: providerId,
  label: 'tell.connect (Pockit)',
  settings: settingsSchema,
  statuses: statusRows,
  returnParameters: ['intent-id', 'uuid'],
  example: exampleSettings,
  create: createTellConnect,
});
