import { X509Certificate } from 'node:crypto';
import type { BulkOrder, PaymentOrder } from '@tributary/domain';
import { createUpstreamHttp } from '../kit/http.js';
import { createQuotas } from '../kit/quotas.js';
import type { Provider, ProviderDeps } from '../port/index.js';
import { createAccounts } from './accounts.js';
import { createAuthorisation } from './authorisation.js';
import { createClient } from './client.js';
import { createConsents } from './consents.js';
import { createFunds } from './funds.js';
import { createDirectory } from './institutions.js';
import { createGrants } from './oauth.js';
import { createPayments } from './payments.js';
import { providerId } from './settings.js';
import { tppDefaults, type TppSettings } from './tpp-settings.js';
import { createWebhooks } from './webhooks.js';

/** Puts together what we are as a TPP. */
export function createTpp(settings: TppSettings, deps: ProviderDeps): Provider {
  const { timeoutSeconds, maxConnections } = { ...tppDefaults, ...settings };
  const answerMs = timeoutSeconds * 1_000;
  const http = createUpstreamHttp({
    provider: providerId,
    connectionId: deps.connectionId,
    origins: new Set([new URL(settings.baseUrl).origin, new URL(settings.tokenUrl).origin]),
    addresses: deps.addresses,
    // A trickling body may take three times as long as an answer may take to begin.
    limits: { headersMs: answerMs, bodyMs: answerMs, totalMs: answerMs * 3 },
    maxConnections,
    now: deps.now,
    report: deps.report,
  });
  const quotas = createQuotas();
  const grants = createGrants(settings, deps, http);
  const client = createClient(settings, deps, http, grants, quotas);
  const directory = createDirectory(settings, deps, client);
  const consents = createConsents(settings, deps, directory, grants);
  return {
    institutions: directory,
    authorisation: createAuthorisation(deps, grants, createPayments(settings, deps, client, directory, grants)),
    accounts: { ...consents, ...createAccounts(settings, deps, client) },
    payments: createPayments<PaymentOrder>(settings, deps, client, directory, grants),
    bulkPayments: createPayments<BulkOrder>(settings, deps, client, directory, grants),
    funds: createFunds(client, consents),
    ...(settings.tobPublicKeyPem !== undefined && { webhooks: createWebhooks(settings.tobPublicKeyPem) }),
    certificates: [
      { purpose: 'request signing', notAfter: new Date(new X509Certificate(settings.certificatePem).validTo) },
    ],
    quotas: () => quotas.list(deps.now()),
    close: () => http.close(),
  };
}
