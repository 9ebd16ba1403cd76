import type { NextStep, ScaApproach, ScaMethod } from '@tributary/domain';
import { scaStatuses } from '@tributary/domain';
import type { ScaAction } from './conversation.js';
import type { Links } from '../links.js';
import { scaStatus } from '../status.js';
import type { WireAuthenticationMethod, WireChallengeData, WireSca } from '../wire.js';

/** What is known about an SCA after an answer of the bank. */
export interface ScaFacts {
  readonly sca: Omit<WireSca, '_links'>;
  readonly links: Links;
  readonly approach: ScaApproach;
  /** The authorisation itself, for what the bank gives no link for; undefined while it does not exist. */
  readonly authorisationUrl: string | undefined;
  /** Whether the method that the PSU chose runs on another device; undefined where nothing was chosen here. */
  readonly decoupledChosen?: boolean | undefined;
  readonly institutionName: string;
}

/** What comes next in an SCA. */
export type Move =
  | { readonly type: 'done' }
  | { readonly type: 'redirect'; readonly url: string }
  | { readonly type: 'oauth'; readonly metadataUrl: string }
  /** Tell the bank who the PSU is; nothing for the PSU to do. */
  | { readonly type: 'identify'; readonly url: string }
  | { readonly type: 'ask'; readonly step: NextStep; readonly action: ScaAction }
  | { readonly type: 'wait' }
  | { readonly type: 'impossible'; readonly why: string };

const decoupledTypes: ReadonlySet<string> = new Set(['PUSH_DEC']);

/**
 * The next move, from the links first and the status second: banks differ in which links they send and in what they call them at
 * which stage, but not in what a stage needs (Implementation Guidelines 1.3, sections 5.1 and 7).
 */
export function nextMove(facts: ScaFacts): Move {
  const { sca, links } = facts;
  const status = scaStatus(sca.scaStatus ?? '');
  if (status !== null && scaStatuses[status].final) return { type: 'done' };
  if (links['scaRedirect'] !== undefined) return { type: 'redirect', url: links['scaRedirect'] };
  if (links['scaOAuth'] !== undefined) return { type: 'oauth', metadataUrl: links['scaOAuth'] };
  if (status === 'unconfirmed' && links['confirmation'] !== undefined) {
    return ask(challenge(undefined, sca.psuMessage), 'confirmationCode', links['confirmation']);
  }
  const selected = status === 'scaMethodSelected' || status === 'started' || sca.chosenScaMethod !== undefined;
  if (selected || sca.challengeData !== undefined) return afterSelection(facts);
  if (sca.scaMethods !== undefined && sca.scaMethods.length > 0) return selection(facts, sca.scaMethods);
  if (links['authoriseTransaction'] !== undefined) return afterSelection(facts);
  return authentication(facts);
}

/** A method is chosen: by the PSU, or by the bank where there is only one. */
function afterSelection(facts: ScaFacts): Move {
  const { sca, links, authorisationUrl } = facts;
  if (runsElsewhere(facts)) return { type: 'wait' };
  // One bank has one link for every PUT; where there is none at all, the authorisation itself takes it.
  const named = links['authoriseTransaction'] ?? links['updatePsuAuthentication'];
  const url = named ?? (sca.challengeData === undefined ? undefined : authorisationUrl);
  if (url === undefined) return { type: 'wait' };
  return ask(challenge(sca.challengeData, sca.psuMessage), 'scaAuthenticationData', url);
}

/** Whether the PSU goes on at another device, so that there is nothing to enter here. */
function runsElsewhere({ sca, links, approach, decoupledChosen }: ScaFacts): boolean {
  if (sca.chosenScaMethod?.decoupled !== undefined) return sca.chosenScaMethod.decoupled;
  if (decoupledChosen !== undefined) return decoupledChosen;
  if (sca.chosenScaMethod !== undefined && isDecoupled(sca.chosenScaMethod)) return true;
  return approach === 'decoupled' && sca.challengeData === undefined && links['authoriseTransaction'] === undefined;
}

function selection(facts: ScaFacts, methods: readonly WireAuthenticationMethod[]): Move {
  const { links, authorisationUrl } = facts;
  const url = links['selectAuthenticationMethod'] ?? links['updatePsuAuthentication'] ?? authorisationUrl;
  if (url === undefined) return { type: 'wait' };
  return ask({ type: 'selectMethod', methods: methods.map(scaMethod) }, 'methodId', url);
}

function authentication({ links, institutionName }: ScaFacts): Move {
  const label = `Password at ${institutionName}`;
  if (links['updatePsuAuthentication'] !== undefined) {
    return ask(credentials('password', label), 'password', links['updatePsuAuthentication']);
  }
  if (links['updateAdditionalPsuAuthentication'] !== undefined) {
    const step = credentials('additionalPassword', `Second password at ${institutionName}`);
    return ask(step, 'additionalPassword', links['updateAdditionalPsuAuthentication']);
  }
  if (links['updatePsuIdentification'] !== undefined)
    return { type: 'identify', url: links['updatePsuIdentification'] };
  if (links['updateEncryptedPsuAuthentication'] ?? links['updateAdditionalEncryptedPsuAuthentication']) {
    return {
      type: 'impossible',
      why: 'The institution takes only encrypted passwords here; use another SCA approach.',
    };
  }
  return { type: 'wait' };
}

export function credentials(name: 'password' | 'additionalPassword', label: string): NextStep {
  return { type: 'credentials', fields: [{ name, label, secret: true }] };
}

/** Texts of the bank are shown as they are; the data of a chip or photo TAN belongs to the prompt. */
export function challenge(data: WireChallengeData | undefined, psuMessage: string | undefined): NextStep {
  const lines = [data?.additionalInformation ?? psuMessage, ...(data?.data ?? [])].filter((line) => line !== undefined);
  const format = data?.otpFormat;
  return {
    type: 'challenge',
    prompt: lines.length === 0 ? undefined : lines.join('\n'),
    image: data?.image ?? data?.imageLink,
    maxLength: data?.otpMaxLength,
    format: format === 'characters' || format === 'integer' ? format : undefined,
    isRetry: false,
  };
}

function scaMethod(method: WireAuthenticationMethod): ScaMethod {
  const type = method.authenticationType ?? '';
  return {
    id: method.authenticationMethodId,
    type,
    name: method.name ?? (type === '' ? method.authenticationMethodId : type),
    explanation: method.explanation,
    decoupled: isDecoupled(method),
  };
}

function isDecoupled({ decoupled, authenticationType }: WireAuthenticationMethod): boolean {
  return decoupled ?? decoupledTypes.has(authenticationType ?? '');
}

function ask(step: NextStep, sends: ScaAction['sends'], url: string): Move {
  return { type: 'ask', step, action: { sends, method: 'PUT', url } };
}
