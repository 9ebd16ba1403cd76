import { createHash, randomBytes } from 'node:crypto';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const SUFFIX = '5zKtXEAq';

/** Prefixes of identifiers: member, payment, token request, transfer token, access token, transfer, standing order, account. */
export type IdPrefix = 'm' | 'pm2' | 'rq' | 'tt' | 'ta' | 't' | 'so' | 'a';

/** An identifier as the upstream writes them: `prefix:base58:suffix`. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}:${base58(randomBytes(24))}:${SUFFIX}`;
}

/** The same identifier at every start, for what the seed makes. */
export function stableId(prefix: IdPrefix, name: string): string {
  return `${prefix}:${base58(createHash('sha256').update(name).digest().subarray(0, 24))}:${SUFFIX}`;
}

/** The hub as a member: the one who signs. */
export const HUB_MEMBER_ID = `m:hub:${SUFFIX}`;

/** What cannot be guessed: keys of links, codes, trace ids. */
export function newSecret(bytes = 18): string {
  return randomBytes(bytes).toString('base64url');
}

function base58(bytes: Buffer): string {
  let number = BigInt(`0x01${bytes.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) {
    text = (ALPHABET[Number(number % 58n)] ?? '') + text;
  }
  return text;
}
