import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { digestOf } from '../kit/signing/digest.js';
import {
  type HttpSigningKey,
  presentNames,
  type SignableRequest,
  signatureHeader,
} from '../kit/signing/http-signature.js';
import { readSigningCertificate, type SigningCertificate } from '../kit/signing/signing-certificate.js';
import { ProviderError } from '../port/index.js';
import { providerId } from './settings.js';
import { tppDefaults, type TppSettings } from './tpp-settings.js';

/** A call as it is about to be sent, with the names that errors about it carry. */
export interface UnsignedRequest extends SignableRequest {
  readonly operation: string;
  readonly traceId: string;
  readonly body: string | undefined;
}

/** The headers that a call has besides its own, so that Tribe can tell that it comes from us unaltered. */
export type RequestSigner = (request: UnsignedRequest) => Promise<Readonly<Record<string, string>>>;

/**
 * Signs calls of the TPP API (TPP API v2, "Message signing"): Digest over the body, of nothing for a GET; Signature as
 * draft-cavage-http-signatures-12 has it, RSASSA-PKCS1-v1_5 with SHA-256, over `digest x-request-id x-client-id`; the certificate
 * in base64 on one line. Certificate and key are read once, at the first call.
 */
export function createRequestSigner(settings: TppSettings, now: () => Date): RequestSigner {
  const { signedHeaders: names, digestAlgorithm } = { ...tppDefaults, ...settings };
  const lowered = names.map((name) => name.toLowerCase());
  let seal: Seal | undefined;

  return async ({ operation, traceId, body, ...request }) => {
    seal ??= readSeal(settings);
    if (seal.problem !== undefined) {
      const message = `The request cannot be signed: ${seal.problem}. Nothing was sent; correct "tpp" in the connection.`;
      throw new ProviderError({ kind: 'unauthorised', provider: providerId, operation, traceId, message });
    }
    const added = {
      ...(lowered.includes('date') && { Date: now().toUTCString() }),
      Digest: digestOf(body, digestAlgorithm),
    };
    const complete = { ...request, headers: { ...request.headers, ...added } };
    return {
      ...added,
      Signature: await signatureHeader(seal.key, presentNames(lowered, complete), complete),
      'Tpp-Signature-Certificate': seal.certificate.base64,
    };
  };
}

interface Seal {
  readonly certificate: SigningCertificate;
  readonly key: HttpSigningKey;
  readonly problem: string | undefined;
}

function readSeal({ certificatePem, privateKeyPem, keyId }: TppSettings): Seal {
  const certificate = readSigningCertificate(certificatePem);
  const key = createPrivateKey(privateKeyPem);
  return {
    certificate,
    key: { key, algorithm: 'rsa-sha256', keyId: keyId ?? keyIdOf(certificatePem, certificate) },
    problem: problemOf(certificate, key),
  };
}

/** `SN=<serial number in hexadecimal>,CA=<organisation of the issuer>`, as Tribe's sample has it. */
function keyIdOf(certificatePem: string, { serial, issuer }: SigningCertificate): string {
  const organisation = new X509Certificate(certificatePem).issuer.split('\n').find((line) => line.startsWith('O='));
  const authority = organisation?.slice('O='.length).replaceAll(/\\(.)/g, '$1') ?? issuer;
  return `SN=${serial.toUpperCase()},CA=${authority.replaceAll(/[^\x20-\x7e]+/gu, encodeURIComponent)}`;
}

function problemOf(certificate: SigningCertificate, key: KeyObject): string | undefined {
  if (key.asymmetricKeyType !== 'rsa') return 'Tribe knows RSA keys only';
  return certificate.belongsTo(key) ? undefined : 'certificate and private key do not belong together';
}
