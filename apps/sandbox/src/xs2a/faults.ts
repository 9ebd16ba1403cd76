import type { EventEmitter } from 'node:events';
import type { Fault } from '../kit/faults.js';
import type { Answer } from './answer.js';
import type { Bank, BankFault } from './bank.js';
import type { Call } from './call.js';
import { glanceAtOrder } from './payments/glance.js';
import { TppError } from './tpp-error.js';

/** What a wire fault does to a request: another answer, or a connection that is cut. */
export type FaultEffect = Answer | 'cut' | undefined;

/** Lets the faults of one moment act, in the order in which they were arranged. The first that spoils the answer wins. */
export async function actFaults(
  bank: Bank,
  caller: EventEmitter,
  faults: readonly Fault<BankFault>[],
  when: Fault['when'],
): Promise<FaultEffect> {
  for (const fault of faults.filter((candidate) => candidate.when === when)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is meant: delays add up
    const effect = await act(bank, caller, fault);
    if (effect !== undefined) {
      return effect;
    }
  }
  return undefined;
}

async function act(bank: Bank, caller: EventEmitter, fault: Fault<BankFault>): Promise<FaultEffect> {
  switch (fault.kind) {
    case 'delay':
      await bank.stalls.wait(caller, fault.ms);
      return undefined;
    case 'hang':
      await bank.stalls.wait(caller);
      return 'cut';
    case 'reset':
      return 'cut';
    case 'error': {
      const status = fault.httpStatus ?? 500;
      const code = fault.code ?? (status === 503 ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR');
      return {
        status,
        body: new TppError(status, code, fault.reason ?? 'Arranged by a fault').body(bank.profile.errors),
      };
    }
    case 'wrongJson':
      return {
        status: fault.httpStatus ?? 200,
        body: '{"accounts": [{"iban": "DE',
        headers: { 'Content-Type': 'application/json' },
      };
    case 'html':
      return {
        status: fault.httpStatus ?? 200,
        body: '<!doctype html><html lang="en"><title>Maintenance</title><p>We are back soon.</p></html>',
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
      };
    case 'revokeConsent':
    case 'slowSettlement':
    case 'reject':
    case 'transactionStatus':
      return undefined;
  }
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
