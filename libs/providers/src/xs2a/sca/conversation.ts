import { scaApproaches, type ScaApproach } from '@tributary/domain';
import {
  anything,
  dictionary,
  flag,
  list,
  oneOf,
  optional,
  plainJson,
  type Read,
  type Reader,
  record,
  text,
} from '../../kit/json.js';
import type { Continuation } from '../../port/index.js';

// What this adapter keeps between two client, and the readers that take it back. Opaque to everybody else.

const stepMember: Reader<Continuation[string]> = (value, path) => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  return Array.isArray(value) ? list(stepMember)(value, path) : dictionary(stepMember)(value, path);
};

const action = record({
  /** Under which name the PSU's answer is sent. */
  sends: oneOf([
    'password',
    'encryptedPassword',
    'additionalPassword',
    'additionalEncryptedPassword',
    'methodId',
    'scaAuthenticationData',
    'confirmationCode',
  ]),
  method: oneOf(['POST', 'PUT']),
  url: text,
});
/** What becomes of the PSU's next answer. */
export type ScaAction = Read<typeof action>;

const conversation = record({
  links: dictionary(text),
  /** The authorisation itself; absent while the bank has none, or did not say where. */
  authorisationUrl: optional(text),
  action: optional(action),
  /** The bank's last word, verbatim; empty while it said none. */
  status: text,
  /** The bank's word when it asked for what `action` sends. */
  askedAt: optional(text),
  callback: record({ url: text, state: text }),
  grant: optional(record({ verifier: optional(text), tokenEndpoint: text, redirectUri: text })),
  /** The PSU came back with a code that could not be exchanged. */
  returned: optional(flag),
  /** Which of the offered methods run on another device. */
  decoupledMethods: list(text),
});
/** One SCA between two calls. */
export type ScaConversation = Read<typeof conversation>;

const scaState = {
  links: dictionary(text),
  approach: optional(oneOf(scaApproaches)),
  /** Whether the SCA that came with the creation was handed over; the next one has to be made. */
  opened: flag,
  /** Members about SCA of the creation's answer, for a start that needs them. */
  sca: dictionary(stepMember),
};
const resource = record({
  ...scaState,
  /** Payments: the product in their path. */
  product: optional(text),
  /** Consents: the shape that was asked for. */
  accessShape: optional(text),
  /** Payments: whether the bank's copy was compared with the order. */
  verified: flag,
  /** Payments: how the SCA of their cancellation begins, once it was asked for. */
  cancellation: optional(record(scaState)),
});

/** How an SCA about something begins. */
export interface ScaBeginning {
  readonly links: Readonly<Record<string, string>>;
  readonly approach?: ScaApproach | undefined;
  readonly opened: boolean;
  readonly sca: Continuation;
}

/** A consent, payment or basket between two calls. */
export interface ResourceState extends ScaBeginning {
  readonly product?: string | undefined;
  readonly accessShape?: string | undefined;
  readonly verified: boolean;
  readonly cancellation?: ScaBeginning | undefined;
}

const scaNames = ['scaStatus', 'authorisationId', 'scaMethods', 'chosenScaMethod', 'challengeData', 'psuMessage'];

/** The members about SCA of a creation's answer, to be kept for the start. */
export function scaMembers(tree: unknown): Continuation {
  const all = dictionary(anything)(plainJson(tree), '');
  return dictionary(stepMember)(
    Object.fromEntries(scaNames.flatMap((name) => (name in all ? [[name, all[name]]] : []))),
    '',
  );
}

export function conversationOf(continuation: Continuation): ScaConversation {
  return conversation(continuation, 'continuation');
}

/** An absent one reads as a resource of which nothing but its reference is known. */
export function resourceOf(continuation: Continuation | null): ResourceState {
  return continuation === null
    ? { links: {}, opened: false, sca: {}, verified: false }
    : resource(continuation, 'continuation');
}

/** A state as JSON to keep: members without a value are left out. */
export function kept(state: ScaConversation | ResourceState): Continuation {
  return dictionary(stepMember)(JSON.parse(JSON.stringify(state)), '');
}
