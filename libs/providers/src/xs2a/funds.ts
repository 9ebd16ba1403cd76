import { formatMoney } from '@tributary/domain';
import type { FundsConfirmation } from '../port/index.js';
import { wireIdentifier } from './access.js';
import type { Xs2aCaller } from './caller.js';
import { fundsAnswer } from './wire.js';

/** Whether an amount is available now (Implementation Guidelines 1.3, section 10). */
export function createFunds(calls: Xs2aCaller): FundsConfirmation {
  return {
    async confirm({ account, amount, consent }, context) {
      const body = {
        account: { ...wireIdentifier(account.identifier), currency: account.currency },
        instructedAmount: { currency: amount.currency, amount: formatMoney(amount) },
      };
      const url = calls.url('v1', 'funds-confirmations');
      const spec = { operation: 'confirmFunds', service: 'funds', method: 'POST', url, body } as const;
      const caller = {
        psu: consent?.psu ?? null,
        tokens: consent?.tokens ?? null,
        consentReference: consent?.reference,
      };
      return (await calls.call(spec, caller, context, fundsAnswer)).value.fundsAvailable;
    },
  };
}
