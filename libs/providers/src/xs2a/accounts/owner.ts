import type { AccountInformation } from '../../port/index.js';
import { accountCaller, ownUrl } from './account-state.js';
import type { Xs2aClient } from '../client.js';
import { accountDetails } from './wire.js';

/** Who owns an account, by the details of it (Implementation Guidelines 1.3, section 6.5.2); null where the bank does not say. */
export function createOwner(client: Xs2aClient): Required<Pick<AccountInformation, 'readParty'>> {
  return {
    async readParty(consent, account, context) {
      const spec = { operation: 'readParty', service: 'ais', method: 'GET', url: ownUrl(client, account) } as const;
      const { value } = await client.call(
        spec,
        accountCaller(consent, spec.operation, context),
        context,
        accountDetails,
      );
      return { name: value.account.ownerName ?? null };
    },
  };
}
