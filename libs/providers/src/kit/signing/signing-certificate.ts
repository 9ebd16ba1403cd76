import { type KeyObject, X509Certificate } from 'node:crypto';

/** A certificate as signatures refer to it. */
export interface SigningCertificate {
  /** Serial number: hexadecimal, lower case, no leading zeros. */
  readonly serial: string;
  /** Name of the issuer as RFC 2253 writes it: the most specific part first, `CN=...,O=...,C=...`. */
  readonly issuer: string;
  /** The certificate itself: base64 of its DER bytes on one line, without PEM armour. */
  readonly base64: string;
  readonly notAfter: Date;
  /** Whether `key` is the private key that belongs to it. */
  belongsTo(key: KeyObject): boolean;
}

/** Reads a certificate in PEM form. Throws where it is none. */
export function readSigningCertificate(pem: string): SigningCertificate {
  const certificate = new X509Certificate(pem);
  return {
    serial: certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''),
    issuer: rfc2253Name(certificate.issuer),
    base64: certificate.raw.toString('base64'),
    notAfter: new Date(certificate.validTo),
    belongsTo: (key) => certificate.checkPrivateKey(key),
  };
}

/**
 * Node writes a name with the country first, one part per line, the parts of one level joined by ` + `, and each value escaped as
 * RFC 2253 wants it (so no line feed is part of a value).
 */
export function rfc2253Name(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll(/(?<!\\) \+ (?=[A-Za-z0-9.]+=)/g, '+'))
    .toReversed()
    .join(',');
}
