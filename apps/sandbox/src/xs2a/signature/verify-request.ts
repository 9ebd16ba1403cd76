import { createHash, type KeyObject, verify, type X509Certificate } from 'node:crypto';
import type { Call } from '../call.js';
import type { Operation } from '../operations.js';
import { neededRoles } from '../pki/needed-roles.js';
import { issuerOf, readCertificate, serialOf } from '../../kit/pki/certificate.js';
import { readSignatureHeader, type SignatureHeader } from '../../kit/signature-header.js';
import { checkCertificate } from '../pki/tpp-certificate.js';
import { TppError } from '../tpp-error.js';

const ALGORITHMS: Readonly<Record<string, string>> = { 'rsa-sha256': 'sha256', 'rsa-sha512': 'sha512' };
const DIGESTS: Readonly<Record<string, string>> = { 'SHA-256': 'sha256', 'SHA-512': 'sha512' };
/** Method and path as if they were a header (draft-cavage-http-signatures, section 2.3). */
const REQUEST_TARGET = '(request-target)';
/** The name of every TPP's key at a bank with `signatureKeyId: registered`. */
const REGISTERED_KEY_ID = 'tpp-seal-1';
const SIGNED_TOO = { standard: [], withDate: ['date'], withTarget: [REQUEST_TARGET] } as const;
/** Signed if and only if they are sent (Implementation Guidelines 1.3, section 12.2). */
const SIGNED_IF_SENT = ['psu-id', 'psu-corporate-id', 'tpp-redirect-uri'];

/**
 * Checks the QSeal signature of a request. The order decides which mistake is told when there are several: certificate
 * missing, unreadable, out of time, without the role; then Signature missing, keyId, names, digest, and the signature.
 * @throws TppError 401 with the code of the first mistake.
 */
export function verifyRequest(call: Call, operation: Operation): void {
  const certificate = certificateOf(call);
  const { bank } = call;
  checkCertificate(certificate, {
    anchors: call.anchors,
    now: bank.now(),
    states: bank.certificateStates,
    roles: neededRoles(operation),
  });
  const header = call.header('Signature');
  if (header === undefined) {
    throw new TppError(401, 'SIGNATURE_MISSING', 'The Signature header is missing', 'Signature');
  }
  const signature = readSignatureHeader(header);
  if (typeof signature === 'string') {
    throw invalid(signature);
  }
  assertKeyId(signature, bank.profile.signatureKeyId === 'registered' ? REGISTERED_KEY_ID : keyIdOf(certificate));
  assertNames(call, signature.headers);
  assertDigest(call);
  assertSignature(call, signature, certificate);
}

function certificateOf(call: Call): X509Certificate {
  const header = call.header('TPP-Signature-Certificate');
  if (header === undefined) {
    throw new TppError(401, 'CERTIFICATE_MISSING', 'TPP-Signature-Certificate is missing', 'TPP-Signature-Certificate');
  }
  const certificate = readCertificate(header);
  if (!certificate) {
    const text = 'TPP-Signature-Certificate is not the base64 of a DER certificate on one line';
    throw new TppError(401, 'CERTIFICATE_INVALID', text, 'TPP-Signature-Certificate');
  }
  return certificate;
}

/** `SN=<serial>,CA=<issuer>`; blanks are `%20`. */
function keyIdOf(certificate: X509Certificate): string {
  return `SN=${serialOf(certificate)},CA=${issuerOf(certificate).replaceAll(' ', '%20')}`;
}

/** Compared as text. */
function assertKeyId({ keyId }: SignatureHeader, expected: string): void {
  // A backslash of the name may stand as it is or doubled, so both readings of the quoted text count.
  if (!keyId.includes(expected)) {
    throw invalid(`keyId must be ${expected}`);
  }
}

function assertNames(call: Call, names: readonly string[]): void {
  const always = ['digest', 'x-request-id', ...SIGNED_TOO[call.bank.profile.signatureHeaders]];
  const wanted = [...always, ...SIGNED_IF_SENT.filter((name) => call.header(name) !== undefined)];
  const missing = wanted.find((name) => !names.includes(name));
  const extra = names.find((name, index) => !wanted.includes(name) || names.indexOf(name) !== index);
  if (missing !== undefined) {
    throw invalid(`${missing} must be signed`);
  }
  if (extra !== undefined) {
    throw invalid(`${extra} must not be signed, or is named twice`);
  }
}

function assertDigest(call: Call): void {
  const [, name = '', value] = /^(SHA-256|SHA-512)=([A-Za-z0-9+/]+={0,2})$/.exec(call.header('Digest') ?? '') ?? [];
  const hash = DIGESTS[name];
  if (hash === undefined) {
    throw invalid('Digest must be SHA-256= or SHA-512= and the base64 of the hash');
  }
  if (createHash(hash).update(call.received.bytes).digest('base64') !== value) {
    throw invalid('Digest does not fit the body');
  }
}

function assertSignature(call: Call, signature: SignatureHeader, { publicKey }: X509Certificate): void {
  if (ALGORITHMS[signature.algorithm] === undefined) {
    throw invalid(`algorithm must be ${Object.keys(ALGORITHMS).join(' or ')}`);
  }
  const valueOf = (name: string) => (name === REQUEST_TARGET ? call.requestTarget : (call.header(name)?.trim() ?? ''));
  if (!signatureHolds(signature, valueOf, publicKey)) {
    throw invalid('The signature does not fit the headers');
  }
}

/**
 * Whether a signature is that of the signing string: `name: value` per line, in the order of `headers`, joined by LF, no LF at the
 * end. No algorithm but ours and no key but RSA holds.
 * @param valueOf the value that came under a name
 */
export function signatureHolds(
  { algorithm, headers, signature }: SignatureHeader,
  valueOf: (name: string) => string,
  publicKey: KeyObject,
): boolean {
  const hash = ALGORITHMS[algorithm];
  const text = headers.map((name) => `${name}: ${valueOf(name)}`).join('\n');
  return (
    hash !== undefined &&
    publicKey.asymmetricKeyType === 'rsa' &&
    verify(hash, Buffer.from(text, 'utf8'), publicKey, signature)
  );
}

function invalid(text: string): TppError {
  return new TppError(401, 'SIGNATURE_INVALID', text, 'Signature');
}
