import { sign, verify, type KeyObject } from 'node:crypto';

/** Standard alphabet, padded, one line: what PHP's base64_decode takes as meant; Node would take `-_` and junk too. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * X-Signature (BANK API, "Signature"): RSASSA-PKCS1-v1_5 with SHA-256 over the raw body and nothing else, in base64.
 * Nothing of the address or the headers is covered.
 */
export function signBody(bytes: Uint8Array, privateKey: KeyObject): string {
  return sign('sha256', bytes, privateKey).toString('base64');
}

/** Does the signature hold for exactly these bytes? */
export function holdsFor(bytes: Uint8Array, signature: string, publicKey: KeyObject): boolean {
  if (signature === '' || !BASE64.test(signature)) {
    return false;
  }
  return verify('sha256', bytes, publicKey, Buffer.from(signature, 'base64'));
}
