import { createHash, verify, type X509Certificate } from 'node:crypto';
import { organisationOf, readCertificate } from '../../kit/pki/certificate.js';
import { readSignatureHeader } from '../../kit/signature-header.js';
import type { Tpp } from '../parties.js';
import { Refusal } from '../refusal.js';
import type { Arrival } from '../site.js';

const DIGESTS: Readonly<Record<string, string>> = { 'SHA-256': 'sha256', 'SHA-512': 'sha512' };
const ALGORITHMS: Readonly<Record<string, string>> = { 'rsa-sha256': 'sha256', 'rsa-sha512': 'sha512' };
const ALWAYS_SIGNED = ['digest', 'x-request-id', 'x-client-id'];
const DATE_TOLERANCE_MS = 300_000;

/**
 * Checks Digest, Signature and Tpp-Signature-Certificate of a TPP's call: the certificate first (readable, issued by a
 * trusted authority, in time, the client's), then the signature. keyId is not compared: in Tribe's own sample it does
 * not fit the certificate. In the mode `lax` only what was sent is checked.
 * @throws Refusal 401 with the code of the first mistake.
 */
export function checkMessageSignature(arrival: Arrival, tpp: Tpp): void {
  const { signatureMode, signatureCodes } = arrival.hub.settings;
  const sent = ['Digest', 'Signature', 'Tpp-Signature-Certificate'].some((name) => arrival.header(name) !== undefined);
  if (signatureMode === 'off' || (signatureMode === 'lax' && !sent)) {
    return;
  }
  try {
    const certificate = certificateOf(arrival, tpp);
    checkDate(arrival);
    checkSignature(arrival, certificate);
  } catch (error) {
    if (error instanceof Refusal && signatureCodes === 'wrongCredentials') {
      throw new Refusal(401, 'WRONG_CREDENTIALS', error.title);
    }
    throw error;
  }
}

function certificateOf(arrival: Arrival, tpp: Tpp): X509Certificate {
  const header = arrival.header('Tpp-Signature-Certificate');
  if (header === undefined) {
    throw new Refusal(401, 'CERTIFICATE_MISSING', 'Tpp-Signature-Certificate is missing');
  }
  const certificate = readCertificate(header);
  if (!certificate) {
    throw new Refusal(401, 'CERTIFICATE_INVALID', 'The certificate must be base64 of DER on one line');
  }
  const { anchors } = arrival.site.door;
  if (!anchors.some((anchor) => certificate.checkIssued(anchor) && certificate.verify(anchor.publicKey))) {
    throw new Refusal(401, 'CERTIFICATE_INVALID', 'The certificate has no trusted issuer');
  }
  const now = arrival.hub.now();
  if (now < new Date(certificate.validFrom) || now > new Date(certificate.validTo)) {
    throw new Refusal(401, 'CERTIFICATE_EXPIRED', `The certificate is valid until ${certificate.validTo}`);
  }
  if (tpp.organisationIdentifier !== undefined && organisationOf(certificate) !== tpp.organisationIdentifier) {
    throw new Refusal(401, 'CERTIFICATE_INVALID', 'The certificate is of another organisation');
  }
  return certificate;
}

function checkSignature(arrival: Arrival, certificate: X509Certificate): void {
  const header = arrival.header('Signature');
  if (header === undefined) {
    throw new Refusal(401, 'SIGNATURE_MISSING', 'The Signature header is missing');
  }
  const signature = readSignatureHeader(header);
  if (typeof signature === 'string') {
    throw invalid(signature);
  }
  const missing = ALWAYS_SIGNED.find((name) => !signature.headers.includes(name));
  if (missing !== undefined) {
    throw invalid(`${missing} must be signed`);
  }
  const absent = signature.headers.find((name) => arrival.header(name) === undefined);
  if (absent !== undefined) {
    throw invalid(`${absent} is signed but was not sent`);
  }
  checkDigest(arrival);
  const hash = ALGORITHMS[signature.algorithm];
  if (hash === undefined) {
    throw invalid(`algorithm must be ${Object.keys(ALGORITHMS).join(' or ')}`);
  }
  const text = signature.headers.map((name) => `${name}: ${arrival.header(name)?.trim() ?? ''}`).join('\n');
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyType !== 'rsa' || !verify(hash, Buffer.from(text), publicKey, signature.signature)) {
    throw invalid('The signature does not fit the headers');
  }
}

/** The hash of the body; of nothing for a GET. */
function checkDigest(arrival: Arrival): void {
  const [, name = '', value] = /^(SHA-256|SHA-512)=([A-Za-z0-9+/]+={0,2})$/.exec(arrival.header('Digest') ?? '') ?? [];
  const hash = DIGESTS[name];
  if (hash === undefined) {
    throw invalid('Digest must be SHA-256= or SHA-512= and a hash in base64');
  }
  if (createHash(hash).update(arrival.bytes).digest('base64') !== value) {
    throw invalid('Digest does not fit the body');
  }
}

function checkDate(arrival: Arrival): void {
  const date = arrival.header('Date');
  if (date !== undefined && !(Math.abs(Date.parse(date) - arrival.hub.now().getTime()) <= DATE_TOLERANCE_MS)) {
    throw invalid('Date is more than five minutes away');
  }
}

function invalid(problem: string): Refusal {
  return new Refusal(401, 'SIGNATURE_INVALID', problem);
}
