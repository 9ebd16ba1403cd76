import { type AnyOrder, isBulk, isFinal, MoneyError } from '@tributary/domain';
import { MalformedAnswer } from '../../kit/json.js';
import { deriveUuid } from '../../kit/reference.js';
import {
  type CallContext,
  type HeldPayment,
  type PaymentFeature,
  type PaymentInitiation,
  ProviderError,
  type ProviderDeps,
} from '../../port/index.js';
import { identifiersOf } from '../accounts/account-reference.js';
import type { Xs2aClient } from '../client.js';
import { paymentDisclosureOf, readableMoney } from '../disclosure.js';
import { startHeader, wishHeaders } from '../headers.js';
import { known, psuHeadersRequired, withoutPsuStep } from '../precondition.js';
import { kept, resourceOf, scaMembers } from '../sca/conversation.js';
import type { Starter } from '../sca/start.js';
import { paymentCaller, paymentSubject, paymentUrl } from '../sca/subject.js';
import type { Xs2aSettings } from '../settings.js';
import { paymentStatus, reasonOf } from '../status.js';
import { paymentCreated } from '../wire.js';
import { createCancellation } from './cancellation.js';
import { initiationContent } from './content.js';
import { copyAccept, type OrderCopy, readCopy } from './copy.js';
import { offeredServices, productFor, productNamed, schemeFor } from './offer.js';
import { productOf } from './order-check.js';
import { serviceFor } from './products.js';
import { createSnapshots } from './snapshot.js';
import { forTheRecord, readStatus, statusAccept } from './status-answer.js';

/** Single, recurring and bulk payments (Implementation Guidelines 1.3, section 5). */
export function createPayments<Order extends AnyOrder>(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
  starter: Starter,
): PaymentInitiation<Order> {
  const preStep = settings.oauth?.mode === 'pre-step';
  const snapshot = createSnapshots(settings, deps);

  const formatOf = ({ order, continuation }: HeldPayment<Order>): 'json' | 'xml' => {
    const { product } = resourceOf(continuation);
    const sent = product === undefined ? productFor(order, settings) : productNamed(product, settings);
    return sent?.format ?? 'json';
  };

  /** Whether the bank has said of a bulk, or of a part of it, what became of it. */
  const decided = (word: string): boolean => {
    const status = paymentStatus(word, settings.profile?.paymentStatuses);
    return status === 'PART' || isFinal(status);
  };

  /** The bank's copy of the order, so that it can be compared; null where the bank will not show it. */
  async function copyOf(payment: HeldPayment<Order>, context: CallContext): Promise<OrderCopy | null> {
    const { links } = resourceOf(payment.continuation);
    const url = links['self'] === undefined ? paymentUrl(payment, settings, client) : new URL(links['self']);
    const headers = { accept: copyAccept[formatOf(payment)] };
    const spec = { operation: 'readPayment', service: 'pis', method: 'GET', url, headers } as const;
    try {
      const answer = await client.receive(spec, paymentCaller(payment), context);
      return await readCopy(answer, payment.order, client);
    } catch (error) {
      const later = error instanceof ProviderError && /^(unavailable|rate-limited)$/.test(error.kind);
      const unreadable =
        error instanceof ProviderError || error instanceof MalformedAnswer || error instanceof MoneyError;
      if (later || !unreadable) throw error;
      deps.warn({ operation: spec.operation, message: `the bank's copy could not be compared: ${error.message}` });
      return null;
    }
  }

  const payments: PaymentInitiation<Order> = {
    recovery: settings.initiationReplay === true ? { by: 'provider-key' } : { by: 'none' },
    features: featuresOf(settings),

    check(payment) {
      productOf(payment, settings);
    },

    schemeFor: (order) => schemeFor(order, settings),

    async initiate(payment, callback, context) {
      psuHeadersRequired(settings, context, 'initiatePayment');
      const { order, scaPreference: approach = settings.scaPreference } = payment;
      const product = productOf(payment, settings);
      const answered = await withoutPsuStep(
        client.call(
          {
            operation: 'initiatePayment',
            service: 'pis',
            method: 'POST',
            url: client.url('v1', serviceFor(order), product.name),
            headers: { ...wishHeaders(approach, callback), ...startHeader(settings, payment.explicitStart) },
            ...initiationContent(payment, product, settings, deps.connectionId),
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
      const { value, links, members, tree } = answered;
      const begun = {
        ...resourceOf(null),
        links,
        product: product.name,
        approach: answered.approach,
        sca: scaMembers(members),
      };
      const made = { ...payment, reference: value.paymentId, continuation: kept(begun) };
      const subject = paymentSubject(made, settings, client);
      const authorisation = await starter.opened(subject, answered, { approach, callback }, context);
      const warn = (message: string): void => deps.warn({ operation: 'initiatePayment', message });
      return snapshot(value.transactionStatus, reasonOf(value.tppMessages), {
        reference: value.paymentId,
        amount: value.instructedAmount && readableMoney(value.instructedAmount, (why) => warn(`amount: ${why}`)),
        creditorAccount: value.creditorAccount && identifiersOf(value.creditorAccount)[0]?.value,
        ...paymentDisclosureOf(value, warn),
        authorisation,
        continuation: kept({ ...begun, opened: authorisation !== undefined }),
        raw: forTheRecord(tree),
      });
    },

    async fetch(payment, context) {
      const reference = known(payment.reference, 'readPaymentStatus', context);
      const state = resourceOf(payment.continuation);
      const own = paymentUrl(payment, settings, client);
      const url = new URL(state.links['status'] ?? `${own.href}/status`);
      const headers = { accept: statusAccept[formatOf(payment)] };
      const spec = { operation: 'readPaymentStatus', service: 'pis', method: 'GET', url, headers } as const;
      // Details and status can disagree for a while: the status endpoint leads, the details are for the comparison, once.
      const [answer, firstCopy] = await Promise.all([
        client.receive(spec, paymentCaller(payment), context),
        state.verified ? null : copyOf(payment, context),
      ]);
      const said = readStatus(answer, client, (message) => deps.warn({ operation: spec.operation, message }));
      // A status in JSON says nothing about the items of a bulk; the details may, once there is something to say.
      const itemsDue = isBulk(payment.order) && formatOf(payment) === 'json' && decided(said.word);
      const copy = firstCopy ?? (itemsDue ? await copyOf(payment, context) : null);
      const starts = Object.entries(said.links).filter(([name]) => name.startsWith('startAuthorisation'));
      const next = {
        ...state,
        // Where another signer has to authorise, the status says how.
        links: { ...state.links, ...Object.fromEntries(starts) },
        verified: true,
      };
      return snapshot(said.word, said.reason, {
        reference,
        amount: copy?.amount,
        creditorAccount: copy?.creditorAccount,
        items: isBulk(payment.order) ? [...(copy?.items ?? []), ...said.items] : undefined,
        ...said.disclosure,
        continuation: kept(next),
        raw: copy === null ? said.raw : { status: said.raw, payment: copy.raw },
      });
    },

    cancel: createCancellation<Order>(settings, deps, client, starter, snapshot),
  };
  if (!preStep) return payments;
  return {
    ...payments,
    prepare: async (payment, callback, context) =>
      (await payment.tokens.read()) === null ? starter.preStep(callback, context) : null,
  };
}

function featuresOf(settings: Xs2aSettings): readonly PaymentFeature[] {
  const recurring = offeredServices(settings).includes('periodic-payments');
  return [
    ...(recurring ? (['recurring'] as const) : []),
    ...(settings.futureDated === false ? [] : (['futureDated'] as const)),
  ];
}
