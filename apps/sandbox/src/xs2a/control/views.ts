import { clockView } from '../../kit/clock-control.js';
import type { Authorisation } from '../authorisation.js';
import type { Bank } from '../bank.js';
import type { SigningBasket } from '../baskets/basket.js';
import type { Consent } from '../consent.js';
import { available, type Account, type Customer } from '../customer.js';
import type { FundsConsent } from '../funds/funds-consent.js';
import { amountView } from '../money.js';
import { REPORT_TYPES } from '../reports/report-type.js';
import type { Execution, Payment } from '../payments/payment.js';

/** A customer with everything that a tester needs to play the PSU. */
export function customerView(customer: Customer): Record<string, unknown> {
  return {
    id: customer.id,
    username: customer.username,
    password: customer.password,
    additionalPassword: customer.additionalPassword,
    fullName: customer.fullName,
    approach: customer.approach,
    methods: customer.methods,
    accounts: customer.accounts.map(accountView),
    cards: customer.cards.map(({ id, maskedPan, currency, name }) => ({ id, maskedPan, currency, name })),
    trustedBeneficiaries: customer.trustedBeneficiaries,
  };
}

function accountView(account: Account): Record<string, unknown> {
  return {
    id: account.id,
    iban: account.iban,
    currency: account.currency,
    name: account.name,
    type: account.type,
    status: account.status,
    booked: amountView(account.booked, account.currency).amount,
    available: amountView(available(account), account.currency).amount,
    transactions: account.transactions.length,
    signatures: account.signatures,
    reportTypes: account.reportTypes ?? REPORT_TYPES,
  };
}

export function authorisationView(authorisation: Authorisation): Record<string, unknown> {
  const { id, subject, approach, oauth, psu, status, method, createdAt } = authorisation;
  return {
    id,
    subject: { kind: subject.kind, id: subject.id },
    approach,
    oauth,
    username: psu?.username ?? null,
    scaStatus: status,
    methodId: method?.id ?? null,
    createdAt,
  };
}

export function consentView(consent: Consent): Record<string, unknown> {
  const { id, psu, status, access, recurring, validUntil, frequencyPerDay, lastActionDate, createdAt } = consent;
  return {
    id,
    username: psu?.username ?? null,
    consentStatus: status,
    access: access.shape,
    recurring,
    validUntil,
    frequencyPerDay,
    lastActionDate,
    createdAt,
    reads: Object.fromEntries(consent.reads),
  };
}

export function fundsConsentView(consent: FundsConsent): Record<string, unknown> {
  const { id, psu, status, account, cardNumber, createdAt } = consent;
  const username = psu?.username ?? null;
  return { id, username, consentStatus: status, iban: account.iban, cardNumber: cardNumber ?? null, createdAt };
}

export function basketView(basket: SigningBasket): Record<string, unknown> {
  const { id, psu, status, payments, consents, createdAt } = basket;
  return {
    id,
    username: psu?.username ?? null,
    transactionStatus: status,
    paymentIds: payments.map((payment) => payment.id),
    consentIds: consents.map((consent) => consent.id),
    createdAt,
  };
}

export function paymentView(payment: Payment): Record<string, unknown> {
  return {
    id: payment.id,
    service: payment.service,
    product: payment.product,
    requestId: payment.requestId,
    endToEndIdentification: payment.transfers[0]?.endToEndIdentification ?? null,
    username: payment.psu?.username ?? null,
    signed: payment.signed.map(({ username }) => username),
    debtorIban: payment.debtor.iban,
    creditorName: payment.transfers[0]?.creditorName ?? null,
    creditorIban: payment.transfers[0]?.creditorIban ?? null,
    ...amountView(payment.amount, payment.currency),
    transfers: payment.transfers.length,
    executions: payment.executions.map(executionView),
    transactionStatus: payment.status,
    forcedStatus: payment.arrangement.forcedStatus ?? null,
    reason: payment.reason ?? null,
    history: payment.history,
  };
}

function executionView({ date, transfers }: Execution): Record<string, unknown> {
  return {
    date: date ?? null,
    transfers: transfers.map(({ id, endToEndIdentification, amount, currency, status, reasonCode }) => ({
      id,
      endToEndIdentification: endToEndIdentification ?? null,
      ...amountView(amount, currency),
      status: status ?? null,
      reasonCode: reasonCode ?? null,
    })),
  };
}

/** The evidence: what came, what was accepted, what was executed. */
export function ledgerView(bank: Bank): Record<string, unknown> {
  const { initiations, postings, calls } = bank.ledger;
  const count = (outcome: string) => initiations.filter((initiation) => initiation.outcome === outcome).length;
  return {
    bank: bank.name,
    ...clockView(bank.clock),
    counts: {
      initiations: initiations.length,
      accepted: count('accepted'),
      replayed: count('replayed'),
      refused: count('refused'),
      notAccepted: count('notAccepted'),
      payments: bank.payments.size,
      executed: postings.length,
      consents: bank.consents.size,
      hanging: bank.stalls.count,
    },
    calls: Object.fromEntries(calls),
    initiations: initiations.map((initiation) => ({
      ...initiation,
      transactionStatus: bank.payments.get(initiation.paymentId ?? '')?.status ?? null,
    })),
    postings,
  };
}
