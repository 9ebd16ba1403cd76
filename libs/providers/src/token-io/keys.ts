import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { EnrolledKey, KeyEnrolment, ProviderDeps } from '../port/index.js';
import type { TokenIoClient } from './client.js';
import { instantOf } from './accounts/mapping.js';
import type { TokenIoSettings } from './settings.js';
import { type JwsAlgorithm, keyAlgorithms, readRequestKey } from './signature.js';
import { acknowledged, keyList, keyStored } from './wire.js';

const makers: Readonly<Record<JwsAlgorithm, () => { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>> =
  {
    EdDSA: () => generateKeyPairSync('ed25519'),
    ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  };

/** Public keys of the member (tag "Authentication keys"). The private halves never leave the connection's settings. */
export function createKeyEnrolment(
  settings: TokenIoSettings,
  _deps: ProviderDeps,
  client: TokenIoClient,
): KeyEnrolment {
  const path = [settings.assumptions?.keysPath ?? 'member', settings.memberId, 'keys'];
  const inUse = settings.key === undefined ? undefined : readRequestKey(settings.key).id;

  return {
    algorithms: Object.values(keyAlgorithms).map(({ upload }) => upload),

    async list(context): Promise<readonly EnrolledKey[]> {
      const spec = { operation: 'listKeys', service: 'admin', method: 'GET', path } as const;
      const { value } = await client.call(spec, context, keyList);
      return value
        .flatMap(({ key }) => key)
        .map(({ id, keyAlgorithm, publicKey, expiresAtMs }) => ({
          reference: id,
          algorithm: keyAlgorithm ?? '',
          publicKeyPem: pemOf(publicKey),
          expiresAt: instantOf(expiresAtMs) ?? null,
          inUse: id === inUse,
        }));
    },

    async enrol(algorithm, context) {
      const jws = (Object.keys(keyAlgorithms) as JwsAlgorithm[]).find((one) => keyAlgorithms[one].upload === algorithm);
      const { publicKey, privateKey } = makers[jws ?? 'EdDSA']();
      const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
      const upload = keyAlgorithms[jws ?? 'EdDSA'].upload;
      const body = { keyAlgorithm: upload, publicKey: publicKeyPem };
      const spec = { operation: 'enrolKey', service: 'admin', method: 'POST', path, body } as const;
      const { keyId } = (await client.call(spec, context, keyStored)).value;
      const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      return {
        key: { reference: keyId, algorithm: upload, publicKeyPem, expiresAt: null, inUse: true },
        settings: { key: { id: keyId, privateKeyPem } },
      };
    },

    async remove(reference, context) {
      const spec = { operation: 'removeKey', service: 'admin', method: 'DELETE', path: [...path, reference] } as const;
      await client.call(spec, context, acknowledged);
    },
  };
}

/** They show what was uploaded: a PEM, or the raw bytes of an Ed25519 key in base64url. */
function pemOf(shown: string | undefined): string | null {
  if (shown === undefined) return null;
  if (shown.includes('BEGIN PUBLIC KEY')) return shown;
  if (!/^[A-Za-z0-9_-]{43}=?$/.test(shown)) return null;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: shown.replace('=', '') }, format: 'jwk' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}
