import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { rawEd25519 } from '../members/member-key.js';

/** The fixed beginning of an Ed25519 private key in PKCS #8, RFC 8410 section 7. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The hub's own key: from the seed, so that a restart keeps it. It guards nothing but a simulation. */
export function hubKey(seed: string): { id: string; private: KeyObject; publicRaw: string } {
  const secret = createHash('sha256').update(`${seed}/token-io/hub-key`).digest();
  const key = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, secret]), format: 'der', type: 'pkcs8' });
  const publicRaw = rawEd25519(createPublicKey(key));
  const id = createHash('sha256').update(Buffer.from(publicRaw, 'base64url')).digest('base64url').slice(0, 16);
  return { id, private: key, publicRaw };
}
