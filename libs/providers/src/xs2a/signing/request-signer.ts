import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type DigestAlgorithm, digestOf } from '../../kit/signing/digest.js';
import {
  type HttpSigningKey,
  presentNames,
  type SignableRequest,
  type SignatureAlgorithm,
  signatureHeader,
} from '../../kit/signing/http-signature.js';
import { readSigningCertificate, type SigningCertificate } from '../../kit/signing/signing-certificate.js';
import { ProviderError } from '../../port/index.js';
import { providerId, type Xs2aSettings } from '../settings.js';

/** What a signature covers unless the profile says otherwise (Implementation Guidelines 1.3.4 and later, section 12.3). */
const coveredHeaders = ['digest', 'x-request-id', 'psu-id', 'psu-corporate-id', 'tpp-redirect-uri'];
const digests: Readonly<Record<SignatureAlgorithm, DigestAlgorithm>> = {
  'rsa-sha256': 'SHA-256',
  'rsa-sha512': 'SHA-512',
};

/** A request as it is about to be sent, with the names that errors about it carry. */
export interface UnsignedRequest extends SignableRequest {
  readonly operation: string;
  readonly traceId: string;
  readonly body: string | Buffer | undefined;
}

/** The headers that a request has besides its own, so that the bank can tell that it comes from us unaltered. */
export type RequestSigner = (request: UnsignedRequest) => Promise<Readonly<Record<string, string>>>;

/**
 * Signs requests with our electronic seal (Implementation Guidelines 1.3, section 12): Digest, Signature, TPP-Signature-Certificate.
 * Certificate and key are read once.
 * @returns undefined without a seal in the settings: nothing is added
 */
export function createRequestSigner({ qseal, profile }: Xs2aSettings, now: () => Date): RequestSigner | undefined {
  if (qseal === undefined) return undefined;
  const { algorithm = 'rsa-sha256' } = qseal;
  const names = (profile?.signedHeaders ?? coveredHeaders).map((name) => name.toLowerCase());
  const certificate = readSigningCertificate(qseal.certificatePem);
  const key = createPrivateKey(qseal.privateKeyPem);
  const problem = problemOf(certificate, key);
  const signingKey: HttpSigningKey = { key, algorithm, keyId: profile?.signatureKeyId ?? keyIdOf(certificate) };

  return async ({ operation, traceId, body, ...request }) => {
    if (problem !== undefined) {
      const message = `The request cannot be signed: ${problem}. Nothing was sent; correct "qseal" in the connection.`;
      throw new ProviderError({ kind: 'unauthorised', provider: providerId, operation, traceId, message });
    }
    const added = {
      ...(names.includes('date') && { Date: now().toUTCString() }),
      Digest: digestOf(body, digests[algorithm]),
    };
    const complete = { ...request, headers: { ...request.headers, ...added } };
    return {
      ...added,
      Signature: await signatureHeader(signingKey, presentNames(names, complete), complete),
      'TPP-Signature-Certificate': certificate.base64,
    };
  };
}

/** Serial number and issuer (section 12.3); blanks, and what a header cannot carry, are percent-encoded. */
export function keyIdOf({ serial, issuer }: Pick<SigningCertificate, 'serial' | 'issuer'>): string {
  return `SN=${serial},CA=${issuer.replaceAll(/[^\x21-\x7e]+/gu, encodeURIComponent)}`;
}

function problemOf(certificate: SigningCertificate, key: KeyObject): string | undefined {
  if (key.asymmetricKeyType !== 'rsa') return 'the framework knows RSA keys only';
  return certificate.belongsTo(key) ? undefined : 'certificate and private key do not belong together';
}
