import type { Answer, Json } from '../answer.js';
import { askBank } from '../bridge/call-bank.js';
import { initiate } from '../initiation.js';
import type { Payment } from '../payment.js';
import { isStatus, type PaymentKind } from '../statuses.js';
import { BankFailure } from '../bridge/call-bank.js';
import { notFound, type TppCall } from './call.js';
import type { Endpoint } from './endpoint.js';
import { checkBulk, checkSingle } from './order.js';

const single = { security: 'consent', scope: 'payments.single' } as const;
const bulk = { security: 'consent', scope: 'payments.bulk' } as const;

export const paymentEndpoints: readonly Endpoint[] = [
  {
    ...single,
    method: 'POST',
    path: '/payments',
    operation: 'payments.initiate',
    handle: async (call) => begin(call, 'single'),
  },
  {
    ...single,
    method: 'GET',
    path: '/payments/:paymentId',
    operation: 'payments.get',
    spent: true,
    handle: async (call) => ({ status: 200, body: ownPayment(call, 'single').content }),
  },
  {
    ...single,
    method: 'GET',
    path: '/payments/:paymentId/status',
    operation: 'payments.status',
    spent: true,
    handle: async (call) => statusOf(call, ownPayment(call, 'single')),
  },
  {
    ...bulk,
    method: 'POST',
    path: '/bulk-payments',
    operation: 'bulk.initiate',
    handle: async (call) => begin(call, 'bulk'),
  },
  {
    ...bulk,
    method: 'GET',
    path: '/bulk-payments/:paymentId',
    operation: 'bulk.get',
    spent: true,
    handle: async (call) => ({ status: 200, body: ownPayment(call, 'bulk').content }),
  },
  {
    ...bulk,
    method: 'GET',
    path: '/bulk-payments/:paymentId/status',
    operation: 'bulk.status',
    spent: true,
    handle: async (call) => statusOf(call, ownPayment(call, 'bulk')),
  },
];

async function begin(call: TppCall, kind: 'single' | 'bulk'): Promise<Answer> {
  const { hub, bank, consent, redirectUri, language, client: tpp } = call;
  const { json, fields } = call.body();
  const check = kind === 'bulk' ? checkBulk : checkSingle;
  const { content, scheme } = check(json, fields, bank, hub.settings);
  const payment = await initiate(hub, bank, { kind, tpp, content, scheme, redirectUri, consent, language });
  return created(payment);
}

/** 201 with the link for the PSU's browser. */
export function created({ id, status, confirmationUrl }: Payment): Answer {
  const links = { _links: { scaRedirect: { href: confirmationUrl } } };
  return { status: 201, body: { paymentId: id, transactionStatus: status, ...links } };
}

/** @throws Refusal 404 for a payment of another client or consent, or of another kind. */
function ownPayment(call: TppCall, kind: PaymentKind): Payment {
  const payment = call.hub.payments.get(call.param('paymentId'));
  if (!payment || payment.kind !== kind || payment.consent !== call.consent) {
    throw notFound('Payment');
  }
  return payment;
}

/** Asks the bank; a payment without a bank has only the hub's own status. */
export async function statusOf(call: Pick<TppCall, 'hub'>, payment: Payment): Promise<Answer> {
  const transactionStatus = payment.shown ?? (await askStatus(call, payment));
  return { status: 200, body: { transactionStatus } };
}

async function askStatus({ hub }: Pick<TppCall, 'hub'>, payment: Payment): Promise<string> {
  const { bank, bankPaymentId, kind, consent } = payment;
  if (!bank || bankPaymentId === undefined || (kind === 'direct' && hub.settings.directStatus === 'store')) {
    return payment.status;
  }
  const answer: Json = await askBank(hub, bank, {
    name: kind === 'bulk' ? 'v2_payment_bulk_status' : 'v2_payment_single_status',
    body: { payment_id: bankPaymentId },
    accessToken: consent?.accessToken,
  });
  const status = answer['transaction_status'];
  if (!isStatus(status)) {
    throw new BankFailure(200, undefined, `The bank's status is not known: ${String(status).slice(0, 20)}`);
  }
  return status;
}
