import {
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { Shape } from '../kit/shape.js';
import { formatError } from './tpp-error.js';

/** A bank's key pair for encrypted passwords. */
export function newPasswordKey(): KeyObject {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return createPrivateKey(privateKey);
}

/** The public half, as a JWK (RFC 7517) for TPPs. */
export function publicPasswordKey(key: KeyObject): JsonWebKey {
  return { ...createPublicKey(key).export({ format: 'jwk' }), alg: 'RSA-OAEP-256', use: 'enc' };
}

/**
 * The password in a JWE in compact form (RFC 7516), RSA-OAEP-256 with A256GCM.
 * @throws TppError 400 FORMAT_ERROR naming `path`.
 */
export function decryptPassword(key: KeyObject, compact: string, path: string): string {
  try {
    const [header = '', encryptedKey = '', iv = '', ciphertext = '', tag = '', ...more] = compact.split('.');
    const algorithms = Shape.of(JSON.parse(Buffer.from(header, 'base64url').toString('utf8')));
    algorithms.choice('alg', ['RSA-OAEP-256']);
    algorithms.choice('enc', ['A256GCM']);
    if (more.length > 0) {
      throw new Error('not five parts');
    }
    const contentKey = privateDecrypt({ key, oaepHash: 'sha256' }, Buffer.from(encryptedKey, 'base64url'));
    const decipher = createDecipheriv('aes-256-gcm', contentKey, Buffer.from(iv, 'base64url'), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(header, 'ascii'));
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64url')), decipher.final()]).toString('utf8');
  } catch {
    throw formatError(path, 'is not a JWE (compact, RSA-OAEP-256, A256GCM) to the key of this bank');
  }
}
