import type { X509Certificate } from 'node:crypto';
import { serialOf } from '../../kit/pki/certificate.js';
import * as x509 from '../../kit/pki/x509.js';
import { TppError } from '../tpp-error.js';
import { QC_STATEMENTS, rolesIn, type Psd2Role } from '../../kit/pki/qc-statements.js';

/** What a bank did about a certificate. */
export const CERTIFICATE_STATES = ['good', 'blocked', 'revoked'] as const;
export type CertificateState = (typeof CERTIFICATE_STATES)[number];

/** What a bank holds against a TPP's certificate. */
export interface CertificatePolicy {
  anchors: readonly X509Certificate[];
  /** The bank's own time. */
  now: Date;
  /** By serial number as {@link serialOf} writes it. */
  states: ReadonlyMap<string, CertificateState>;
  /** One of these must be among its roles; empty: no matter which. */
  roles: readonly Psd2Role[];
}

/**
 * Checks a TPP's certificate: issued by an anchor, in time, not blocked, with the role.
 * @throws TppError 401 CERTIFICATE_INVALID, CERTIFICATE_EXPIRED, CERTIFICATE_BLOCKED, CERTIFICATE_REVOKED, ROLE_INVALID.
 */
export function checkCertificate(certificate: X509Certificate, policy: CertificatePolicy): void {
  const { anchors, now, states, roles } = policy;
  const issued = anchors.some((anchor) => certificate.checkIssued(anchor) && certificate.verify(anchor.publicKey));
  if (!issued) {
    throw new TppError(401, 'CERTIFICATE_INVALID', 'The certificate was not issued by a trusted authority');
  }
  if (now < new Date(certificate.validFrom) || now > new Date(certificate.validTo)) {
    throw new TppError(401, 'CERTIFICATE_EXPIRED', `The certificate is valid until ${certificate.validTo}`);
  }
  const state = states.get(serialOf(certificate)) ?? 'good';
  if (state !== 'good') {
    throw new TppError(401, `CERTIFICATE_${state.toUpperCase()}`, `The certificate is ${state}`);
  }
  const held = rolesOf(certificate);
  if (roles.length > 0 && !roles.some((role) => held.includes(role))) {
    throw new TppError(
      401,
      'ROLE_INVALID',
      `The certificate has ${held.join(', ') || 'no role'}: ${roles.join(' or ')} is needed`,
    );
  }
}

function rolesOf(certificate: X509Certificate): Psd2Role[] {
  const extension = new x509.X509Certificate(certificate.raw).getExtension(QC_STATEMENTS);
  return extension ? rolesIn(new Uint8Array(extension.value)) : [];
}
