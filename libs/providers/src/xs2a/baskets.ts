import type { BasketSnapshot, ProviderDeps, SigningBaskets } from '../port/index.js';
import type { Xs2aClient } from './client.js';
import { disclosureOf } from './disclosure.js';
import { startHeader, wishHeaders } from './headers.js';
import { known, psuHeadersRequired, withoutPsuStep } from './precondition.js';
import { kept, resourceOf, scaMembers } from './sca/conversation.js';
import type { Starter } from './sca/start.js';
import { basketSubject } from './sca/subject.js';
import type { Xs2aSettings } from './settings.js';
import { paymentStatus } from './status.js';
import { basketCreated, basketDeleted, basketStatusAnswer } from './wire.js';

/** Signing baskets (Implementation Guidelines 1.3, section 8): one SCA for several payments and consents. */
export function createBaskets(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
  starter: Starter,
): SigningBaskets {
  function snapshot(
    word: string,
    rest: Omit<BasketSnapshot, 'status' | 'upstreamStatus' | 'observedAt'>,
  ): BasketSnapshot {
    const status = paymentStatus(word, settings.profile?.paymentStatuses);
    if (status === null) {
      deps.warn({ operation: 'readBasket', message: `unknown transactionStatus ${word.slice(0, 60)}` });
    }
    return { status, upstreamStatus: word, observedAt: deps.now(), ...rest };
  }

  return {
    async create(basket, callback, context) {
      const operation = 'createBasket';
      psuHeadersRequired(settings, context, operation);
      const { payments, consents, scaPreference: approach = settings.scaPreference } = basket;
      const body = {
        paymentIds: idsOf(payments.map(({ reference }) => known(reference, operation, context))),
        consentIds: idsOf(consents.map(({ reference }) => known(reference, operation, context))),
      };
      const headers = { ...wishHeaders(approach, callback), ...startHeader(settings) };
      const url = client.url('v1', 'signing-baskets');
      const spec = { operation, service: 'pis', method: 'POST', url, headers, body } as const;
      const { caller } = basketSubject(basket, settings, client);
      // With OAuth as SCA there is no token yet, and one sent along would be refused.
      const tokens = settings.oauth?.mode === 'pre-step' ? caller.tokens : null;
      const answered = await withoutPsuStep(client.call(spec, { ...caller, tokens }, context, basketCreated));
      const { value, links, members } = answered;
      const begun = { ...resourceOf(null), links, approach: answered.approach, sca: scaMembers(members) };
      const made = { ...basket, reference: value.basketId, continuation: kept(begun) };
      const subject = basketSubject(made, settings, client);
      const authorisation = await starter.opened(subject, answered, { approach, callback }, context);
      return snapshot(value.transactionStatus, {
        reference: value.basketId,
        ...disclosureOf(value),
        authorisation,
        continuation: kept({ ...begun, opened: authorisation !== undefined }),
      });
    },

    async read(basket, context) {
      const operation = 'readBasket';
      const reference = known(basket.reference, operation, context);
      const { state, caller, url: own } = basketSubject(basket, settings, client);
      const url = new URL(state.links['status'] ?? `${own.href}/status`);
      const spec = { operation, service: 'pis', method: 'GET', url } as const;
      const { value } = await client.call(spec, caller, context, basketStatusAnswer);
      return snapshot(value.transactionStatus, { reference, ...disclosureOf(value), continuation: null });
    },

    async remove(basket, context) {
      const operation = 'removeBasket';
      known(basket.reference, operation, context);
      const { caller, url } = basketSubject(basket, settings, client);
      await client.call({ operation, service: 'pis', method: 'DELETE', url }, caller, context, basketDeleted);
    },
  };
}

/** The framework's lists have at least one member. */
function idsOf(references: readonly string[]): readonly string[] | undefined {
  return references.length === 0 ? undefined : references;
}
