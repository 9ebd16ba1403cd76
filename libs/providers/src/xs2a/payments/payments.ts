import { MoneyError } from '@tributary/domain';
import { plainJson } from '../../kit/json.js';
import { withoutSecrets } from '../../kit/redaction.js';
import { deriveUuid } from '../../kit/reference.js';
import {
  type CallContext,
  type HeldPayment,
  type PaymentInitiation,
  type PaymentSnapshot,
  ProviderError,
  type ProviderDeps,
} from '../../port/index.js';
import { identifiersOf, moneyOf } from '../accounts/account-reference.js';
import type { Answered, Xs2aClient } from '../client.js';
import { kept, resourceOf, scaMembers } from '../sca/conversation.js';
import { startHeader, wishHeaders } from '../headers.js';
import { initiationBody, productOf } from './payment-order.js';
import { known, psuAddressRequired, withoutPsuStep } from '../precondition.js';
import type { Xs2aSettings } from '../settings.js';
import type { Starter } from '../sca/start.js';
import { reasonOf } from '../status.js';
import { paymentStatus } from '../status.js';
import { paymentCaller, paymentUrl } from '../sca/subject.js';
import {
  paymentCreated,
  paymentDetails,
  paymentStatusAnswer,
  type WirePaymentDetails,
  type WirePaymentStatus,
} from '../wire.js';

/** Single payments in JSON (Implementation Guidelines 1.3, section 5). */
export function createPayments(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
  starter: Starter,
): PaymentInitiation {
  const preStep = settings.oauth?.mode === 'pre-step';

  /** The one place where a bank's word about a payment becomes ours. */
  function snapshot(
    said: Omit<WirePaymentStatus, '_links'>,
    copy: Partial<WirePaymentDetails>,
    rest: Pick<PaymentSnapshot, 'reference' | 'continuation' | 'authorisation' | 'raw'>,
  ): PaymentSnapshot {
    const upstreamStatus = said.transactionStatus;
    const status = paymentStatus(upstreamStatus);
    if (status === null) {
      deps.warn({ operation: 'readPayment', message: `unknown transactionStatus ${upstreamStatus.slice(0, 60)}` });
    }
    return {
      status,
      upstreamStatus,
      reason: status === 'RJCT' || status === 'CANC' ? reasonOf(said.tppMessages) : undefined,
      amount: copy.instructedAmount && readableMoney(copy.instructedAmount, deps),
      creditorAccount: copy.creditorAccount && identifiersOf(copy.creditorAccount)[0]?.value,
      psuMessage: said.psuMessage,
      observedAt: deps.now(),
      ...rest,
    };
  }

  /** The bank's copy of the order, read once so that it can be compared; null where the bank will not show it. */
  async function copyOf(payment: HeldPayment, context: CallContext): Promise<Answered<WirePaymentDetails> | null> {
    const { links } = resourceOf(payment.continuation);
    const url = links['self'] === undefined ? paymentUrl(payment, settings, client) : new URL(links['self']);
    const spec = { operation: 'readPayment', service: 'pis', method: 'GET', url } as const;
    try {
      return await client.call(spec, paymentCaller(payment), context, paymentDetails);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind === 'unavailable' || error.kind === 'rate-limited')
        throw error;
      deps.warn({ operation: spec.operation, message: `the bank's copy could not be compared: ${error.message}` });
      return null;
    }
  }

  const payments: PaymentInitiation = {
    recovery: settings.initiationReplay === true ? { by: 'provider-key' } : { by: 'none' },

    check(payment) {
      productOf(payment, settings);
    },

    async initiate(payment, callback, context) {
      psuAddressRequired(settings, context, 'initiatePayment');
      const product = productOf(payment, settings);
      const approach = payment.scaPreference ?? settings.scaPreference;
      const answered = await withoutPsuStep(
        client.call(
          {
            operation: 'initiatePayment',
            service: 'pis',
            method: 'POST',
            url: client.url('v1', 'payments', product),
            headers: { ...wishHeaders(approach, callback), ...startHeader(settings) },
            body: initiationBody(payment.order, product, settings),
            // The same for the same payment, so that a bank that replays recognises a second copy.
            requestId: deriveUuid(deps.connectionId, payment.id, 'initiatePayment'),
            movesMoney: true,
          },
          // With OAuth as SCA there is no token yet, and one sent along would be refused.
          { ...paymentCaller(payment), tokens: preStep ? payment.tokens : null },
          context,
          paymentCreated,
        ),
      );
      const { value, links, tree } = answered;
      const state = { ...resourceOf(null), links, product, approach: answered.approach, sca: scaMembers(tree) };
      const subject = {
        service: 'pis',
        reference: value.paymentId,
        state,
        caller: paymentCaller(payment),
        scope: `PIS:${value.paymentId}`,
        url: client.url('v1', 'payments', product, value.paymentId),
      } as const;
      const authorisation = await starter.opened(subject, answered, { approach, callback }, context);
      return snapshot(value, value, {
        reference: value.paymentId,
        authorisation,
        continuation: kept({ ...state, opened: authorisation !== undefined }),
        raw: forTheRecord(tree),
      });
    },

    async fetch(payment, context) {
      const reference = known(payment.reference, 'readPaymentStatus', context);
      const state = resourceOf(payment.continuation);
      const own = paymentUrl(payment, settings, client);
      const url = new URL(state.links['status'] ?? `${own.href}/status`);
      const spec = { operation: 'readPaymentStatus', service: 'pis', method: 'GET', url } as const;
      // Details and status can disagree for a while; the status endpoint leads, the details are for the comparison only.
      const [status, copy] = await Promise.all([
        client.call(spec, paymentCaller(payment), context, paymentStatusAnswer),
        state.verified ? null : copyOf(payment, context),
      ]);
      return snapshot(status.value, copy?.value ?? {}, {
        reference,
        continuation: kept({ ...state, verified: true }),
        raw:
          copy === null
            ? forTheRecord(status.tree)
            : { status: forTheRecord(status.tree), payment: forTheRecord(copy.tree) },
      });
    },
  };
  if (!preStep) return payments;
  return {
    ...payments,
    prepare: async (payment, callback, context) =>
      (await payment.tokens.read()) === null ? starter.preStep(callback, context) : null,
  };
}

function readableMoney(wire: NonNullable<WirePaymentDetails['instructedAmount']>, deps: ProviderDeps) {
  try {
    return moneyOf(wire);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    deps.warn({ operation: 'readPayment', message: `instructedAmount of the bank's copy: ${error.message}` });
    return undefined;
  }
}

function forTheRecord(tree: unknown): unknown {
  return withoutSecrets(plainJson(tree));
}
