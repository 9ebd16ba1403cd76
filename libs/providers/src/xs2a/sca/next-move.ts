import type { NextStep, ScaApproach, ScaMethod } from '@tributary/domain';
import { scaStatuses } from '@tributary/domain';
import type { ScaAction } from './conversation.js';
import type { Links } from '../links.js';
import { scaStatus } from '../status.js';
import { type Bank, encrypts, type PasswordMember } from './bank.js';
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
  readonly bank: Bank;
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
  const { sca, links, authorisationUrl } = facts;
  const status = scaStatus(sca.scaStatus ?? '', facts.bank.scaStatuses);
  if (status !== null && scaStatuses[status].final) return { type: 'done' };
  // The PSU is back from a redirect: the bank only wants the code that it gave to their browser (section 7.6).
  const confirmation = status === 'unconfirmed' ? (links['confirmation'] ?? authorisationUrl) : undefined;
  if (confirmation !== undefined) return ask(challenge(undefined, sca.psuMessage), 'confirmationCode', confirmation);
  if (links['scaRedirect'] !== undefined) return { type: 'redirect', url: links['scaRedirect'] };
  if (links['scaOAuth'] !== undefined) return { type: 'oauth', metadataUrl: links['scaOAuth'] };
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

/** Who the PSU is: by the password, in clear or encrypted, or by a second one. */
function authentication({ links, bank }: ScaFacts): Move {
  for (const [link, sends] of passwordLinks) {
    const url = links[link];
    if (url === undefined || (encrypts(sends) && !bank.takesEncrypted)) continue;
    return ask(bank.credentials(sends), sends, url);
  }
  if (links['updatePsuIdentification'] !== undefined)
    return { type: 'identify', url: links['updatePsuIdentification'] };
  return passwordLinks.some(([link]) => links[link] !== undefined) ? onlyEncrypted : { type: 'wait' };
}

/** The links that want a password. What can be encrypted is: where a bank offers both, the safer one comes first. */
const passwordLinks = [
  ['updateEncryptedPsuAuthentication', 'encryptedPassword'],
  ['updatePsuAuthentication', 'password'],
  ['updateAdditionalEncryptedPsuAuthentication', 'additionalEncryptedPassword'],
  ['updateAdditionalPsuAuthentication', 'additionalPassword'],
] as const satisfies readonly (readonly [string, PasswordMember])[];

export const onlyEncrypted = {
  type: 'impossible',
  why: 'The institution takes only encrypted passwords here; set "passwordEncryption" in the connection, or use another SCA approach.',
} as const satisfies Move;

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
