import { scaStatuses, type StepAnswer } from '@tributary/domain';
import {
  type Authorisation,
  type AuthorisationSnapshot,
  type CallbackQuery,
  type CallContext,
  type HeldAuthorisation,
  ProviderError,
  type ProviderDeps,
  type TokenSet,
} from '../../port/index.js';
import type { Xs2aClient } from '../client.js';
import { conversationOf, kept, type ScaAction, type ScaConversation } from './conversation.js';
import type { OauthFlow } from './oauth.js';
import type { Proceed } from './opening.js';
import type { Xs2aSettings } from '../settings.js';
import type { Starter } from './start.js';
import { scaStatus } from '../status.js';
import { bankOf } from './bank.js';
import { createPasswordEncryption } from './password-encryption.js';
import { isBeyond } from './stage.js';
import { bodyFor, misfit, stepAgain } from './step-answer.js';
import { type ScaSubject, scaSubject } from './subject.js';
import { authorisationList, scaAnswer } from '../wire.js';

/** The framework leaves the name of the parameter open; these are in use. */
const confirmationParameters = ['confirmationCode', 'authConfirmationCode', 'code'];

/** The SCA conversation over the framework's authorisation sub-resource (Implementation Guidelines 1.3, section 7). */
export function createAuthorisation(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
  oauth: OauthFlow,
  proceed: Proceed,
  starter: Starter,
): Authorisation {
  const { scaStatuses: words } = bankOf(settings);
  const { passwordEncryption, profile } = settings;
  const encrypt = passwordEncryption && createPasswordEncryption(passwordEncryption);
  const isFinal = (word: string): boolean => {
    const status = scaStatus(word, words);
    return status !== null && scaStatuses[status].final;
  };

  /** What was held, as the answer to a question that brought nothing new. */
  function unchanged(held: HeldAuthorisation, talk: ScaConversation): AuthorisationSnapshot {
    const { reference, approach, nextStep } = held;
    const { status: upstreamStatus } = talk;
    const state = { scaStatus: scaStatus(upstreamStatus, words), upstreamStatus, continuation: kept(talk) };
    return { reference, approach, nextStep, ...state, observedAt: deps.now() };
  }

  /** Where to ask about an SCA; null while the bank has none, or will not say which. */
  async function locate(subject: ScaSubject, talk: ScaConversation, context: CallContext): Promise<string | null> {
    if (talk.authorisationUrl !== undefined) return talk.authorisationUrl;
    if (subject.reference === null || talk.action?.method === 'POST') return null;
    const url = new URL(subject.url);
    url.pathname = `${url.pathname}/${subject.authorisations}`;
    const spec = { operation: 'listAuthorisations', service: subject.service, method: 'GET', url } as const;
    const newest = await client.call(spec, subject.caller, context, authorisationList).then(
      ({ value }) => [...value.authorisationIds, ...value.cancellationIds].at(-1),
      (error: unknown) => {
        if (error instanceof ProviderError && /^(not-found|unsupported)$/.test(error.kind)) return undefined;
        throw error;
      },
    );
    return newest === undefined ? null : `${url.href}/${encodeURIComponent(newest)}`;
  }

  async function ask(
    subject: ScaSubject,
    held: HeldAuthorisation,
    context: CallContext,
  ): Promise<AuthorisationSnapshot> {
    const talk = conversationOf(held.continuation);
    // Address and code are good for one visit, and this one was in vain: the PSU is asked for another grant.
    const lost = talk.grant !== undefined && (talk.returned === true || held.interrupted === true);
    const found = await locate(subject, talk, context);
    if (found === null) return { ...unchanged(held, talk), ...(lost && { stepLost: true }) };
    const spec = {
      operation: 'readAuthorisation',
      service: subject.service,
      method: 'GET',
      url: new URL(found),
    } as const;
    const answer = await client.call(spec, subject.caller, context, scaAnswer);
    // Where to confirm is said when the SCA begins, and rarely again.
    const { confirmation } = talk.links;
    const answered = { ...answer, links: { ...(confirmation !== undefined && { confirmation }), ...answer.links } };
    const status = answered.value.scaStatus ?? talk.status;
    const open = unchanged(held, { ...talk, status, authorisationUrl: found });
    // While the PSU is at the authorisation server, its grant must not be replaced by a new one.
    if (talk.grant !== undefined && !isFinal(status)) return lost ? { ...open, stepLost: true } : open;
    const now = await proceed(subject, { ...held, ...talk, answered, at: 'authorisation' }, context);
    const reference = now.reference;
    const passed = isBeyond(scaStatus(status, words), held.nextStep, scaStatus(talk.askedAt ?? '', words));
    // It goes on at another device: then there is nothing to ask for here.
    if (passed && now.nextStep?.type === 'wait' && now.approach !== 'decoupled') {
      return { ...open, reference, stepLost: true };
    }
    if (passed) return now;
    // A status alone says nothing about the step: while the SCA runs, the one that is open stays as it was.
    const silent = now.nextStep?.type === 'wait' || now.nextStep?.type === held.nextStep?.type;
    return silent && held.nextStep !== null ? { ...open, reference } : now;
  }

  async function put(
    subject: ScaSubject,
    held: HeldAuthorisation,
    action: ScaAction,
    body: unknown,
    decoupledChosen: boolean | undefined,
    context: CallContext,
  ): Promise<AuthorisationSnapshot> {
    const talk = conversationOf(held.continuation);
    const { method, url } = action;
    const spec = {
      operation: 'answerAuthorisation',
      service: subject.service,
      method,
      url: new URL(url),
      body,
    } as const;
    try {
      const answered = await client.call(spec, subject.caller, context, scaAnswer);
      const at = method === 'POST' ? 'authorisations' : 'authorisation';
      return await proceed(subject, { ...held, ...talk, answered, at, decoupledChosen }, context);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return afterRefusal(subject, held, error, context);
    }
  }

  /** A refused answer may have been the last one that the bank allows, so its own word about the SCA decides what comes next. */
  async function afterRefusal(
    subject: ScaSubject,
    held: HeldAuthorisation,
    error: ProviderError,
    context: CallContext,
  ) {
    const wrong = error.kind === 'psu-credentials';
    if (!wrong && !(error.kind === 'rejected' && error.facts.upstream !== undefined)) throw error;
    const now = await ask(subject, held, context).catch(() => null);
    if (now !== null && isFinal(now.upstreamStatus)) return now;
    if (!wrong) throw error;
    const open = now ?? unchanged(held, conversationOf(held.continuation));
    throw new ProviderError({ ...error.facts, authorisation: { ...open, nextStep: stepAgain(held.nextStep) } });
  }

  async function afterOauth(
    subject: ScaSubject,
    held: HeldAuthorisation,
    talk: ScaConversation,
    query: CallbackQuery,
    context: CallContext,
  ): Promise<AuthorisationSnapshot> {
    const { code, error } = query;
    const { grant, ...rest } = talk;
    if (grant === undefined || (code === undefined && error === undefined)) return ask(subject, held, context);
    if (code === undefined) {
      const now = await ask(subject, held, context).catch(() => null);
      if (now !== null && isFinal(now.upstreamStatus)) return now;
      const refused = { ...held, nextStep: null, continuation: kept({ ...rest, grant: undefined }) };
      return { ...refused, scaStatus: 'failed', upstreamStatus: (error ?? '').slice(0, 100), observedAt: deps.now() };
    }
    let tokens: TokenSet;
    try {
      tokens = await oauth.exchange(grant, code, context);
    } catch (fault) {
      if (!(fault instanceof ProviderError)) throw fault;
      deps.warn({ operation: 'authoriseByOauth', message: `a code could not be exchanged: ${fault.message}` });
      return unchanged(held, { ...talk, returned: true });
    }
    // The code is spent: whatever fails from here on must not lose the tokens.
    const status = 'token issued';
    const continuation = kept({ ...rest, grant: undefined, status });
    const waiting = { ...held, nextStep: { type: 'wait', pollAfterSeconds: 2 } as const, continuation };
    const asked = subject.reference === null ? null : await ask(subject, waiting, context).catch(() => null);
    if (asked !== null && asked.upstreamStatus !== status) return { ...asked, approach: 'oauth', tokens };
    const done = subject.reference === null || talk.authorisationUrl === undefined;
    const nextStep = done ? null : waiting.nextStep;
    const end = { ...waiting, nextStep, scaStatus: done ? ('finalised' as const) : null, upstreamStatus: status };
    return { ...end, tokens, observedAt: deps.now() };
  }

  return {
    start: (subject, wish, context) => starter.start(scaSubject(subject, settings, client), wish, context),

    async answer(subject, held, answer, context) {
      const resource = scaSubject(subject, settings, client);
      if (answer.type === 'ask') return ask(resource, held, context);
      const { action, decoupledMethods } = conversationOf(held.continuation);
      if (action === undefined || held.nextStep === null) {
        throw misfit('no answer is asked for now; send {} to ask for the state', context);
      }
      const body = await bodyFor(action, held.nextStep, answer, { encrypt }, context);
      return put(resource, held, action, body, chosenElsewhere(answer, decoupledMethods), context);
    },

    async complete(subject, held, query, context) {
      const resource = scaSubject(subject, settings, client);
      const talk = conversationOf(held.continuation);
      if (talk.grant !== undefined) return afterOauth(resource, held, talk, query, context);
      const now = await ask(resource, held, context);
      // After a redirect some banks want the code that they gave to the browser (section 7.6, confirmation).
      const { action } = conversationOf(now.continuation);
      const names = [profile?.confirmationParameter, ...confirmationParameters];
      const code = names.map((name) => (name === undefined ? undefined : query[name])).find((given) => given);
      if (action?.sends !== 'confirmationCode' || code === undefined) return now;
      return put(resource, { ...held, ...now }, action, { confirmationCode: code }, undefined, context);
    },

    status: (subject, held, context) => ask(scaSubject(subject, settings, client), held, context),
  };
}

/** Whether the PSU chose a method on another device; undefined where no method was chosen. */
function chosenElsewhere(answer: StepAnswer, decoupledMethods: readonly string[]): boolean | undefined {
  return answer.type === 'selectMethod' ? decoupledMethods.includes(answer.methodId) : undefined;
}
