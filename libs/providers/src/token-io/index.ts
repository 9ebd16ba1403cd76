import { defineProvider } from '../port/index.js';
import { createTokenIo } from './provider.js';
import { settingsSchema } from './settings-schema.js';
import { reviewSettings } from './settings-review.js';
import { exampleSettings, providerId, type TokenIoSettings } from './settings.js';
import { statusRows } from './status.js';

/** Token.io's Open Banking API for TPPs: one member account through which many banks are reached. */
export const tokenIo = defineProvider<TokenIoSettings>({
  id: providerId,
  label: 'Token.io',
  settings: settingsSchema,
  statuses: statusRows,
  example: exampleSettings,
  review: reviewSettings,
  create: createTokenIo,
});
