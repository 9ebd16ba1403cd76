import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** Message authentication with one shared key (RFC 2104, SHA-256). */
export interface Hmac {
  mac(message: string): Buffer;
  /** Compares in constant time; a MAC of another length is a wrong one. */
  holds(message: string, mac: Buffer): boolean;
}

/** @param key the bytes, read once; never empty */
export function createHmacSha256(key: Buffer): Hmac {
  if (key.length === 0) throw new Error('a shared key cannot be empty');
  const held = createSecretKey(key);
  const mac = (message: string): Buffer => createHmac('sha256', held).update(message).digest();
  return {
    mac,
    holds(message, given) {
      const expected = mac(message);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
