import { clockView } from '../../kit/clock-control.js';
import { amountText } from '../money.js';
import type { BuiltInBank } from '../built-in/bank.js';
import { availableOn } from '../built-in/customer.js';
import type { BankPayment } from '../built-in/payment.js';
import { deathOf, type Consent } from '../consent.js';
import type { FurnishedHub } from '../furnished-hub.js';
import { publicPem } from '../hub.js';
import type { Bank, Tpp } from '../parties.js';
import { amountOf, type Payment } from '../payment.js';

type View = Record<string, unknown>;

export function tppView(tpp: Tpp): View {
  return { ...tpp };
}

/** A bank with what it must know of the hub. */
export function bankView(hub: FurnishedHub, bank: Bank): View {
  const { identifier, name, country, scopes, paymentSchemes, directPaymentSupport, blocked, oneTime } = bank;
  return {
    identifier,
    name,
    country,
    scopes,
    paymentSchemes,
    directPaymentSupport,
    builtIn: hub.builtIn.has(identifier),
    apiKey: bank.apiKey,
    webhookApiKey: bank.webhookApiKey,
    authorizeUrl: bank.authorizeUrl(),
    webhookBaseUrl: bank.webhookBaseUrl ?? null,
    publicKey: publicPem(bank.publicKey),
    hubPublicKey: publicPem(bank.hubKey),
    actionsUrl: `${hub.address}/bank/v2`,
    blocked,
    oneTime: oneTime ?? null,
  };
}

/** Customers of a built-in bank with all that a tester needs to play the PSU. */
export function customersView(bank: BuiltInBank): View[] {
  return bank.customers.map(({ username, password, code, fullName, accounts }) => ({
    bank: bank.plan.identifier,
    username,
    password,
    code,
    fullName,
    accounts: accounts.map((account) => ({
      id: account.id,
      iban: account.iban,
      sortCode: account.sortCode ?? null,
      accountNumber: account.accountNumber ?? null,
      currency: account.currency,
      name: account.name,
      schemes: account.schemes,
      booked: amountText(account.booked, account.currency),
      available: amountText(availableOn(account), account.currency),
      entries: account.entries.length,
      pending: account.pending.length,
    })),
  }));
}

export function consentView(hub: FurnishedHub, consent: Consent): View {
  const { tpp, bank, reads, ...rest } = consent;
  return {
    ...rest,
    clientId: tpp.clientId,
    bank: bank.identifier,
    redeemed: hub.bearers.has(consent.bearer),
    usable: deathOf(consent, hub.now()) ?? 'yes',
    reads: Object.fromEntries(reads),
  };
}

export function paymentView(payment: Payment): View {
  const { tpp, bank, consent, held, callbackKey, ...rest } = payment;
  return {
    ...rest,
    bankPaymentId: payment.bankPaymentId ?? null,
    shown: payment.shown ?? null,
    ...amountOf(payment.content),
    clientId: tpp.clientId,
    bank: bank?.identifier ?? null,
    accessToken: consent?.accessToken ?? null,
    callbackUrlSid: callbackKey,
    heldStatus: held,
  };
}

/** A payment as its bank has it. */
export function bankPaymentView({ id, kind, status, message, order }: BankPayment): View {
  const amount = amountText(order.total, order.currency);
  return { id, kind, status, message: message ?? null, amount, currency: order.currency };
}

/** The evidence: what came, what was accepted, what was sent, what was executed. */
export function ledgerView(hub: FurnishedHub): View {
  const { initiations, webhooks, actions, postings, calls } = hub.ledger;
  const count = (outcome: string) => initiations.filter((initiation) => initiation.outcome === outcome).length;
  return {
    hub: hub.name,
    ...clockView(hub.clock),
    counts: {
      initiations: initiations.length,
      accepted: count('accepted'),
      refused: count('refused'),
      notAccepted: count('notAccepted'),
      payments: hub.payments.size,
      consents: hub.consents.size,
      bankWebhooks: webhooks.length,
      actions: actions.length,
      executed: postings.length,
      deliveries: hub.outbox.deliveries.length,
      hanging: hub.stalls.count,
    },
    calls: Object.fromEntries(calls),
    initiations: initiations.map((initiation) => ({
      ...initiation,
      transactionStatus: hub.payments.get(initiation.paymentId ?? '')?.status ?? null,
    })),
    webhooks,
    actions,
    postings,
    deliveries: hub.outbox.deliveries,
    performance: [...hub.performance.values()],
  };
}
