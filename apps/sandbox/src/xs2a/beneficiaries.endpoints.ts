import { assertAcceptsJson } from './accept.js';
import { openAccess } from './ais-access.js';
import type { Answer } from './answer.js';
import { withBadRow } from './bad-row.js';
import type { Call } from './call.js';
import type { Endpoint } from './endpoint.js';
import { completeRead, countRead } from './frequency.js';
import { TppError } from './tpp-error.js';

/**
 * The PSU's trusted beneficiaries: `/v1/trusted-beneficiaries`, an extended service of NextGenPSD2 that the OpenAPI file
 * of 1.3.11 knows by its consent only.
 */
export const beneficiaryEndpoints: readonly Endpoint[] = [
  { operation: 'beneficiaries.list', method: 'GET', path: '/v1/trusted-beneficiaries', handle: list },
];

function list(call: Call): Answer {
  assertAcceptsJson(call);
  const { consent, rights } = openAccess(call);
  if (!rights.beneficiaries) {
    throw new TppError(401, 'CONSENT_INVALID', 'The consent gives no right to trusted beneficiaries');
  }
  countRead(call, consent, 'beneficiaries.list');
  completeRead(call, consent, 'beneficiaries.list');
  const views = (consent.psu?.trustedBeneficiaries ?? []).map(({ id, name, iban, alias }) => ({
    trustedBeneficiaryId: id,
    creditorName: name,
    creditorAccount: { iban },
    ...(alias === undefined ? {} : { creditorAlias: alias }),
  }));
  const trustedBeneficiaries = withBadRow(call.bank.profile, views, 'beneficiary');
  return { status: 200, body: { trustedBeneficiaries } };
}
