import { formatMoney } from '@tributary/domain';
import { type CallContext, type FundsConfirmation, ProviderError } from '../port/index.js';
import type { TribeClient } from './client.js';
import { type Consents, consentStateOf } from './consents.js';
import { wireReference } from './identifiers.js';
import { providerId } from './settings.js';
import { fundsAnswer } from './wire.js';

const operation = 'confirmFunds';

/** Whether an amount is there at this instant; nothing is reserved (TPP API v2, POST /funds-confirmations). */
export function createFunds(client: TribeClient, consents: Consents): FundsConfirmation {
  return {
    ...consents,
    async confirm({ account, amount, consent }, context) {
      if (consent === undefined || !consentStateOf(consent).scopes.includes('funds_confirmations')) {
        const why =
          'The PSU has not granted funds_confirmations with this consent: make one with access fundsConfirmation.';
        throw refused(why, context);
      }
      const reference = wireReference(account.identifier);
      if (reference === undefined) throw refused('Tribe has no name of this kind for an account.', context);
      const body = { account: reference, instructedAmount: { amount: formatMoney(amount), currency: amount.currency } };
      const path = ['funds-confirmations'];
      const spec = { operation, method: 'POST', path, body, tokens: consent.tokens } as const;
      return (await client.call(spec, context, fundsAnswer)).value.fundsAvailable;
    },
  };
}

function refused(message: string, { traceId }: CallContext): ProviderError {
  return new ProviderError({ kind: 'unsupported', provider: providerId, operation, traceId, message });
}
