import { accountEndpoints } from './accounts.endpoints.js';
import { basketEndpoints } from './baskets/baskets.endpoints.js';
import { beneficiaryEndpoints } from './beneficiaries.endpoints.js';
import { cardEndpoints } from './cards/cards.endpoints.js';
import { consentEndpoints } from './consents.endpoints.js';
import { fundsConsentEndpoints } from './funds/funds-consents.endpoints.js';
import { fundsEndpoints } from './funds/funds.endpoints.js';
import { oauthEndpoints } from './oauth/endpoints.js';
import { paymentEndpoints } from './payments/payments.endpoints.js';
import { transactionEndpoints } from './reports/transactions.endpoints.js';
import type { Endpoint } from './endpoint.js';

/** Every call that a TPP can make. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...consentEndpoints,
  ...accountEndpoints,
  ...transactionEndpoints,
  ...cardEndpoints,
  ...beneficiaryEndpoints,
  ...paymentEndpoints,
  ...basketEndpoints,
  ...fundsEndpoints,
  ...fundsConsentEndpoints,
  ...oauthEndpoints,
];
