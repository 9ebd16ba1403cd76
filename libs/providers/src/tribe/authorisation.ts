import { type AnyOrder, awaitsPsu, isFinal } from '@tributary/domain';
import {
  type Authorisation,
  type AuthorisationSnapshot,
  type AuthorisationSubject,
  type CallContext,
  type HeldAuthorisation,
  type HeldPayment,
  type PaymentInitiation,
  ProviderError,
  type ProviderDeps,
  type TokenSet,
} from '../port/index.js';
import { type Conversation, conversationOf, grantSnapshot, keptConversation, linkSnapshot } from './conversation.js';
import { consentStateOf } from './consents.js';
import type { Grants } from './oauth.js';
import { paymentScope, paymentStateOf } from './payment-route.js';
import type { Scope } from './scopes.js';
import { providerId } from './settings.js';

const operation = 'authorise';

/**
 * Two things lead a PSU to a page: a grant (OAuth 2.0, for consents and before payments), and the one confirmation page of a
 * payment. Neither asks for anything here.
 */
export function createAuthorisation(
  deps: ProviderDeps,
  grants: Grants,
  payments: Pick<PaymentInitiation<AnyOrder>, 'fetch'>,
): Authorisation {
  /** What was held, with what is new. */
  function standing(held: HeldAuthorisation, talk: Conversation, news: Partial<AuthorisationSnapshot>) {
    const { reference, approach, nextStep } = held;
    const continuation = keptConversation(talk);
    const before = { reference, approach, nextStep, scaStatus: null, upstreamStatus: '', continuation };
    return { ...before, observedAt: deps.now(), ...news };
  }

  async function granted(
    subject: AuthorisationSubject,
    held: HeldAuthorisation,
    talk: Conversation,
    query: Readonly<Record<string, string>>,
    context: CallContext,
  ): Promise<AuthorisationSnapshot> {
    const { grant } = talk;
    const { code, error } = query;
    if (grant === undefined || (code === undefined && error === undefined)) return standing(held, talk, {});
    if (code === undefined || error !== undefined) return refusedGrant(subject, held, talk, error ?? '', context);
    const kept = { redirectUri: grant.redirectUri, verifier: grant.verifier ?? null };
    let tokens: TokenSet;
    try {
      tokens = await grants.exchange(kept, code, context);
    } catch (fault) {
      if (!(fault instanceof ProviderError)) throw fault;
      // The way back is used up, and so is the code, or it came too late: only another grant leads on.
      deps.warn({ operation, message: `a code could not be exchanged: ${fault.message}` });
      return standing(held, { ...talk, returned: true }, {});
    }
    return standing(held, { ...talk, grant: undefined }, { scaStatus: 'finalised', nextStep: null, tokens });
  }

  /** A consent that was never given ends with it; one that is good already stays as it is, and so does a payment. */
  async function refusedGrant(
    subject: AuthorisationSubject,
    held: HeldAuthorisation,
    talk: Conversation,
    error: string,
    { traceId }: CallContext,
  ): Promise<AuthorisationSnapshot> {
    if (subject.type === 'consent' && (await subject.consent.tokens.read()) === null) {
      const message = 'The PSU did not grant access at the bank.';
      const upstream = { httpStatus: 302, code: error.slice(0, 100) };
      const facts = { kind: 'consent-invalid', consentState: 'rejected', provider: providerId, operation } as const;
      throw new ProviderError({ ...facts, traceId, message, upstream });
    }
    const upstreamStatus = error.slice(0, 100);
    return standing(held, { ...talk, grant: undefined }, { scaStatus: 'failed', upstreamStatus, nextStep: null });
  }

  /** What the bank says about the payment tells how its SCA stands; the page itself says nothing that counts. */
  async function confirmed(
    payment: HeldPayment<AnyOrder>,
    held: HeldAuthorisation,
    talk: Conversation,
    context: CallContext,
  ): Promise<AuthorisationSnapshot> {
    const { status, upstreamStatus } = await payments.fetch(payment, context);
    if (status === 'RJCT' || status === 'CANC') {
      return standing(held, talk, { scaStatus: 'failed', upstreamStatus, nextStep: null });
    }
    if (status !== null && (isFinal(status) || !awaitsPsu(status))) {
      return standing(held, talk, { scaStatus: 'finalised', upstreamStatus, nextStep: null });
    }
    const { link, linkEndsAt } = talk;
    return link === undefined ? standing(held, talk, { upstreamStatus }) : linkSnapshot(link, linkEndsAt, deps.now());
  }

  return {
    async start(subject, { callback }, context) {
      const wanted = grantOf(subject);
      if (wanted !== null) {
        const { url, grant } = grants.begin(wanted.bank, wanted.scopes, callback);
        return grantSnapshot(url, grant, deps.now());
      }
      // A payment has the page that it came with, and never a second one.
      const state = subject.type === 'payment' ? paymentStateOf(subject.payment) : null;
      if (state?.link === undefined) throw unsupported('Tribe gave no page to authorise this at.', context);
      return linkSnapshot(state.link, state.linkEndsAt, deps.now());
    },

    answer: (subject, held, answer, context) => {
      if (answer.type === 'ask') return statusOf(subject, held, context);
      return Promise.reject(unsupported('The PSU enters everything at the bank: follow the link.', context));
    },

    async complete(subject, held, query, context) {
      const talk = conversationOf(held.continuation);
      if (talk.grant !== undefined) return granted(subject, held, talk, query, context);
      // Status and id in the query are a browser's word. The payment is asked about next, and once more if it still waits.
      return standing(held, { ...talk, returned: true }, { nextStep: null });
    },

    status: statusOf,
  };

  async function statusOf(
    subject: AuthorisationSubject,
    held: HeldAuthorisation,
    context: CallContext,
  ): Promise<AuthorisationSnapshot> {
    const talk = conversationOf(held.continuation);
    // The code is gone, and the bank's page was for one visit: the PSU is asked for another grant.
    const gone = held.interrupted === true || talk.returned === true;
    if (talk.grant !== undefined && gone) return standing(held, talk, { stepLost: true });
    const waits = talk.grant !== undefined || subject.type !== 'payment' || subject.payment.reference === null;
    // While the PSU is at the bank, its own word about the payment comes with the payment.
    if (waits || (talk.returned !== true && held.interrupted !== true)) return standing(held, talk, {});
    return confirmed(subject.payment, held, talk, context);
  }
}

/** The grant that a subject needs before anything else; null for a payment that Tribe has, which waits for its confirmation. */
function grantOf(subject: AuthorisationSubject): { readonly bank: string; readonly scopes: readonly Scope[] } | null {
  if (subject.type === 'consent') {
    const { consent } = subject;
    return { bank: consent.institutionReference, scopes: consentStateOf(consent).scopes };
  }
  if (subject.type !== 'payment' || subject.payment.reference !== null) return null;
  return { bank: subject.payment.institutionReference, scopes: [paymentScope(subject.payment.order)] };
}

function unsupported(message: string, { traceId }: CallContext): ProviderError {
  return new ProviderError({ kind: 'unsupported', provider: providerId, operation, traceId, message });
}
