import { MoneyError, type Money, parseMoney } from '@tributary/domain';
import { MalformedAnswer, plainJson } from '../kit/json.js';
import { withoutSecrets } from '../kit/redaction.js';
import {
  type CallContext,
  type HeldPayment,
  type PaymentInitiation,
  type PaymentSnapshot,
  ProviderError,
  type ProviderDeps,
} from '../port/index.js';
import { type Answered, pathOf, type TellConnectClient } from './client.js';
import { type Intents, unsupported } from './intents.js';
import { initiationBody, schemeFor } from './order.js';
import { assumptionsOf, defaults, providerId, type TellConnectSettings } from './settings.js';
import { paymentStatus } from './status.js';
import { payment as wirePayment, type WirePayment } from './wire.js';

/**
 * "Payment Initiation": one single payment per `pisp` consent, so each payment has a consent of its own, given before it is sent.
 * Nothing recognises a repeated payment and nothing lists them: it is sent at most once.
 */
export function createPayments(
  settings: TellConnectSettings,
  deps: ProviderDeps,
  client: TellConnectClient,
  intents: Intents,
): PaymentInitiation {
  const collection = settings.paymentsPath ?? defaults.paymentsPath;
  const { paymentUserIp: showsPsu, refusedPayment } = assumptionsOf(settings);

  /** The one place where their words about a payment become ours. */
  function snapshot(operation: string, reference: string, { value, tree }: Answered<WirePayment>): PaymentSnapshot {
    // An answer without a status has taken the payment.
    const word = value.status ?? 'submitted';
    const status = paymentStatus(word);
    if (status === null) deps.warn({ operation, message: `unknown payment status ${word.slice(0, 60)}` });
    return {
      reference,
      status,
      upstreamStatus: value.status ?? '',
      reason: status === 'RJCT' ? value.reason?.slice(0, 100) : undefined,
      amount: amountOf(operation, value),
      creditorAccount: value.beneficiaryIdentification,
      continuation: null,
      observedAt: deps.now(),
      raw: withoutSecrets(plainJson(tree)),
    };
  }

  /** undefined where it is not repeated, or not in a form that could be compared. */
  function amountOf(operation: string, { amount, currency }: WirePayment): Money | undefined {
    if (amount === undefined || currency === undefined) return undefined;
    try {
      return parseMoney(amount.trim(), currency);
    } catch (error) {
      if (!(error instanceof MoneyError)) throw error;
      deps.warn({ operation, message: `the amount could not be compared: ${error.message}` });
      return undefined;
    }
  }

  return {
    recovery: { by: 'none' },

    check({ order }) {
      initiationBody(order, settings);
    },

    schemeFor: (order) => schemeFor(order, settings),

    async prepare({ id, consent, tokens }, callback, context) {
      if (consent !== undefined) {
        throw unsupported('initiatePayment', 'consentId: a payment has a consent of its own; leave it out.', context);
      }
      if ((await tokens.read()) !== null) return null;
      return (await intents.open('pisp', id, callback, context)).authorisation;
    },

    async initiate(payment, _, context) {
      const operation = 'initiatePayment';
      const json = initiationBody(payment.order, settings);
      const spec = { operation, method: 'POST', path: collection, json, showsPsu, movesMoney: true } as const;
      const answered = await spent(refusedPayment, context, () =>
        client.granted(spec, { tokens: payment.tokens }, context, (tree, path) => {
          const value = wirePayment(tree, path);
          if (referenceOf(value) === undefined) throw new MalformedAnswer(path, 'an answer that names the payment');
          return value;
        }),
      );
      return snapshot(operation, referenceOf(answered.value) ?? '', answered);
    },

    async fetch(payment, context) {
      const operation = 'readPaymentStatus';
      if (payment.reference === null) throw unnamed(payment, context);
      const path = pathOf(operation, collection, payment.reference);
      const spec = { operation, method: 'GET', path, showsPsu } as const;
      const answered = await client.granted(spec, { tokens: payment.tokens }, context, wirePayment);
      const named = referenceOf(answered.value);
      if (named !== undefined && named !== payment.reference) {
        const message = 'The institution answered with another payment than the one that was asked for.';
        const { traceId } = context;
        throw new ProviderError({ kind: 'malformed', provider: providerId, operation, traceId, message });
      }
      return snapshot(operation, payment.reference, answered);
    },
  };
}

const referenceOf = ({ paymentReference, paymentId, id }: WirePayment): string | undefined =>
  [paymentReference, paymentId, id].find((one) => one !== undefined && one !== '');

/** A grant that ended before the payment was sent ends the payment: it can have no second one. */
async function spent<T>(
  rule: 'keepsConsent' | 'spendsConsent',
  { traceId }: CallContext,
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { operation, upstream } = error.facts;
    const refused = operation === 'initiatePayment' && upstream !== undefined && error.kind !== 'outcome-unknown';
    if (error.kind !== 'consent-invalid' && !(refused && rule === 'spendsConsent')) throw error;
    const message = "The PSU's consent to this payment is over, and it was not sent. Make a new payment.";
    throw new ProviderError({ ...error.facts, kind: 'rejected', traceId, message });
  }
}

function unnamed({ id }: HeldPayment, { traceId }: CallContext): ProviderError {
  const message = `tell.connect has not named the payment ${id}: the answer to its initiation is missing.`;
  const operation = 'readPaymentStatus';
  return new ProviderError({ kind: 'not-found', provider: providerId, operation, traceId, message });
}
