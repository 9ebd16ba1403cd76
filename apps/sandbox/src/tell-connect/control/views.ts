import type { Application, Developer } from '../application.js';
import type { Consent, Intent } from '../consent.js';
import type { Account, Customer } from '../customer.js';
import type { Payment } from '../payment.js';
import { ASPSP } from '../platform.js';

type View = Record<string, unknown>;

/** Everything that a TPP needs for a connection. */
export function applicationView(application: Application, site: string): View {
  const { developer } = application;
  return {
    applicationId: application.id,
    name: application.name,
    state: application.state,
    clientId: developer.clientId,
    clientSecret: developer.clientSecret,
    certificate: application.certificate ?? null,
    redirectUrl: application.redirectUrl ?? null,
    registration: application.registration ?? null,
    aspsp: ASPSP,
    sandboxUrl: `${site}/dev`,
    productionUrl: `${site}/v1`,
  };
}

export function developerView({ applications, ...developer }: Developer): View {
  return { ...developer, applications: applications.map(({ id }) => id) };
}

export function customerView({ accounts, ...customer }: Customer): View {
  return { ...customer, accounts: accounts.map(accountView) };
}

function accountView(account: Account): View {
  return {
    id: account.id,
    nickname: account.nickname,
    type: account.type,
    currency: account.currency,
    scheme: account.scheme,
    identification: account.identification,
    booked: account.booked.toFixed(2),
    reserved: account.reserved.toFixed(2),
    transactions: account.entries.length,
  };
}

export function intentView(intent: Intent, site: string): View {
  return {
    id: intent.id,
    uuid: intent.uuid,
    scope: intent.kind,
    environment: intent.environment,
    sandboxSca: intent.sandboxSca,
    state: intent.state,
    applicationId: intent.application.id,
    customer: intent.customer?.username ?? null,
    location: `${site}/ui/authorise/${intent.browserKey}`,
  };
}

export function consentView(consent: Consent): View {
  return {
    id: consent.id,
    intentId: consent.intent.id,
    uuid: consent.intent.uuid,
    scope: consent.intent.kind,
    environment: consent.intent.environment,
    state: consent.state,
    customer: consent.customer.username,
    accounts: consent.accounts.map(({ id }) => id),
    permissions: consent.permissions,
    grantedAt: new Date(consent.grantedAtMs).toISOString(),
    endsAt: new Date(consent.endsAtMs).toISOString(),
    paymentReference: consent.payment?.id ?? null,
  };
}

export function paymentView(payment: Payment): View {
  return {
    id: payment.id,
    consentId: payment.consentId,
    state: payment.state,
    shown: payment.shown ?? null,
    reason: payment.reason ?? null,
    debtorAccountId: payment.debtor.id,
    beneficiaryIdentification: payment.beneficiary.identification,
    amount: payment.amount.toFixed(2),
    currency: payment.currency,
    reference: payment.reference,
    createdAt: payment.createdAt.toISOString(),
  };
}
