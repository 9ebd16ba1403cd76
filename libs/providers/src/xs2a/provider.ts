import { X509Certificate } from 'node:crypto';
import type { BulkOrder, PaymentOrder } from '@tributary/domain';
import { createUpstreamHttp } from '../kit/http.js';
import type { Provider, ProviderDeps } from '../port/index.js';
import { createAccounts } from './accounts/accounts.js';
import { createAuthorisation } from './sca/authorisation.js';
import { createClient } from './client.js';
import { createConsents } from './accounts/consents.js';
import { createFunds } from './funds.js';
import { createFundsConsents } from './funds-consents.js';
import { institutionDirectory } from './institution.js';
import { trustedOrigins } from './links.js';
import { createOauthFlow } from './sca/oauth.js';
import { createProceed } from './sca/opening.js';
import { createBaskets } from './baskets.js';
import { offeredServices } from './payments/offer.js';
import { createPayments } from './payments/payments.js';
import { providerId, type Xs2aSettings } from './settings.js';
import { createStarter } from './sca/start.js';
import { createOptionalServices } from './accounts/optional-services.js';
import { createTransactions } from './accounts/transactions.js';

/** Puts the parts together for one connection. */
export function createXs2a(settings: Xs2aSettings, deps: ProviderDeps): Provider {
  const http = createUpstreamHttp({
    provider: providerId,
    connectionId: deps.connectionId,
    origins: trustedOrigins(settings),
    addresses: deps.addresses,
    tls: { cert: settings.tls?.certificatePem, key: settings.tls?.privateKeyPem, ca: settings.tls?.caPem },
    limits: limitsFor(settings.timeoutSeconds ?? 10),
    maxConnections: settings.maxConnections,
    now: deps.now,
    report: deps.report,
  });
  const oauth = createOauthFlow(settings, deps, http);
  const client = createClient(settings, deps, http, oauth);
  const proceed = createProceed(settings, deps, client, oauth);
  const starter = createStarter(settings, deps, client, oauth, proceed);
  const services = new Set(offeredServices(settings));
  return {
    institutions: institutionDirectory(settings),
    authorisation: createAuthorisation(settings, deps, client, oauth, proceed, starter),
    accounts: {
      ...createConsents(settings, deps, client, starter),
      ...createAccounts(settings, deps, client),
      ...createTransactions(settings, deps, client),
      ...createOptionalServices(settings, deps, client),
    },
    ...((services.has('payments') || services.has('periodic-payments')) && {
      payments: createPayments<PaymentOrder>(settings, deps, client, starter),
    }),
    ...(services.has('bulk-payments') && {
      bulkPayments: createPayments<BulkOrder>(settings, deps, client, starter),
    }),
    ...(settings.optionalServices?.includes('signingBaskets') === true && {
      baskets: createBaskets(settings, deps, client, starter),
    }),
    funds: {
      ...createFunds(client),
      ...(settings.optionalServices?.includes('confirmationOfFundsConsents') === true &&
        createFundsConsents(settings, deps, client, starter)),
    },
    certificates: certificatesOf(settings),
    close: () => http.close(),
  };
}

/** A trickling body may take three times as long as an answer may take to begin. */
function limitsFor(seconds: number) {
  const answerMs = seconds * 1_000;
  return { headersMs: answerMs, bodyMs: answerMs, totalMs: answerMs * 3 };
}

function certificatesOf({ tls, qseal }: Xs2aSettings): NonNullable<Provider['certificates']> {
  const ours = [
    { purpose: 'mutual TLS', pem: tls?.certificatePem },
    { purpose: 'request signing', pem: qseal?.certificatePem },
  ];
  return ours.flatMap(({ purpose, pem }) =>
    pem === undefined ? [] : [{ purpose, notAfter: new Date(new X509Certificate(pem).validTo) }],
  );
}
