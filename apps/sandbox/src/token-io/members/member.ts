import { createHash } from 'node:crypto';
import { stableId } from '../identifier.js';
import type { MemberKey } from './member-key.js';

/** Where the bank sends the PSU back to: to the hub, which sends on to the TPP, or straight to the TPP. */
export type CallbackOwner = 'token' | 'tpp';

/** A TPP as the hub knows it. */
export interface Member {
  id: string;
  name: string;
  /** By key id. */
  keys: Map<string, MemberKey>;
  /** The second half of the sandbox's Basic credential. */
  secret: string;
  callbackOwner: CallbackOwner;
  /** Two-step payments are submitted by the hub as soon as they are authorised. */
  autoRedeem: boolean;
  /** A token of this member pays as often as it is redeemed, and not once: a TPP that redeems twice pays twice. */
  tokensPayAgain: boolean;
  /** Works under the hub's licence: must name the sub-TPP for whom it acts. */
  sponsored: boolean;
  /** Operations for which it has no permission. */
  denied: Set<string>;
  webhook: { types: string[]; url: string } | undefined;
}

export function newMember(id: string, name: string): Member {
  const hex = createHash('sha256').update(`basic/${id}`).digest('hex');
  return {
    id,
    name,
    keys: new Map(),
    secret: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
    callbackOwner: 'token',
    autoRedeem: true,
    tokensPayAgain: false,
    sponsored: false,
    denied: new Set(),
    webhook: undefined,
  };
}

/** The identifier of the member that exists from the start, the same for the same seed. */
export function demoMemberId(seed: string): string {
  return stableId('m', `${seed}/demo-member`);
}

/** The value of the Authorization header for Basic: the colons of the member id are hyphens there. */
export function basicCredential({ id, secret }: Member): string {
  return `Basic ${Buffer.from(`${id.replaceAll(':', '-')}:${secret}`).toString('base64')}`;
}
