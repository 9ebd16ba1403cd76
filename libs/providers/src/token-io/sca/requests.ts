import type { NextStep, ScaApproach, StepAnswer } from '@tributary/domain';
import type { AuthorisationSnapshot, CallContext, HeldAuthorisation, ProviderDeps } from '../../port/index.js';
import type { Banks } from '../banks/directory.js';
import type { TokenIoClient } from '../client.js';
import type { TokenIoSettings } from '../settings.js';
import { requestResult } from '../status.js';
import {
  bankAuthorization,
  tokenRequestResult,
  tokenRequestStored,
  type WireField,
  type WireRequestResult,
} from '../wire.js';
import { stateIn } from './payment-sca.js';
import { answerFields, inputIds, questionStep, redirectStep, waitStep } from './step.js';
import { keptTalk, type Talk, talkOf } from './talk.js';

/** Token requests: how consents, payments v1 and standing orders begin, and the SCA that each of them has. */
export interface TokenRequests {
  /** Stores a request. Nothing moves by it: without its SCA it lapses. @returns its id */
  store(operation: string, body: object, service: 'ais' | 'pis', context: CallContext): Promise<string>;
  result(id: string, service: 'ais' | 'pis', context: CallContext): Promise<WireRequestResult>;
  /** Begins the SCA, in pages of Token.io, at the bank, or with fields for the PSU. */
  start(
    id: string,
    bankId: string,
    wish: ScaApproach | undefined,
    context: CallContext,
  ): Promise<AuthorisationSnapshot>;
  answer(held: HeldAuthorisation, answer: StepAnswer, context: CallContext): Promise<AuthorisationSnapshot>;
  status(held: HeldAuthorisation, context: CallContext): Promise<AuthorisationSnapshot>;
}

/** ScaStatus of the credential flow. */
const scaWords = {
  AUTHENTICATED: 'finalised',
  AUTHENTICATION_FAILED: 'failed',
  DECLINED_BY_PSU: 'failed',
} as const;

export function createTokenRequests(
  settings: TokenIoSettings,
  deps: ProviderDeps,
  client: TokenIoClient,
  banks: Banks,
): TokenRequests {
  const forwards = settings.callbackOwner === 'tpp';
  const flow = settings.credentialFlow ?? 'auto';

  function snapshot(
    requestId: string,
    approach: ScaApproach,
    nextStep: NextStep | null,
    rest: Partial<AuthorisationSnapshot> & { readonly talk?: Partial<Talk>; readonly word: string },
  ): AuthorisationSnapshot {
    const { talk, word, ...more } = rest;
    return {
      reference: requestId,
      approach,
      scaStatus: null,
      upstreamStatus: word,
      nextStep,
      continuation: keptTalk({ forwards, ...talk, requestId, status: word }),
      observedAt: deps.now(),
      ...more,
    };
  }

  async function authorize(
    requestId: string,
    credentials: Readonly<Record<string, string>> | null,
    useCredentialFlow: boolean,
    wish: ScaApproach | undefined,
    before: Talk | null,
    context: CallContext,
  ): Promise<AuthorisationSnapshot> {
    const { value } = await client.call(
      {
        operation: credentials === null ? 'startAuthorisation' : 'answerAuthorisation',
        service: 'ais',
        method: 'POST',
        path: ['token-requests', requestId, 'authorization'],
        body: {
          // The PSU agreed in the app's own pages before it asked us.
          consentAccepted: true,
          ...(credentials !== null && { credentials }),
          useCredentialFlow,
          useWebappCredentialsFlow: flow === 'hosted',
        },
        psu: true,
      },
      context,
      bankAuthorization,
    );
    if (value.redirectUrl !== undefined) {
      const returnState = forwards ? (value.oauthState ?? stateIn(value.redirectUrl)) : undefined;
      const open = {
        scaStatus: 'started',
        word: 'redirectUrl',
        ...(returnState !== undefined && { returnState }),
      } as const;
      return snapshot(requestId, 'redirect', redirectStep(value.redirectUrl), open);
    }
    if (value.status !== undefined) return afterWord(requestId, value.status, wish ?? 'embedded');
    return asked(requestId, value.fields?.fields ?? [], before);
  }

  function asked(requestId: string, fields: readonly WireField[], before: Talk | null): AuthorisationSnapshot {
    const ids = inputIds(fields);
    const decoupled = ids.length === 0;
    const answeredBefore = before?.answered ?? false;
    // Nothing says that an answer was wrong, but that it is asked for again.
    const isRetry = answeredBefore && !decoupled && ids.join() === (before?.inputs ?? []).join();
    const step = questionStep({ fields, answeredBefore, isRetry });
    return snapshot(requestId, decoupled ? 'decoupled' : 'embedded', step, {
      scaStatus: 'started',
      word: decoupled ? 'DECOUPLED' : 'fields',
      talk: { inputs: ids, answered: answeredBefore },
    });
  }

  function afterWord(requestId: string, word: string, approach: ScaApproach): AuthorisationSnapshot {
    const scaStatus = Object.hasOwn(scaWords, word) ? scaWords[word as keyof typeof scaWords] : null;
    if (scaStatus === null) {
      deps.warn({ operation: 'startAuthorisation', message: `unknown ScaStatus ${word.slice(0, 60)}` });
      return snapshot(requestId, approach, waitStep(), { word });
    }
    // Authenticated is not yet authorised: the result of the request decides, and is asked for next.
    return scaStatus === 'failed'
      ? snapshot(requestId, approach, null, { word, scaStatus })
      : snapshot(requestId, approach, waitStep(), { word, scaStatus: 'started' });
  }

  async function credentialed(bankId: string, wish: ScaApproach | undefined, context: CallContext): Promise<boolean> {
    if (flow !== 'auto') return flow === 'always';
    if (wish === 'embedded' || wish === 'decoupled') return true;
    const bank = await banks.find(bankId, context).catch(() => undefined);
    const methods = bank?.scaMethods ?? [];
    return methods.length > 0 && methods.every((method) => /EMBEDDED|DECOUPLED/.test(method));
  }

  async function result(id: string, service: 'ais' | 'pis', context: CallContext): Promise<WireRequestResult> {
    const path = ['token-requests', id, 'result'];
    const spec = { operation: 'readTokenRequestResult', service, method: 'GET', path } as const;
    return (await client.call(spec, context, tokenRequestResult)).value;
  }

  async function status(held: HeldAuthorisation, context: CallContext): Promise<AuthorisationSnapshot> {
    const talk = talkOf(held.continuation);
    const requestId = talk.requestId ?? held.reference ?? '';
    const said = await result(requestId, 'ais', context);
    const known = requestResult(said.status);
    if (known === undefined) {
      deps.warn({ operation: 'readTokenRequestResult', message: `unknown result ${said.status.slice(0, 60)}` });
    }
    const { approach } = held;
    // The request lapsed, not what was authorised with it.
    const authorised = said.tokenId !== undefined && said.status !== 'REJECTED';
    if (authorised && said.status !== 'PENDING') {
      const tokens = { accessToken: said.tokenId };
      return snapshot(requestId, approach, null, { word: said.status, scaStatus: 'finalised', talk, tokens });
    }
    const sca = known?.sca ?? null;
    if (sca === null)
      return snapshot(requestId, approach, held.nextStep, { word: said.status, scaStatus: 'started', talk });
    // Processed, and what was made of it is still to be named: a payment has no token of its own to wait for.
    return snapshot(requestId, approach, null, { word: said.status, scaStatus: sca, talk });
  }

  return {
    async store(operation, body, service, context) {
      const spec = { operation, service, method: 'POST', path: ['token-requests'], body, psu: true } as const;
      return (await client.call(spec, context, tokenRequestStored)).value.tokenRequest.id;
    },
    result,
    async start(id, bankId, wish, context) {
      if (settings.flow === 'FULL_HOSTED_PAGES' && settings.hostedPagesUrl !== undefined) {
        const url = `${settings.hostedPagesUrl.replace(/\/+$/, '')}/app/request-token/${id}`;
        return snapshot(id, 'redirect', redirectStep(url), { scaStatus: 'received', word: 'hosted pages' });
      }
      return authorize(id, null, await credentialed(bankId, wish, context), wish, null, context);
    },
    async answer(held, answer, context) {
      const talk = talkOf(held.continuation);
      if (answer.type === 'ask') return status(held, context);
      const credentials = answerFields(talk.inputs, answer);
      const before = { ...talk, answered: true };
      const now = await authorize(
        talk.requestId ?? held.reference ?? '',
        credentials,
        true,
        held.approach,
        before,
        context,
      );
      // The end of the conversation: what became of it is known at once, or soon.
      if (now.nextStep?.type !== 'wait' || now.upstreamStatus !== 'AUTHENTICATED') return now;
      return status({ ...held, ...now }, context);
    },
    status,
  };
}
