import {
  type Authorisation,
  type AuthorisationSnapshot,
  type AuthorisationSubject,
  type CallContext,
  type HeldAuthorisation,
  ProviderError,
  type ProviderDeps,
  type TokenSet,
} from '../port/index.js';
import { type Intents, intentOf, returnedCode, unsupported } from './intents.js';
import { providerId, type TellConnectSettings } from './settings.js';
import type { Tokens } from './tokens.js';

const operation = 'authorise';

/** Longer than we know a PSU who comes back, and than any code lives: afterwards nothing can come of an intent any more. */
const intentLifeMs = 15 * 60_000;

/** The PSU does everything at the bank's pages and brings a code back, or none. */
export function createAuthorisation(
  settings: TellConnectSettings,
  deps: ProviderDeps,
  intents: Intents,
  tokens: Tokens,
): Authorisation {
  /** What was held, with what is new. */
  function standing(held: HeldAuthorisation, news: Partial<AuthorisationSnapshot> = {}): AuthorisationSnapshot {
    const { reference, approach, nextStep, continuation } = held;
    const before = { reference, approach, nextStep, continuation, scaStatus: null, upstreamStatus: '' };
    return { ...before, observedAt: deps.now(), ...news };
  }

  /** A consent that was never given ends with its SCA; one that is good already stays as it is, and so does a payment. */
  async function failed(
    subject: AuthorisationSubject,
    held: HeldAuthorisation,
    consentState: 'rejected' | 'expired',
    upstreamStatus: string,
    { traceId }: CallContext,
  ): Promise<AuthorisationSnapshot> {
    if (subject.type !== 'consent' || (await subject.consent.tokens.read()) !== null) {
      return standing(held, { scaStatus: 'failed', upstreamStatus, nextStep: null });
    }
    const message =
      consentState === 'rejected'
        ? 'The PSU declined at the bank, or could not log in.'
        : 'The code that the PSU brought back was no longer good; the PSU has to start again.';
    const upstream = { httpStatus: consentState === 'rejected' ? 302 : 400, code: upstreamStatus };
    const facts = { kind: 'consent-invalid', consentState, provider: providerId, operation } as const;
    throw new ProviderError({ ...facts, traceId, message, upstream });
  }

  return {
    async start(subject, { callback, anew }, context) {
      if (subject.type === 'consent') {
        return (await intents.open('aisp', subject.consent.id, callback, context, true)).authorisation;
      }
      // The consent to it was lost on its way: it was not sent, and needs another one.
      if (subject.type === 'payment' && anew === true && subject.payment.reference === null) {
        return (await intents.open('pisp', subject.payment.id, callback, context, true)).authorisation;
      }
      throw unsupported(operation, 'A payment is authorised before it is sent, and never again.', context);
    },

    answer: (_, held, answer, context) =>
      answer.type === 'ask'
        ? Promise.resolve(standing(held))
        : Promise.reject(unsupported(operation, 'The PSU enters everything at the bank: follow the link.', context)),

    async complete(subject, held, query, context) {
      const code = returnedCode(settings, intentOf(held.continuation), query);
      if (code === undefined) return standing(held);
      if (code === null) return failed(subject, held, 'rejected', 'no authorisation_code', context);
      let granted: TokenSet;
      try {
        granted = await tokens.exchange(code, context);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        const { kind, upstream } = error.facts;
        if (kind === 'consent-invalid') return failed(subject, held, 'expired', upstream?.code ?? kind, context);
        // Whether the code is used up is not known, and it is good for a minute: the PSU has to come again.
        deps.warn({ operation: error.facts.operation, message: `a code was not exchanged: ${kind}` });
        return standing(held, { scaStatus: 'failed', upstreamStatus: upstream?.code ?? kind, nextStep: null });
      }
      return standing(held, { scaStatus: 'finalised', nextStep: null, tokens: granted });
    },

    // Nobody but the PSU's browser tells how it went. A code that went down with a process of ours is gone: the PSU has to
    // come again. One that stays away leaves an SCA behind that is over.
    status(_, held) {
      if (held.interrupted === true) return Promise.resolve(standing(held, { stepLost: true }));
      const { openedAt } = intentOf(held.continuation);
      const over = deps.now().getTime() - Date.parse(openedAt) > intentLifeMs;
      const news = over ? ({ scaStatus: 'failed', upstreamStatus: 'nobody came back', nextStep: null } as const) : {};
      return Promise.resolve(standing(held, news));
    },
  };
}
