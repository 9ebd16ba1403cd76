import { createHash } from 'node:crypto';

export const digestAlgorithms = { 'SHA-256': 'sha256', 'SHA-512': 'sha512' } as const;
export type DigestAlgorithm = keyof typeof digestAlgorithms;

/**
 * The value of a `Digest` header (RFC 3230 section 4.3.2, algorithms of RFC 5843) over the bytes of the body as they are sent; of
 * nothing for a message without one.
 */
export function digestOf(body: string | Buffer | undefined, algorithm: DigestAlgorithm): string {
  return `${algorithm}=${createHash(digestAlgorithms[algorithm])
    .update(body ?? '')
    .digest('base64')}`;
}
