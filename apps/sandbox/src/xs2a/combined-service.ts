import type { Call } from './call.js';
import { findConsent } from './consents.endpoints.js';
import type { NewSubject } from './subject.js';
import { TppError } from './tpp-error.js';

/**
 * Combined service: a payment with the Consent-ID of a valid consent that asked for it belongs to the session in which
 * the PSU gave the consent, so the bank knows the PSU and wants no password again.
 * @throws TppError 401 CONSENT_INVALID for a consent that is not valid or not combined; 401 PSU_CREDENTIALS_INVALID for
 * a consent of another PSU.
 */
export function joinSession(call: Call, context: NewSubject): NewSubject {
  const id = call.header('Consent-ID');
  if (id === undefined) {
    return context;
  }
  const consent = findConsent(call, id);
  if (consent.status !== 'valid' || !consent.combinedService) {
    const why = consent.status === 'valid' ? 'was not given for a combined service' : `is ${consent.status}`;
    throw new TppError(401, 'CONSENT_INVALID', `The consent ${why}`, 'Consent-ID');
  }
  if (context.psu && context.psu !== consent.psu) {
    throw new TppError(401, 'PSU_CREDENTIALS_INVALID', 'The consent is of another PSU', 'PSU-ID');
  }
  return { ...context, psu: consent.psu, preStep: true };
}
