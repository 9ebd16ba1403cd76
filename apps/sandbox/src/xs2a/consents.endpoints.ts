import type { Answer } from './answer.js';
import { accessView } from './access.js';
import { authorisationEndpoints } from './authorisations.endpoints.js';
import type { Call } from './call.js';
import { consentRights, type Consent } from './consent.js';
import { createConsent, moveConsent } from './consent-life.js';
import { readConsentOrder } from './consent-request.js';
import type { Endpoint } from './endpoint.js';
import { assertNoTokenForOAuth, beginSca, readScaContext } from './new-subject.js';
import { resolveApproach } from './approach.js';
import { assertOwnsAccess } from './subject-rules.js';
import { TppError } from './tpp-error.js';

const ONE = '/v1/consents/:consentId';

/** Account information consents: `/v1/consents`. */
export const consentEndpoints: readonly Endpoint[] = [
  { operation: 'consents.create', method: 'POST', path: '/v1/consents', handle: create },
  { operation: 'consents.get', method: 'GET', path: ONE, handle: (call) => get(call, findConsent(call)) },
  {
    operation: 'consents.status',
    method: 'GET',
    path: `${ONE}/status`,
    handle: (call) => ({ status: 200, body: { consentStatus: findConsent(call).status } }),
  },
  { operation: 'consents.delete', method: 'DELETE', path: ONE, handle: terminate },
  ...authorisationEndpoints('consents', `${ONE}/authorisations`, findConsent),
];

function create(call: Call): Answer {
  const context = readScaContext(call, 'UNAUTHORIZED');
  assertNoTokenForOAuth(call, context);
  const order = readConsentOrder(call.bank, call.body());
  const approach = resolveApproach(call.bank.profile, context.psu, context.wish);
  if (order.access.shape === 'bankOffered' && approach === 'embedded') {
    throw new TppError(400, 'SERVICE_INVALID', 'The PSU chooses the accounts at the bank: not in embedded', 'access');
  }
  if (context.psu) {
    assertOwnsAccess(order.access, context.psu);
  }
  const consent = createConsent(call.bank, context, order);
  const sca = beginSca(call, consent);
  return {
    status: 201,
    headers: { 'ASPSP-SCA-Approach': sca.approach, Location: call.links.api(consent.path).href },
    body: {
      consentStatus: consent.status,
      consentId: consent.id,
      ...sca.data,
      _links: {
        self: call.links.api(consent.path),
        status: call.links.api(`${consent.path}/status`),
        ...sca.links,
      },
    },
  };
}

function get(call: Call, consent: Consent): Answer {
  const valid = consent.status === 'valid';
  return {
    status: 200,
    body: {
      access: accessView(consent.access, valid ? consentRights(consent) : undefined),
      recurringIndicator: consent.recurring,
      validUntil: consent.validUntil,
      frequencyPerDay: consent.frequencyPerDay,
      lastActionDate: consent.lastActionDate,
      consentStatus: consent.status,
      ...(valid ? { _links: { account: call.links.api('/v1/accounts') } } : {}),
    },
  };
}

/** A second DELETE changes nothing and is no mistake. */
function terminate(call: Call): Answer {
  moveConsent(call.bank, findConsent(call), 'terminatedByTpp');
  return { status: 204 };
}

/** @throws TppError 403 CONSENT_UNKNOWN, also for the consent of another TPP. */
export function findConsent(call: Call, id = call.param('consentId')): Consent {
  const consent = call.bank.consents.get(id);
  if (!consent || consent.tpp !== call.tpp) {
    throw new TppError(403, 'CONSENT_UNKNOWN', 'No such consent of this TPP');
  }
  return consent;
}
