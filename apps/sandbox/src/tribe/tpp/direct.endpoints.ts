import { newSecret } from '../consent.js';
import type { Answer } from '../answer.js';
import { initiate, newPayment } from '../initiation.js';
import type { Bank } from '../parties.js';
import type { Payment } from '../payment.js';
import { inconsistent, notFound, type TppCall } from './call.js';
import type { Endpoint } from './endpoint.js';
import { checkSingle } from './order.js';
import { created, statusOf } from './payments.endpoints.js';

const initiation = { method: 'POST', security: 'client', operation: 'direct.initiate' } as const;
const content = { method: 'GET', security: 'client', operation: 'direct.get' } as const;
const status = { method: 'GET', security: 'client', operation: 'direct.status' } as const;

/**
 * Direct payments. `/direct/payments/X/status` fits two patterns: the literal `status` wins, which is why no payment has
 * the id "status".
 */
export const directEndpoints: readonly Endpoint[] = [
  { ...initiation, path: '/direct/payments', handle: async (call) => beginOpen(call) },
  // The bank identifier may be empty.
  { ...initiation, path: '/direct/payments/', handle: async (call) => beginOpen(call) },
  { ...initiation, path: '/direct/payments/:bankIdentifier', handle: beginAtBank },
  {
    ...content,
    path: '/direct/payments/:paymentId',
    handle: async (call) => ({ status: 200, body: directPayment(call).content }),
  },
  {
    ...content,
    path: '/direct/payments/:bankIdentifier/:paymentId',
    handle: async (call) => ({ status: 200, body: directPayment(call).content }),
  },
  {
    ...status,
    path: '/direct/payments/:paymentId/status',
    handle: async (call) => statusOf(call, directPayment(call)),
  },
  {
    ...status,
    path: '/direct/payments/:bankIdentifier/:paymentId/status',
    handle: async (call) => statusOf(call, directPayment(call)),
  },
];

async function beginAtBank(call: TppCall): Promise<Answer> {
  const { hub, client: tpp, redirectUri, language } = call;
  const bank = directBank(call);
  const { json, fields } = call.body();
  const order = checkSingle(json, fields, bank, hub.settings);
  return created(await initiate(hub, bank, { kind: 'direct', tpp, ...order, redirectUri, language }));
}

/** Without a bank: the link leads to the hub's page with the banks. */
function beginOpen(call: TppCall): Answer {
  const { hub, client: tpp, redirectUri, language } = call;
  const { json, fields } = call.body();
  const order = checkSingle(json, fields, undefined, hub.settings);
  const callbackKey = newSecret(16);
  return created(newPayment(hub, { kind: 'direct', tpp, ...order, redirectUri, language }, { callbackKey }));
}

function directBank(call: TppCall): Bank {
  const bank = call.hub.banks.get(call.param('bankIdentifier'));
  if (!bank?.directPaymentSupport) {
    throw inconsistent('bankIdentifier', bank ? 'is of a bank without direct payments' : 'is not known');
  }
  return bank;
}

/** @throws Refusal 404 for another client's payment, or one that began by the other path. */
function directPayment(call: TppCall): Payment {
  const payment = call.hub.payments.get(call.param('paymentId'));
  const bankIdentifier = call.param('bankIdentifier');
  const fits = payment?.open === true ? bankIdentifier === '' : payment?.bank?.identifier === bankIdentifier;
  if (!payment || payment.kind !== 'direct' || payment.tpp !== call.client || !fits) {
    throw notFound('Payment');
  }
  return payment;
}
