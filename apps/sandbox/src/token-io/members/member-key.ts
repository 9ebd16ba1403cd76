import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { ShapeError } from '../../kit/shape.js';

/** The upstream's names of key algorithms, and the `alg` of a JWS made with such a key. */
export const KEY_ALGORITHMS = { ED25519: 'EdDSA', ECDSA_SHA256: 'ES256', RS256: 'RS256' } as const;
export type KeyAlgorithm = keyof typeof KEY_ALGORITHMS;

/** A public key that a member has enrolled. */
export interface MemberKey {
  id: string;
  algorithm: KeyAlgorithm;
  /** As it was sent. */
  text: string;
  key: KeyObject;
}

/** The fixed beginning of an Ed25519 SubjectPublicKeyInfo, RFC 8410 section 4. */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Reads a public key to enrol: PEM (SubjectPublicKeyInfo), or for Ed25519 the 32 raw bytes as base64url.
 * @throws ShapeError naming `publicKey` when it is no key of this algorithm.
 */
export function readMemberKey(text: string, algorithm: KeyAlgorithm): MemberKey {
  const key = readPublicKey(text.trim(), algorithm);
  if (!fits(key, algorithm)) {
    throw new ShapeError('publicKey', `is not a key for ${algorithm}`);
  }
  return { id: keyIdOf(key), algorithm, text, key };
}

function readPublicKey(text: string, algorithm: KeyAlgorithm): KeyObject {
  const raw = /^[\w-]{43}=?$/.test(text) && algorithm === 'ED25519' ? Buffer.from(text, 'base64url') : undefined;
  try {
    return raw?.length === 32
      ? createPublicKey({ key: Buffer.concat([ED25519_SPKI, raw]), format: 'der', type: 'spki' })
      : createPublicKey(text.startsWith('-----BEGIN PUBLIC KEY-----') ? text : '');
  } catch {
    throw new ShapeError('publicKey', 'must be a PEM public key, or 32 bytes of Ed25519 as base64url');
  }
}

function fits(key: KeyObject, algorithm: KeyAlgorithm): boolean {
  switch (algorithm) {
    case 'ED25519':
      return key.asymmetricKeyType === 'ed25519';
    case 'ECDSA_SHA256':
      return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    case 'RS256':
      return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  }
}

/** 16 characters of base64url(SHA-256): of the raw key for Ed25519, of the SubjectPublicKeyInfo for the others. */
function keyIdOf(key: KeyObject): string {
  const spki = key.export({ type: 'spki', format: 'der' });
  const bytes = key.asymmetricKeyType === 'ed25519' ? spki.subarray(ED25519_SPKI.length) : spki;
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
}

/** The 32 raw bytes of an Ed25519 key as base64url. */
export function rawEd25519(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).subarray(ED25519_SPKI.length).toString('base64url');
}
