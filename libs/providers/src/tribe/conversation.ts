import { flag, optional, type Read, record, text } from '../kit/json.js';
import type { AuthorisationSnapshot, Continuation } from '../port/index.js';
import type { PendingGrant } from './oauth.js';

const nullableText = optional(text);
const state = record({
  /** A grant that the PSU is to give. */
  grant: optional(record({ redirectUri: text, verifier: nullableText })),
  /** The page at which the PSU confirms a payment. There is one per payment, and never another. */
  link: nullableText,
  /** RFC 3339; where its life is known. */
  linkEndsAt: nullableText,
  /** The PSU came back: from the page, or with a code that could not be exchanged. */
  returned: optional(flag),
});
/** What is kept of an SCA between two calls. */
export type Conversation = Read<typeof state>;

export function conversationOf(continuation: Continuation): Conversation {
  return state(continuation, 'continuation');
}

export function keptConversation({ grant, link, linkEndsAt, returned }: Conversation): Continuation {
  return {
    ...(grant && { grant: { redirectUri: grant.redirectUri, verifier: grant.verifier ?? null } }),
    ...(link !== undefined && { link }),
    ...(linkEndsAt !== undefined && { linkEndsAt }),
    ...(returned !== undefined && { returned }),
  };
}

/** The PSU is to give a grant at the bank. */
export function grantSnapshot(url: string, grant: PendingGrant, observedAt: Date): AuthorisationSnapshot {
  return {
    reference: null,
    approach: 'redirect',
    scaStatus: 'received',
    upstreamStatus: '',
    nextStep: { type: 'redirect', url },
    continuation: { grant },
    observedAt,
  };
}

/** The PSU is to confirm a payment at the bank. */
export function linkSnapshot(link: string, linkEndsAt: string | undefined, observedAt: Date): AuthorisationSnapshot {
  return {
    reference: null,
    approach: 'redirect',
    scaStatus: 'received',
    upstreamStatus: '',
    nextStep: { type: 'redirect', url: link, expiresAt: linkEndsAt },
    continuation: keptConversation({ grant: undefined, link, linkEndsAt, returned: undefined }),
    observedAt,
  };
}
