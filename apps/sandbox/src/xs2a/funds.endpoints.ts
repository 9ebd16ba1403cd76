import { Shape } from '../kit/shape.js';
import { readAccountReference, refersTo } from './account-reference.js';
import { grantOf } from './access-token.js';
import type { Answer } from './answer.js';
import type { Call } from './call.js';
import { available } from './customer.js';
import type { Endpoint } from './endpoint.js';
import { readAmount } from './money.js';
import { TppError } from './tpp-error.js';

/** Confirmation of funds: `/v1/funds-confirmations`. */
export const fundsEndpoints: readonly Endpoint[] = [
  { operation: 'funds.confirm', method: 'POST', path: '/v1/funds-confirmations', handle: confirm },
];

function confirm(call: Call): Answer {
  grantOf(call);
  const body: Shape = call.body();
  const reference = readAccountReference(body.object('account').plain(), 'account');
  const { amount, currency } = readAmount(body.object('instructedAmount'));
  body.optionalText('cardNumber', { max: 35 });
  body.optionalText('payee', { max: 70 });
  const account = call.bank.customers.account(reference.value);
  if (!account || !refersTo(reference, account)) {
    throw new TppError(400, 'RESOURCE_UNKNOWN', 'This bank does not have the account', 'account');
  }
  if (account.currency !== currency) {
    throw new TppError(400, 'PARAMETER_NOT_CONSISTENT', `The account is in ${account.currency}`, 'instructedAmount');
  }
  return { status: 200, body: { fundsAvailable: available(account).gte(amount) } };
}
