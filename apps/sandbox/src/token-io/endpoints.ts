import { accountEndpoints } from './accounts/accounts.endpoints.js';
import { bankEndpoints } from './banks/banks.endpoints.js';
import type { Endpoint } from './endpoint.js';
import { keyEndpoints } from './members/keys.endpoints.js';
import { callbackEndpoints } from './payments/callback.endpoints.js';
import { paymentEndpoints } from './payments/payments.endpoints.js';
import { requestEndpoints } from './requests/requests.endpoints.js';
import { tokenEndpoints } from './tokens/tokens.endpoints.js';
import { transferEndpoints } from './transfers/transfers.endpoints.js';
import { webhookEndpoints } from './webhooks/config.endpoints.js';

/** Every call of the API, one folder per group; another group is another folder and another line. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...accountEndpoints,
  ...bankEndpoints,
  ...callbackEndpoints,
  ...keyEndpoints,
  ...paymentEndpoints,
  ...requestEndpoints,
  ...tokenEndpoints,
  ...transferEndpoints,
  ...webhookEndpoints,
];
