import { randomUUID } from 'node:crypto';
import type { Json } from './answer.js';
import { askBank, BankFailure } from './bridge/call-bank.js';
import { textFromBank } from './bridge/from-bank.js';
import { bulkToBank, singleToBank } from './bridge/to-bank.js';
import { newSecret, type Consent } from './consent.js';
import type { Hub } from './hub.js';
import type { Bank, Tpp } from './parties.js';
import type { Payment } from './payment.js';
import { watchLink } from './payment-life.js';
import { isStatus, mayBegin, type PaymentKind, type Status } from './statuses.js';
import type { Scheme } from './vocabulary.js';

/** What a TPP ordered. */
export interface Order {
  kind: PaymentKind;
  tpp: Tpp;
  content: Json;
  scheme: Scheme;
  redirectUri: string;
  consent?: Consent | undefined;
  language?: string | undefined;
}

const WEBHOOKS = { single: 'v2_payment_single', bulk: 'v2_payment_bulk', direct: 'v2_payment_direct_single' } as const;

/**
 * Initiates at a bank. A one-time consent is spent when the bank said yes, and free again when it said no; while the bank
 * thinks, nobody else can use it.
 * @throws BankFailure when the bank did not accept it, or nobody knows.
 */
export async function initiate(hub: Hub, bank: Bank, order: Order): Promise<Payment> {
  const { consent } = order;
  const once = consent?.oneTime === true;
  if (once) {
    consent.state = 'spending';
  }
  try {
    const callbackKey = newSecret(16);
    const answer = await askInitiation(hub, bank, order, callbackKey);
    const payment = newPayment(hub, order, { ...answer, callbackKey, bank });
    if (once && consent.state === 'spending') {
      consent.state = 'spent';
    }
    return payment;
  } finally {
    if (once && consent.state === 'spending') {
      consent.state = 'active';
    }
  }
}

interface BankAnswer {
  status: Status;
  confirmationUrl: string;
  bankPaymentId: string;
}

/** The webhook of an initiation and its answer. */
export async function askInitiation(hub: Hub, bank: Bank, order: Order, callbackKey: string): Promise<BankAnswer> {
  const { kind, content, scheme, consent, language, redirectUri } = order;
  const { settings } = hub;
  const callbackUrl = settings.callback === 'hub' ? `${hub.address}/callback?sid=${callbackKey}` : redirectUri;
  const write = kind === 'bulk' ? bulkToBank : singleToBank;
  const body = write(content, scheme, callbackUrl, settings);
  const answer = await askBank(hub, bank, {
    name: WEBHOOKS[kind],
    body,
    accessToken: consent?.accessToken,
    language,
  });
  const { status } = answer;
  if (!isStatus(status) || !mayBegin(status)) {
    throw new BankFailure(200, undefined, `The bank's first status cannot be ${String(status)}`);
  }
  const bankPaymentId = textFromBank(answer, 'payment_id', 255);
  if (bankPaymentId === 'status' || hub.paymentAt(bank, bankPaymentId)) {
    throw new BankFailure(200, undefined, 'The bank gave a payment_id that cannot be used');
  }
  const confirmationUrl = textFromBank(answer, 'confirmation_url');
  if (!/^https?:\/\//i.test(confirmationUrl) || !URL.canParse(confirmationUrl)) {
    throw new BankFailure(200, undefined, 'confirmation_url is no URL');
  }
  return { status, confirmationUrl, bankPaymentId };
}

/** Keeps a payment; without a bank it is the PSU who chooses one on the hub's page. */
export function newPayment(
  hub: Hub,
  order: Order,
  at: Partial<BankAnswer> & { callbackKey: string; bank?: Bank | undefined },
): Payment {
  const { bankPaymentId, bank, callbackKey, status = 'RCVD' } = at;
  const own = bankPaymentId === undefined || hub.settings.paymentIds === 'hub' || hub.payments.has(bankPaymentId);
  const now = hub.now();
  const payment: Payment = {
    id: own ? randomUUID() : bankPaymentId,
    bankPaymentId,
    kind: order.kind,
    bank,
    open: bank === undefined,
    tpp: order.tpp,
    consent: order.consent,
    content: order.content,
    status,
    held: status,
    shown: undefined,
    confirmationUrl: at.confirmationUrl ?? `${hub.address}/ui/direct/${callbackKey}`,
    redirectUri: order.redirectUri,
    callbackKey,
    createdAt: now,
    linkEndsAt: new Date(now.getTime() + hub.settings.linkSeconds * 1000),
    linkExpired: false,
    history: [{ status, at: now }],
  };
  if (bank && bankPaymentId !== undefined) {
    hub.placeAt(bank, bankPaymentId, payment);
  }
  hub.payments.set(payment.id, payment);
  hub.callbacks.set(callbackKey, payment);
  watchLink(hub, payment);
  return payment;
}
