import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { strictBase64 } from '../../kit/signing/base64.js';

/**
 * `X-Signature` of the BANK API v2: the raw body bytes and nothing else (no method, path, token or time), SHA-256, with an
 * RSA key under PKCS #1 v1.5, in base64. The documentation shows PHP's `openssl_verify` with `OPENSSL_ALGO_SHA256`. No body is
 * signed as no bytes.
 */
export interface BodyVerifier {
  /** Whether the header's value is the hub's signature over exactly these bytes. */
  holds(body: Buffer, signature: string): boolean;
}

export function createVerifier(publicKeyPem: string): BodyVerifier {
  const key = createPublicKey(publicKeyPem);
  return {
    holds(body, signature) {
      const bytes = strictBase64(signature);
      // With another kind of key the same call would be another algorithm.
      return bytes !== null && key.asymmetricKeyType === 'rsa' && verify('sha256', body, key, bytes);
    },
  };
}

/** Signs the bodies of our Actions the same way. */
export function createSigner(privateKeyPem: string): (body: Buffer) => string {
  const key = createPrivateKey(privateKeyPem);
  return (body) => sign('sha256', body, key).toString('base64');
}
