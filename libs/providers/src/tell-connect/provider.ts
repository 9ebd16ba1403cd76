import { X509Certificate } from 'node:crypto';
import { createUpstreamHttp } from '../kit/http.js';
import type { InstitutionDirectory, Provider, ProviderDeps } from '../port/index.js';
import { createAccounts } from './accounts.js';
import { createAuthorisation } from './authorisation.js';
import { createClient } from './client.js';
import { createConsents } from './consents.js';
import { createIntents } from './intents.js';
import { createPayments } from './payments.js';
import { assumptionsOf, defaults, providerId, type TellConnectSettings } from './settings.js';
import { createTokens } from './tokens.js';
import { createTransport } from './transport.js';

/** Puts the parts together for one connection: one application at one bank. */
export function createTellConnect(settings: TellConnectSettings, deps: ProviderDeps): Provider {
  const { timeoutSeconds, maxConnections } = { ...defaults, ...settings };
  const answerMs = timeoutSeconds * 1_000;
  const http = createUpstreamHttp({
    provider: providerId,
    connectionId: deps.connectionId,
    origins: new Set([new URL(settings.baseUrl).origin]),
    addresses: deps.addresses,
    limits: { headersMs: answerMs, bodyMs: answerMs, totalMs: answerMs * 3 },
    maxConnections,
    now: deps.now,
    report: deps.report,
  });
  const send = createTransport(settings, deps, http);
  const tokens = createTokens(settings, deps, send);
  const client = createClient(settings, deps, send, tokens);
  const intents = createIntents(settings, deps, client);
  const { validTo } = new X509Certificate(settings.certificatePem);
  return {
    institutions: institution(settings),
    authorisation: createAuthorisation(settings, deps, intents, tokens),
    accounts: { ...createConsents(settings, deps, intents), ...createAccounts(settings, deps, client) },
    payments: createPayments(settings, deps, client, intents),
    certificates: [{ purpose: 'request signing', notAfter: new Date(validTo) }],
    close: () => http.close(),
  };
}

/** The one bank behind the application. `reference` is fixed, so that a new name does not make a second institution. */
function institution(settings: TellConnectSettings): InstitutionDirectory {
  const { institution: bank, aspspId, paymentSchemes } = { ...defaults, ...settings };
  const maxConsentDays = assumptionsOf(settings).consentDays;
  const facts = { scaApproaches: ['redirect'], paymentSchemes, maxConsentDays, status: 'available' } as const;
  return { list: () => Promise.resolve([{ reference: aspspId, ...bank, ...facts }]) };
}
