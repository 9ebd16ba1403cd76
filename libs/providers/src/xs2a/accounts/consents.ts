import type { ProviderDeps } from '../../port/index.js';
import { accessFor, grantedAccess } from './access.js';
import type { Xs2aClient } from '../client.js';
import { type ConsentKind, type Consents, createConsentResource } from './consent-resource.js';
import { combinedServiceOffered } from '../precondition.js';
import type { Starter } from '../sca/start.js';
import type { Xs2aSettings } from '../settings.js';

/** Consents of account information (Implementation Guidelines 1.3, section 6.3). */
export function createConsents(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
  starter: Starter,
): Consents {
  const kind = {
    path: ['v1', 'consents'],
    request: (order, context) => {
      combinedServiceOffered(settings, order.combinedService, context, 'createConsent');
      const access = accessFor(order, settings);
      const body = {
        access,
        recurringIndicator: order.recurring,
        validUntil: order.validUntil,
        // A one-off consent has exactly one access per day (section 6.3.1).
        frequencyPerDay: order.recurring ? order.frequencyPerDay : 1,
        combinedServiceIndicator: order.combinedService === true,
      };
      return { body, accessShape: Object.keys(access)[0] };
    },
    granted: ({ validUntil, frequencyPerDay, access }) => ({
      validUntil,
      frequencyPerDay,
      access: grantedAccess(access),
    }),
  } satisfies ConsentKind;
  return createConsentResource(kind, settings, deps, client, starter);
}
