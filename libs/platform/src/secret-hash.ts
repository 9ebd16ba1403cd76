import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a UTF-8 text or of bytes, as 64 lower-case hexadecimal digits. */
export function sha256Hex(input: string | Uint8Array): string {
  return createHash('sha256').update(input).digest('hex');
}

/**
 * Whether two texts are equal, in a time that does not depend on where they differ. Their hashes are compared, because
 * `timingSafeEqual` throws on inputs of unequal length.
 */
export function constantTimeEqual(left: string, right: string): boolean {
  return timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest());
}

/** A secret of 32 random bytes as base64url behind `prefix_`; the prefix lets people and scanners recognise a leaked one. */
export function randomSecret(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/**
 * What we keep of a client secret: `sha256.<salt>.<digest>`.
 *
 * One round of SHA-256 is enough here because our secrets are 256 random bits: there is no dictionary to try, so a slow
 * password hash would only slow down `POST /oauth/token`. The salt keeps equal secrets from looking equal.
 * Never use this for a password that a person chose.
 */
export function hashSecret(secret: string): string {
  const salt = randomBytes(16).toString('base64url');
  return `sha256.${salt}.${sha256Hex(`${salt}.${secret}`)}`;
}

/** Whether `hash` was made from `secret` by `hashSecret`. A hash in an unknown format is never equal. */
export function verifySecret(secret: string, hash: string): boolean {
  const [scheme, salt, digest] = hash.split('.');
  if (scheme !== 'sha256' || !salt || !digest) return false;
  return constantTimeEqual(sha256Hex(`${salt}.${secret}`), digest);
}
