import { createPublicKey } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import type { PasswordEncryption } from '../settings.js';

/** Turns a password into what only the bank can read. */
export type EncryptPassword = (password: string) => Promise<string>;

/**
 * JSON Web Encryption in its compact form (RFC 7516 section 7.1) with the bank's RSA key, read once. The framework says that a
 * password may be encrypted and not how; this is how banks that document it do it.
 */
export function createPasswordEncryption({
  publicKeyPem,
  keyId,
  algorithm = 'RSA-OAEP-256',
  contentEncryption = 'A256GCM',
}: PasswordEncryption): EncryptPassword {
  const key = createPublicKey(publicKeyPem);
  const header = { alg: algorithm, enc: contentEncryption, ...(keyId !== undefined && { kid: keyId }) };
  return (password) => new CompactEncrypt(new TextEncoder().encode(password)).setProtectedHeader(header).encrypt(key);
}
