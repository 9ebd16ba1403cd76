import { X509Certificate } from 'node:crypto';

/** Lower-case hex without leading zeros, as keyId has it. */
export function serialOf(certificate: X509Certificate): string {
  return certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, '');
}

/** The issuer by RFC 2253: most specific part first, joined by commas, special characters escaped. */
export function issuerOf(certificate: X509Certificate): string {
  return certificate.issuer.split('\n').toReversed().join(',');
}

/** organizationIdentifier of the subject, such as `PSDDE-BAFIN-123456`. */
export function organisationOf(certificate: X509Certificate): string | undefined {
  return /^organizationIdentifier=(.+)$/m.exec(certificate.subject)?.[1];
}

/** Base64 of DER on one line, as in TPP-Signature-Certificate; undefined when it is something else. */
export function readCertificate(header: string): X509Certificate | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(header)) {
    return undefined;
  }
  try {
    return new X509Certificate(Buffer.from(header, 'base64'));
  } catch {
    return undefined;
  }
}
