import { createHash, createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import * as x509 from '../kit/pki/x509.js';

const ED25519 = { name: 'Ed25519' };
/** The PKCS#8 frame of an Ed25519 key (RFC 8410, section 7); the 32 bytes of the key follow. */
const FRAME = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The certificate of the pre-registered application, in PEM with its last line feed. The same seed gives the same bytes
 * on every machine, so that a connection made before a restart of the sandbox still has the right key.
 */
export async function demoCertificate(seed: string): Promise<string> {
  const secret = createHash('sha256').update(`${seed}/tell-connect/certificate`).digest();
  const der = Buffer.concat([FRAME, secret]);
  const jwk = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({ format: 'jwk' });
  const keys = {
    privateKey: await webcrypto.subtle.importKey('pkcs8', der, ED25519, false, ['sign']),
    publicKey: await webcrypto.subtle.importKey('jwk', jwk, ED25519, true, ['verify']),
  };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: [{ C: ['GB'] }, { O: ['Demo TPP Ltd'] }, { CN: ['Demo TPP application'] }],
    notBefore: new Date('2024-01-01T00:00:00Z'),
    notAfter: new Date('2099-12-31T00:00:00Z'),
    signingAlgorithm: ED25519,
    keys,
    extensions: [],
  });
  return `${certificate.toString('pem').trimEnd()}\n`;
}
