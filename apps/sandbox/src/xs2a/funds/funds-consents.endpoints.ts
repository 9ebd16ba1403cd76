import { randomUUID } from 'node:crypto';
import { isDate } from '../../kit/clock.js';
import { readAccountReference, refersTo } from '../account-reference.js';
import type { Answer } from '../answer.js';
import { authorisationEndpoints } from '../authorisations.endpoints.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { assertNoTokenForOAuth, beginSca, readScaContext } from '../new-subject.js';
import { assertOwns } from '../subject-rules.js';
import { TppError, formatError } from '../tpp-error.js';
import { moveFundsConsent, type FundsConsent } from './funds-consent.js';

const LIST = '/v2/consents/confirmation-of-funds';
const ONE = `${LIST}/:consentId`;

/** Consents for the confirmation of funds, version 2 of the consent API: `/v2/consents/confirmation-of-funds`. */
export const fundsConsentEndpoints: readonly Endpoint[] = [
  { operation: 'fundsConsents.create', method: 'POST', path: LIST, handle: create },
  { operation: 'fundsConsents.get', method: 'GET', path: ONE, handle: (call) => get(findFundsConsent(call)) },
  {
    operation: 'fundsConsents.status',
    method: 'GET',
    path: `${ONE}/status`,
    handle: (call) => ({ status: 200, body: { consentStatus: findFundsConsent(call).status } }),
  },
  { operation: 'fundsConsents.delete', method: 'DELETE', path: ONE, handle: terminate },
  ...authorisationEndpoints('fundsConsents', `${ONE}/authorisations`, (call) => findFundsConsent(call)),
];

function create(call: Call): Answer {
  const context = readScaContext(call, 'UNAUTHORIZED');
  assertNoTokenForOAuth(call, context);
  const consent = readOrder(call, context);
  if (consent.psu) {
    assertOwns(consent, consent.psu);
  }
  const { bank } = call;
  bank.fundsConsents.set(consent.id, consent);
  bank.schedule.at(bank.clock.nowMs() + bank.profile.confirmationSeconds * 1000, () => {
    if (consent.status === 'received') {
      moveFundsConsent(consent, 'rejected');
    }
  });
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

function readOrder(
  call: Call,
  context: Omit<FundsConsent, 'kind' | 'id' | 'path' | 'status' | 'account' | 'wire'>,
): FundsConsent {
  const body = call.body();
  const reference = readAccountReference(body.object('account').plain(), 'account');
  const cardNumber = body.optionalText('cardNumber', { max: 35 });
  const expiry = body.optionalText('cardExpiryDate', { max: 10 });
  if (expiry !== undefined && !isDate(expiry)) {
    throw formatError('cardExpiryDate', 'must be a date of the calendar, YYYY-MM-DD');
  }
  body.optionalText('cardInformation', { max: 140 });
  body.optionalText('registrationInformation', { max: 140 });
  const account = call.bank.customers.account(reference.value);
  if (!account || !refersTo(reference, account)) {
    throw new TppError(400, 'RESOURCE_UNKNOWN', 'This bank does not have the account', 'account');
  }
  const id = randomUUID();
  const wire = body.plain();
  return { ...context, kind: 'fundsConsent', id, path: `${LIST}/${id}`, status: 'received', account, cardNumber, wire };
}

function get(consent: FundsConsent): Answer {
  return { status: 200, body: { ...consent.wire, consentStatus: consent.status } };
}

/** A second DELETE changes nothing and is no mistake. */
function terminate(call: Call): Answer {
  moveFundsConsent(findFundsConsent(call), 'terminatedByTpp');
  return { status: 204 };
}

/** @throws TppError 403 CONSENT_UNKNOWN, also for the consent of another TPP; `status` is 400 where it is no path. */
export function findFundsConsent(call: Call, id = call.param('consentId'), status = 403): FundsConsent {
  const consent = call.bank.fundsConsents.get(id);
  if (!consent || consent.tpp !== call.tpp) {
    throw new TppError(status, 'CONSENT_UNKNOWN', 'No such consent of this TPP');
  }
  return consent;
}
