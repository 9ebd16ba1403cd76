import { readAccountReference, refersTo } from '../account-reference.js';
import { grantOf } from '../access-token.js';
import type { Answer } from '../answer.js';
import type { Call } from '../call.js';
import { available, type Account } from '../customer.js';
import type { Endpoint } from '../endpoint.js';
import { readAmount } from '../money.js';
import { TppError } from '../tpp-error.js';
import { findFundsConsent } from './funds-consents.endpoints.js';

/** Confirmation of funds: `/v1/funds-confirmations`. */
export const fundsEndpoints: readonly Endpoint[] = [
  { operation: 'funds.confirm', method: 'POST', path: '/v1/funds-confirmations', handle: confirm },
];

function confirm(call: Call): Answer {
  grantOf(call);
  const body = call.body();
  const reference = readAccountReference(body.object('account').plain(), 'account');
  const { amount, currency } = readAmount(body.object('instructedAmount'));
  const cardNumber = body.optionalText('cardNumber', { max: 35 });
  body.optionalText('payee', { max: 70 });
  const account = call.bank.customers.account(reference.value);
  if (!account || !refersTo(reference, account)) {
    throw new TppError(400, 'RESOURCE_UNKNOWN', 'This bank does not have the account', 'account');
  }
  assertAllowed(call, account, cardNumber);
  if (account.currency !== currency) {
    throw new TppError(400, 'PARAMETER_NOT_CONSISTENT', `The account is in ${account.currency}`, 'instructedAmount');
  }
  return { status: 200, body: { fundsAvailable: available(account).gte(amount) } };
}

/**
 * The consent behind the question, by Consent-ID; a bank may do without.
 * @throws TppError 400 NO_PIIS_ACTIVATION, CONSENT_UNKNOWN, CARD_INVALID; 401 CONSENT_INVALID, CONSENT_EXPIRED.
 */
function assertAllowed(call: Call, account: Account, cardNumber: string | undefined): void {
  const id = call.header('Consent-ID');
  if (id === undefined) {
    if (call.bank.profile.fundsConsent === 'required') {
      throw new TppError(400, 'NO_PIIS_ACTIVATION', 'The PSU has not activated the account for this TPP', 'Consent-ID');
    }
    return;
  }
  const consent = findFundsConsent(call, id, 400);
  if (consent.status === 'expired') {
    throw new TppError(401, 'CONSENT_EXPIRED', 'The consent has expired');
  }
  if (consent.status !== 'valid' || consent.account !== account) {
    const why = consent.status === 'valid' ? 'is for another account' : `is ${consent.status}`;
    throw new TppError(401, 'CONSENT_INVALID', `The consent ${why}`, 'Consent-ID');
  }
  if (consent.cardNumber !== undefined && cardNumber !== undefined && cardNumber !== consent.cardNumber) {
    throw new TppError(400, 'CARD_INVALID', 'The consent is for another card', 'cardNumber');
  }
}
