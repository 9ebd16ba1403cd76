import type { Call } from '../call.js';
import type { Operation } from '../operations.js';
import { TppError } from '../tpp-error.js';
import { neededRoles } from './needed-roles.js';
import { checkCertificate } from './tpp-certificate.js';

/**
 * Checks the certificate with which the TPP came by TLS (QWAC).
 * @throws TppError 401 CERTIFICATE_MISSING without one, or what {@link checkCertificate} says.
 */
export function checkClientCertificate(call: Call, operation: Operation): void {
  const { clientCertificate, bank, anchors, encrypted } = call;
  if (!clientCertificate) {
    const why = encrypted ? 'The TLS client has no certificate' : 'Come by TLS with a client certificate';
    throw new TppError(401, 'CERTIFICATE_MISSING', why);
  }
  checkCertificate(clientCertificate, {
    anchors,
    now: bank.now(),
    states: bank.certificateStates,
    roles: neededRoles(operation),
  });
}
