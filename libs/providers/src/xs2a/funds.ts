import { formatMoney } from '@tributary/domain';
import type { FundsConfirmation } from '../port/index.js';
import { wireIdentifier } from './accounts/access.js';
import type { Xs2aClient } from './client.js';
import { fundsAnswer } from './wire.js';

/** Whether an amount is available now (Implementation Guidelines 1.3, section 10). */
export function createFunds(client: Xs2aClient): FundsConfirmation {
  return {
    async confirm({ account, amount, consent }, context) {
      const body = {
        account: { ...wireIdentifier(account.identifier), currency: account.currency },
        instructedAmount: { currency: amount.currency, amount: formatMoney(amount) },
      };
      const url = client.url('v1', 'funds-confirmations');
      const spec = { operation: 'confirmFunds', service: 'funds', method: 'POST', url, body } as const;
      const caller = {
        psu: null,
        tokens: consent?.tokens ?? null,
        // A Consent-ID here is one for the confirmation of funds (consents API v2), never one for account information.
        consentReference: consent?.access.includes('fundsConfirmation') ? consent.reference : undefined,
      };
      return (await client.call(spec, caller, context, fundsAnswer)).value.fundsAvailable;
    },
  };
}
