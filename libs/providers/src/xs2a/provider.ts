import { X509Certificate } from 'node:crypto';
import { createUpstreamHttp } from '../kit/http.js';
import type { Provider, ProviderDeps } from '../port/index.js';
import { createAccounts } from './accounts/accounts.js';
import { createAuthorisation } from './sca/authorisation.js';
import { createClient } from './client.js';
import { createConsents } from './accounts/consents.js';
import { createFunds } from './funds.js';
import { institutionDirectory } from './institution.js';
import { trustedOrigins } from './links.js';
import { createOauthFlow } from './sca/oauth.js';
import { createProceed } from './sca/opening.js';
import { createPayments } from './payments/payments.js';
import { providerId, type Xs2aSettings } from './settings.js';
import { createStarter } from './sca/start.js';
import { createTransactions } from './accounts/transactions.js';

/** Puts the parts together for one connection. */
export function createXs2a(settings: Xs2aSettings, deps: ProviderDeps): Provider {
  const http = createUpstreamHttp({
    provider: providerId,
    connectionId: deps.connectionId,
    origins: trustedOrigins(settings),
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
  return {
    institutions: institutionDirectory(settings),
    authorisation: createAuthorisation(settings, deps, client, oauth, proceed, starter),
    accounts: {
      ...createConsents(settings, deps, client, starter),
      ...createAccounts(settings, deps, client),
      ...createTransactions(settings, deps, client),
    },
    ...(settings.paymentProducts?.length !== 0 && { payments: createPayments(settings, deps, client, starter) }),
    funds: createFunds(client),
    certificates: certificatesOf(settings),
    close: () => http.close(),
  };
}

/** A trickling body may take three times as long as an answer may take to begin. */
function limitsFor(seconds: number) {
  const answerMs = seconds * 1_000;
  return { headersMs: answerMs, bodyMs: answerMs, totalMs: answerMs * 3 };
}

function certificatesOf({ tls }: Xs2aSettings): NonNullable<Provider['certificates']> {
  if (tls?.certificatePem === undefined) return [];
  return [{ purpose: 'mutual TLS', notAfter: new Date(new X509Certificate(tls.certificatePem).validTo) }];
}
