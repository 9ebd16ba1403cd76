import type { AnyOrder } from '@tributary/domain';
import {
  type Authorisation,
  type AuthorisationSnapshot,
  type AuthorisationSubject,
  type CallbackQuery,
  type CallContext,
  type HeldAuthorisation,
  type HeldConsent,
  type HeldPayment,
  type ProviderDeps,
  ProviderError,
} from '../../port/index.js';
import { consentRequest, type ConsentRequestParts } from '../accounts/consent-request.js';
import { refused, type TokenIoClient } from '../client.js';
import type { PaymentsV2 } from '../payments/v2.js';
import type { TokenIoSettings } from '../settings.js';
import { callbackAnswer, paymentAnswer } from '../wire.js';
import { createPaymentSca } from './payment-sca.js';
import type { TokenRequests } from './requests.js';
import { answerFields, waitStep } from './step.js';
import { consentStateOf, paymentStateOf, talkOf } from './talk.js';

type PaymentHeld = HeldPayment<AnyOrder>;

/** Payments of either version and consents each have an SCA of another shape. */
type About =
  | { readonly sort: 'consent'; readonly consent: HeldConsent }
  | { readonly sort: 'v1' | 'v2'; readonly payment: PaymentHeld };

/** The SCA of consents and payments: token requests have one of their own, payments v2 carry it inside. */
export function createAuthorisation(
  settings: TokenIoSettings,
  deps: ProviderDeps,
  client: TokenIoClient,
  requests: TokenRequests,
  v2: Pick<PaymentsV2, 'read'>,
): Authorisation {
  const forwards = settings.callbackOwner === 'tpp';
  const ofPayment = createPaymentSca(deps, forwards);

  /** Which of the two an SCA is about; neither cancellations nor baskets exist here. */
  function sortOf(
    subject: AuthorisationSubject,
  ):
    | { readonly sort: 'consent'; readonly consent: HeldConsent }
    | { readonly sort: 'v1' | 'v2'; readonly payment: PaymentHeld } {
    if (subject.type === 'consent') return { sort: 'consent', consent: subject.consent };
    if (subject.type !== 'payment') throw refused('unsupported', 'startAuthorisation', 'Token.io has no such SCA.');
    const { version } = paymentStateOf(subject.payment.continuation);
    return { sort: version === 'v1' ? 'v1' : 'v2', payment: subject.payment };
  }

  /** The first SCA is that of the request with which the consent was made; a later one needs a request with a way back of its own. */
  async function requestFor(
    consent: HeldConsent,
    callback: ConsentRequestParts['callback'],
    context: CallContext,
  ): Promise<string> {
    const state = consentStateOf(consent.continuation);
    if (consent.reference !== null && (state === null || state.callbackState === callback.state))
      return consent.reference;
    const parts = {
      id: consent.id,
      institutionReference: consent.institutionReference,
      resources: state?.resources ?? [],
      accountSource: state?.accountSource,
      tokenExpiration: state?.tokenExpiration,
      callback,
      attempt: callback.state,
    };
    return requests.store('renewConsent', consentRequest(parts, settings, deps.connectionId), 'ais', context);
  }

  async function paymentNow(payment: PaymentHeld, held: HeldAuthorisation | null, context: CallContext) {
    const talk = held === null ? null : { ...held, talk: talkOf(held.continuation) };
    return ofPayment((await v2.read(payment, context)).value.payment, talk);
  }

  /** Hands over what the bank put into the browser's way back (callback owner: the TPP). */
  async function forward(query: CallbackQuery, held: HeldAuthorisation, context: CallContext) {
    const spec = {
      operation: 'forwardCallback',
      service: 'pis',
      method: 'POST',
      path: ['callback', 'initiation'],
      body: { query: new URLSearchParams(query).toString() },
    } as const;
    const { value } = await client.call(spec, context, callbackAnswer);
    return value.payment === undefined ? null : ofPayment(value.payment, { ...held, talk: talkOf(held.continuation) });
  }

  /** What the PSU brought back is being verified: there is nothing more to do at the bank. */
  const afterReturn = (snapshot: AuthorisationSnapshot): AuthorisationSnapshot =>
    snapshot.nextStep?.type === 'redirect' ? { ...snapshot, nextStep: waitStep() } : snapshot;

  const withoutTokens = ({ tokens: _tokens, ...snapshot }: AuthorisationSnapshot): AuthorisationSnapshot => snapshot;

  async function returned(about: About, held: HeldAuthorisation, query: CallbackQuery, context: CallContext) {
    const forwarded = talkOf(held.continuation).forwards === true ? await forward(query, held, context) : null;
    switch (about.sort) {
      case 'consent':
        return afterReturn(await requests.status(held, context));
      case 'v1':
        return afterReturn(withoutTokens(await requests.status(held, context)));
      case 'v2':
        return forwarded ?? paymentNow(about.payment, held, context);
    }
  }

  return {
    async start(subject, { approach, callback }, context) {
      const about = sortOf(subject);
      switch (about.sort) {
        case 'consent':
          return requests.start(
            await requestFor(about.consent, callback, context),
            about.consent.institutionReference,
            approach,
            context,
          );
        case 'v1':
          return requests.start(about.payment.reference ?? '', about.payment.institutionReference, approach, context);
        case 'v2':
          return paymentNow(about.payment, null, context);
      }
    },

    async answer(subject, held, answer, context) {
      const about = sortOf(subject);
      if (about.sort === 'consent') return requests.answer(held, answer, context);
      if (about.sort === 'v1') return withoutTokens(await requests.answer(held, answer, context));
      if (answer.type === 'ask') return paymentNow(about.payment, held, context);
      const talk = talkOf(held.continuation);
      const { value } = await client.call(
        {
          operation: 'answerAuthorisation',
          service: 'pis',
          method: 'POST',
          path: ['v2', 'payments', about.payment.reference ?? '', 'embedded-auth'],
          body: { embeddedAuth: answerFields(talk.inputs, answer) },
          // A repeated answer is a wrong or a right one again; it makes no second payment.
        },
        context,
        paymentAnswer,
      );
      return ofPayment(value.payment, { ...held, talk: { ...talk, answered: true } });
    },

    async complete(subject, held, query, context) {
      try {
        return await returned(sortOf(subject), held, query, context);
      } catch (error) {
        const later = error instanceof ProviderError && (error.kind === 'unavailable' || error.kind === 'rate-limited');
        if (!later) throw error;
        // The PSU was there and has nothing more to do; what became of it is asked by and by.
        deps.warn({ operation: 'completeAuthorisation', message: error.message });
        const { reference, approach, continuation } = held;
        const upstreamStatus = talkOf(continuation).status;
        return {
          reference,
          approach,
          continuation,
          scaStatus: 'started',
          upstreamStatus,
          nextStep: null,
          observedAt: deps.now(),
        };
      }
    },

    async status(subject, held, context) {
      const about = sortOf(subject);
      if (about.sort === 'consent') return requests.status(held, context);
      if (about.sort === 'v1') return withoutTokens(await requests.status(held, context));
      return paymentNow(about.payment, held, context);
    },
  };
}
