import { createUpstreamHttp } from '../kit/http.js';
import { capabilitiesOf, type Provider, type ProviderDeps } from '../port/index.js';
import { createAccounts } from './accounts/accounts.js';
import { createConsents } from './accounts/consents.js';
import { createBanks } from './banks/directory.js';
import { createClient } from './client.js';
import { createKeyEnrolment } from './keys.js';
import { createPayments } from './payments/payments.js';
import { createPaymentsV1 } from './payments/v1.js';
import { createPaymentsV2 } from './payments/v2.js';
import { createAuthorisation } from './sca/authorisation.js';
import { createTokenRequests } from './sca/requests.js';
import { providerId, type TokenIoSettings } from './settings.js';
import { createWebhookReceiver, createWebhookSubscriptions } from './webhooks.js';

/** Puts the parts together for one connection: one member account, many banks. */
export function createTokenIo(settings: TokenIoSettings, deps: ProviderDeps): Provider {
  const answerMs = (settings.timeoutSeconds ?? 20) * 1_000;
  const http = createUpstreamHttp({
    provider: providerId,
    connectionId: deps.connectionId,
    origins: new Set([new URL(settings.baseUrl).origin]),
    addresses: deps.addresses,
    limits: { headersMs: answerMs, bodyMs: answerMs, totalMs: answerMs * 3 },
    maxConnections: settings.maxConnections,
    // Their 5xx say whose fault it was, and 501 that a bank cannot do it at all.
    returnsServerErrors: true,
    now: deps.now,
    report: deps.report,
  });
  const client = createClient(settings, deps, http);
  const banks = createBanks(settings, deps, client);
  const requests = createTokenRequests(settings, deps, client, banks);
  const consents = createConsents(settings, deps, client, requests);
  const v2 = createPaymentsV2(settings, deps, client);
  const webhooks = createWebhookReceiver(settings, deps);
  const provider: Provider = {
    institutions: banks.directory(() => capabilitiesOf(provider)),
    authorisation: createAuthorisation(settings, deps, client, requests, v2),
    accounts: { ...consents.port, ...createAccounts(settings, deps, client, consents, banks) },
    payments: createPayments(settings, createPaymentsV1(settings, deps, client, requests), v2),
    ...(webhooks !== undefined && { webhooks }),
    webhookSubscriptions: createWebhookSubscriptions(client),
    keys: createKeyEnrolment(settings, deps, client),
    close: () => http.close(),
  };
  return provider;
}
