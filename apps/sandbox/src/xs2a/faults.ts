import type { Fault } from '../kit/faults.js';
import type { WireAnswer } from '../kit/wire-faults.js';
import type { Bank, BankFault } from './bank.js';
import type { Call } from './call.js';
import { glanceAtOrder } from './payments/glance.js';
import { TppError } from './tpp-error.js';

/** The fault `error` in the bank's words. */
export function faultAnswer({ profile }: Bank, { httpStatus = 500, code, reason }: Fault<BankFault>): WireAnswer {
  const said = code ?? (httpStatus === 503 ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR');
  const error = new TppError(httpStatus, said, reason ?? 'Arranged by a fault');
  return { status: httpStatus, body: error.body(profile.errors) };
}

/** Whose call it is and about how much money, as far as the request tells; for matching faults only. */
export function faultSubject(call: Call): { customer?: string | undefined; amount?: string | undefined } {
  const consentId = call.params['consentId'] ?? call.header('Consent-ID') ?? '';
  const consent = call.bank.consents.get(consentId) ?? call.bank.fundsConsents.get(consentId);
  const basket = call.bank.baskets.get(call.params['basketId'] ?? '');
  const payment = call.bank.payments.get(call.params['paymentId'] ?? '');
  return {
    customer: call.header('PSU-ID') ?? consent?.psu?.username ?? payment?.psu?.username ?? basket?.psu?.username,
    amount: payment?.amount.toFixed() ?? glanceAtOrder(call.text).amount,
  };
}
