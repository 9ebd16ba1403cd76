import { ProviderError, type ProviderDeps } from '../port/index.js';
import { wireIdentifier } from './accounts/access.js';
import { type ConsentKind, type Consents, createConsentResource } from './accounts/consent-resource.js';
import type { Xs2aClient } from './client.js';
import type { Starter } from './sca/start.js';
import { providerId, type Xs2aSettings } from './settings.js';

/**
 * Consents to confirmations of funds over one account, without an end and without a frequency (extended service "Confirmation of
 * Funds Consent", version 2).
 */
export function createFundsConsents(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
  starter: Starter,
): Consents {
  const kind: ConsentKind = {
    path: ['v2', 'consents', 'confirmation-of-funds'],
    request: ({ accounts = [] }, { traceId }) => {
      const [account, ...others] = accounts;
      if (account !== undefined && others.length === 0) return { body: { account: wireIdentifier(account) } };
      const message = 'A consent to confirmations of funds is over exactly one account; nothing was sent.';
      throw new ProviderError({
        kind: 'rejected',
        provider: providerId,
        operation: 'createConsent',
        traceId,
        message,
      });
    },
    granted: () => ({}),
  };
  return createConsentResource(kind, settings, deps, client, starter);
}
