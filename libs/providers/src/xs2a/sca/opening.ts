import type { NextStep, ScaApproach } from '@tributary/domain';
import {
  type AuthorisationSnapshot,
  type CallbackTarget,
  type CallContext,
  ProviderError,
  type ProviderDeps,
} from '../../port/index.js';
import type { Answered, Xs2aClient } from '../client.js';
import { paymentDisclosureOf } from '../disclosure.js';
import { bankOf } from './bank.js';
import { kept, type ScaConversation } from './conversation.js';
import { lastSegment } from '../links.js';
import { type Move, nextMove } from './next-move.js';
import type { OauthFlow } from './oauth.js';
import { providerId, type Xs2aSettings } from '../settings.js';
import { scaStatus } from '../status.js';
import type { ScaSubject } from './subject.js';
import { scaAnswer, type WireSca } from '../wire.js';

/** An answer of the bank about an SCA, and how far the SCA went before it. */
export interface ScaProgress {
  readonly answered: Pick<Answered<unknown>, 'links' | 'url' | 'approach'> & {
    readonly value: Omit<WireSca, '_links'>;
  };
  /** What the answer's URL is: the list that made the authorisation, the authorisation, or the consent or payment itself. */
  readonly at: 'authorisations' | 'authorisation' | 'resource';
  readonly reference: string | null;
  /** Before this answer; the answer's header wins. */
  readonly approach: ScaApproach;
  readonly callback: CallbackTarget;
  readonly authorisationUrl?: string | undefined;
  readonly decoupledMethods?: readonly string[] | undefined;
  /** Undefined where the PSU chose no method. */
  readonly decoupledChosen?: boolean | undefined;
}

/** Turns an answer of the bank into the state of the SCA, with whatever calls of our own the next step needs. */
export type Proceed = (
  subject: ScaSubject,
  progress: ScaProgress,
  context: CallContext,
) => Promise<AuthorisationSnapshot>;

export function createProceed(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
  oauth: OauthFlow,
): Proceed {
  const bank = bankOf(settings);

  async function identify(subject: ScaSubject, progress: ScaProgress, url: string, context: CallContext) {
    const spec = {
      operation: 'identifyPsu',
      service: subject.service,
      method: 'PUT',
      url: new URL(url),
      body: {},
    } as const;
    const answered = await client.call(spec, subject.caller, context, scaAnswer);
    // Once only: a bank that asks for it again would keep us busy for ever.
    const { updatePsuIdentification: _, ...links } = answered.links;
    return proceed(subject, { ...progress, at: 'authorisation', answered: { ...answered, links } }, context);
  }

  async function proceed(
    subject: ScaSubject,
    before: ScaProgress,
    context: CallContext,
  ): Promise<AuthorisationSnapshot> {
    const progress = located(before);
    const { answered, approach, authorisationUrl, callback, decoupledChosen } = progress;
    const { value: sca, links } = answered;
    const status = sca.scaStatus ?? '';
    if (status !== '' && scaStatus(status, bank.scaStatuses) === null) {
      deps.warn({ operation: 'readAuthorisation', message: `unknown scaStatus ${status.slice(0, 60)}` });
    }
    const move = nextMove({ sca, links, approach, authorisationUrl, decoupledChosen, bank });
    if (move.type === 'identify') return identify(subject, progress, move.url, context);
    if (move.type === 'impossible') throw unsupported(move.why, context);
    const { scope } = subject;
    const opened =
      move.type === 'oauth'
        ? await oauth.begin({ metadataUrl: move.metadataUrl, scope, callback }, context)
        : undefined;
    const conversation: ScaConversation = {
      links,
      authorisationUrl,
      action: move.type === 'ask' ? move.action : undefined,
      status,
      askedAt: move.type === 'ask' ? status : undefined,
      callback,
      grant: opened?.grant,
      returned: undefined,
      decoupledMethods: decoupledIn(move) ?? progress.decoupledMethods ?? [],
    };
    return {
      reference: progress.reference,
      approach: approachAfter(move, approach, decoupledChosen === true),
      scaStatus: scaStatus(status, bank.scaStatuses),
      upstreamStatus: status,
      disclosure: paymentDisclosureOf(sca, (message) => deps.warn({ operation: 'readAuthorisation', message })),
      nextStep: stepOf(move, opened?.url, sca.psuMessage),
      continuation: kept(conversation),
      observedAt: deps.now(),
    };
  }
  return proceed;
}

/** The state of an SCA of which the bank has not said anything yet: the PSU's first answer, or their login, opens it. */
export function unopened(
  nextStep: NextStep,
  approach: ScaApproach,
  part: Pick<ScaConversation, 'callback'> & Partial<ScaConversation>,
  observedAt: Date,
): AuthorisationSnapshot {
  const unsaid = { status: '', askedAt: undefined };
  const empty = {
    links: {},
    authorisationUrl: undefined,
    action: undefined,
    grant: undefined,
    returned: undefined,
    ...unsaid,
  };
  const decoupledMethods = decoupledIn({ type: 'ask', step: nextStep }) ?? [];
  const continuation = kept({ ...empty, decoupledMethods, ...part });
  return { reference: null, approach, scaStatus: null, upstreamStatus: '', nextStep, continuation, observedAt };
}

/** Fills in what the answer says about where the authorisation is: its id can be missing where its links hold it. */
function located(progress: ScaProgress): ScaProgress {
  const { answered, at } = progress;
  const { links, url, value } = answered;
  const statusLink = links['scaStatus'];
  // A POST makes another authorisation, also where an earlier one is known.
  const named = value.authorisationId ?? lastSegment(statusLink);
  const reference = (at === 'authorisations' ? (named ?? progress.reference) : (progress.reference ?? named)) ?? null;
  let authorisationUrl = statusLink ?? progress.authorisationUrl;
  if (authorisationUrl === undefined && at === 'authorisation') authorisationUrl = url.href;
  if (authorisationUrl === undefined && at === 'authorisations' && reference !== null) {
    const own = new URL(url);
    own.pathname = `${own.pathname.replace(/\/+$/, '')}/${encodeURIComponent(reference)}`;
    authorisationUrl = own.href;
  }
  // The framework's header has no word for OAuth2, which it counts as a redirect.
  const approach = answered.approach === 'redirect' && progress.approach === 'oauth' ? 'oauth' : answered.approach;
  return { ...progress, reference, authorisationUrl, approach: approach ?? progress.approach };
}

function decoupledIn(move: Pick<Move, 'type'> & { readonly step?: NextStep }): readonly string[] | undefined {
  if (move.step?.type !== 'selectMethod') return undefined;
  return move.step.methods.filter(({ decoupled }) => decoupled).map(({ id }) => id);
}

function approachAfter({ type }: Move, approach: ScaApproach, decoupledChosen: boolean): ScaApproach {
  if (type === 'redirect' || type === 'oauth') return type;
  if (decoupledChosen) return 'decoupled';
  // Something to enter here is no redirect, whatever was wished for.
  return type === 'ask' && approach !== 'decoupled' ? 'embedded' : approach;
}

function stepOf(move: Move, oauthUrl: string | undefined, message: string | undefined): NextStep | null {
  switch (move.type) {
    case 'redirect':
      return { type: 'redirect', url: move.url };
    case 'oauth':
      return oauthUrl === undefined ? null : { type: 'redirect', url: oauthUrl };
    case 'ask':
      return move.step;
    case 'wait':
      return { type: 'wait', message, pollAfterSeconds: 2 };
    case 'done':
    case 'identify':
    case 'impossible':
      return null;
  }
}

export function unsupported(message: string, { traceId }: CallContext): ProviderError {
  return new ProviderError({ kind: 'unsupported', provider: providerId, operation: 'authorise', traceId, message });
}
