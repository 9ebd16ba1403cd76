import { X509Certificate } from 'node:crypto';
import { createUpstreamHttp } from '../kit/http.js';
import type { Provider, ProviderDeps } from '../port/index.js';
import { createAccounts } from './accounts.js';
import { createAuthorisation } from './authorisation.js';
import { createCaller } from './caller.js';
import { createConsents } from './consents.js';
import { createFunds } from './funds.js';
import { institutionDirectory } from './institution.js';
import { trustedOrigins } from './links.js';
import { createOauthFlow } from './oauth.js';
import { createProceed } from './opening.js';
import { createPayments } from './payments.js';
import { providerId, type Xs2aSettings } from './settings.js';
import { createStarter } from './start.js';
import { createTransactions } from './transactions.js';

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
  const calls = createCaller(settings, deps, http, oauth);
  const proceed = createProceed(settings, deps, calls, oauth);
  const starter = createStarter(settings, deps, calls, oauth, proceed);
  return {
    institutions: institutionDirectory(settings),
    authorisation: createAuthorisation(settings, deps, calls, oauth, proceed, starter),
    accounts: {
      ...createConsents(settings, deps, calls, starter),
      ...createAccounts(settings, deps, calls),
      ...createTransactions(settings, deps, calls),
    },
    ...(settings.paymentProducts?.length !== 0 && { payments: createPayments(settings, deps, calls, starter) }),
    funds: createFunds(calls),
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
