import { ShapeError, checkText } from '../../kit/shape.js';
import type { Answer, Json } from '../answer.js';
import { isObject } from '../answer.js';
import { compose } from '../bridge/compose.js';
import { SPOILERS, spoil } from '../bridge/spoil.js';
import type { BankMessage } from '../bank-message/open-message.js';
import { revoke } from '../built-in/psu.js';
import type { FurnishedHub } from '../furnished-hub.js';
import type { Bank } from '../parties.js';
import { expireLink, reportStatus } from '../payment-life.js';
import { signBody } from '../raw-signature.js';
import { Refusal } from '../refusal.js';
import type { Arrival } from '../site.js';
import { STATUSES } from '../statuses.js';
import { BANK_WEBHOOKS } from '../vocabulary.js';
import { bodyOf, ok, unknown, type ControlRoute } from './control-route.js';
import { consentView, customersView, paymentView } from './views.js';

/** What TPPs and banks have made, and what a tester does to it. */
export const resourceRoutes: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/customers',
    handle: ({ hub }) => ok({ customers: [...hub.builtIn.values()].flatMap(customersView) }),
  },
  {
    method: 'GET',
    path: '/consents',
    handle: ({ hub }) => ok({ consents: [...hub.consents.values()].map((consent) => consentView(hub, consent)) }),
  },
  { method: 'POST', path: '/consents/:accessToken', handle: endConsent },
  {
    method: 'GET',
    path: '/payments',
    handle: ({ hub }) => ok({ payments: [...hub.payments.values()].map(paymentView) }),
  },
  { method: 'POST', path: '/payments/:id', handle: forcePayment },
  { method: 'GET', path: '/deliveries', handle: listDeliveries },
  { method: 'POST', path: '/deliveries', handle: sendToTpp },
  { method: 'POST', path: '/deliveries/release', handle: releaseDeliveries },
  { method: 'POST', path: '/banks/:identifier/webhooks', handle: sendToBank },
];

/** `{ state: revoked | expired | spent }`, by the bank's token or the TPP's bearer. */
function endConsent(arrival: Arrival): Answer {
  const { hub } = arrival;
  const token = arrival.param('accessToken');
  const consent = hub.consents.get(token) ?? hub.bearers.get(token);
  if (!consent) {
    throw unknown('consent');
  }
  const shape = bodyOf(arrival);
  shape.only(['state']);
  const state = shape.choice('state', ['revoked', 'expired', 'spent'] as const);
  const builtIn = hub.builtIn.get(consent.bank.identifier);
  if (state === 'expired') {
    consent.validUntil = hub.now();
  } else if (state === 'revoked' && builtIn) {
    revoke(builtIn, consent.accessToken);
  } else {
    consent.state = state;
  }
  return ok(consentView(hub, consent));
}

/**
 * `{ status: RJCT }` moves it as if the bank had said so (also against the rules with `illegalStatus: taken`);
 * `{ show: ABCD }` shows any word to the TPP, null takes it back; `{ expireLink: true }` tells the TPP about the link.
 */
async function forcePayment(arrival: Arrival): Promise<Answer> {
  const { hub } = arrival;
  const payment = hub.payments.get(arrival.param('id'));
  if (!payment) {
    throw unknown('payment');
  }
  const shape = bodyOf(arrival);
  shape.only(['status', 'show', 'expireLink']);
  if (shape.has('show')) {
    payment.shown = shape.raw('show') === null ? undefined : shape.text('show', { max: 35 });
  }
  if (shape.has('expireLink') && shape.boolean('expireLink')) {
    expireLink(hub, payment);
  }
  if (shape.has('status')) {
    const status = shape.choice('status', STATUSES);
    if (reportStatus(hub, payment, status) === 'illegal') {
      throw new Refusal(409, 'FORMAT_ERROR', `The payment is ${payment.status}: it cannot become ${status}`);
    }
    const atBank = hub.builtIn.get(payment.bank?.identifier ?? '')?.payments.get(payment.bankPaymentId ?? '');
    if (atBank) {
      atBank.status = status;
    }
  }
  await hub.outbox.settled();
  return ok(paymentView(payment));
}

async function listDeliveries({ hub }: Arrival): Promise<Answer> {
  await hub.outbox.settled();
  return ok({ deliveries: hub.outbox.deliveries });
}

/** `{ share? }`: lets go what `webhookTiming: held` keeps, or by chance so much of it. Waits for no answer. */
function releaseDeliveries(arrival: Arrival): Answer {
  const shape = bodyOf(arrival);
  shape.only(['share']);
  return ok({ released: arrival.hub.outbox.release(shape.optionalNumber('share', 0, 1, false) ?? 1) });
}

/** `{ clientId, name, body }`: any webhook to a TPP, true or not. */
async function sendToTpp(arrival: Arrival): Promise<Answer> {
  const { hub } = arrival;
  const shape = bodyOf(arrival);
  shape.only(['clientId', 'name', 'body']);
  const tpp = hub.tpps.get(shape.text('clientId'));
  if (!tpp) {
    throw unknown('client');
  }
  const name = shape.choice('name', ['v2_payment_status', 'v2_payment_confirmation_link_expire'] as const);
  hub.outbox.add(tpp, name, shape.object('body').plain());
  await hub.outbox.settled();
  return { status: 201, body: { deliveries: hub.outbox.deliveries.slice(-hub.settings.webhookCopies) } };
}

/**
 * One webhook to a bank, right or with a chosen mistake: `{ name, path?, body?, rawBody?, accessToken?, requestId?, spoil? }`.
 * Answers what the bank said, so that a bank can be judged without a TPP.
 */
async function sendToBank(arrival: Arrival): Promise<Answer> {
  const { hub } = arrival;
  const bank = hub.banks.get(arrival.param('identifier'));
  if (!bank) {
    throw unknown('bank');
  }
  const { message, sent } = readMessage(hub, bank, arrival);
  const signal = AbortSignal.any([hub.closing.signal, AbortSignal.timeout(hub.settings.bankTimeoutMs)]);
  try {
    const reply = await bank.line.send(message, signal);
    const text = reply.bytes.toString('utf8');
    return ok({ status: reply.status, body: parsed(text), sent });
  } catch (error) {
    throw new Refusal(502, 'ASPSP_UNKNOWN_ERROR', `No answer from the bank: ${String(error)}`);
  }
}

function readMessage(hub: FurnishedHub, bank: Bank, arrival: Arrival): { message: BankMessage; sent: Json } {
  const shape = bodyOf(arrival);
  shape.only(['name', 'path', 'body', 'rawBody', 'accessToken', 'requestId', 'spoil']);
  const name = shape.choice('name', BANK_WEBHOOKS);
  const spoiler = shape.optionalChoice('spoil', SPOILERS);
  const body = shape.optionalObject('body')?.plain();
  const composed = compose(hub, bank, { name, body, accessToken: shape.optionalText('accessToken', { max: 2000 }) });
  const raw = shape.raw('rawBody');
  if (raw !== undefined && typeof raw !== 'string') {
    throw new ShapeError('rawBody', 'must be a text');
  }
  const bytes = raw === undefined ? composed.bytes : Buffer.from(raw);
  const requestId = shape.has('requestId')
    ? checkText(shape.raw('requestId'), 'requestId')
    : composed.headers['x-request-id'];
  const whole: BankMessage = {
    name: shape.optionalText('path') ?? name,
    bytes,
    headers: { ...composed.headers, 'x-request-id': requestId, 'x-signature': signBody(bytes, bank.hubKey) },
  };
  const message = spoiler ? spoil(whole, spoiler) : whole;
  const sent = { name: message.name, headers: message.headers, body: message.bytes.toString('utf8') };
  return { message, sent };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : text;
  } catch {
    return text;
  }
}
