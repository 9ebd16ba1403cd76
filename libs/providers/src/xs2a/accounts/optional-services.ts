import type { AccountInformation, ProviderDeps } from '../../port/index.js';
import type { Xs2aClient } from '../client.js';
import type { OptionalService, Xs2aSettings } from '../settings.js';
import { createBeneficiaries } from './beneficiaries.js';
import { createOwner } from './owner.js';
import { createStandingOrders } from './standing-orders.js';
import { createTransactionDetails } from './transaction-details.js';

/** What of account information a bank may offer or not, as far as the settings say that this one does. */
export function createOptionalServices(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
): Partial<AccountInformation> {
  const offers = (service: OptionalService): boolean => settings.optionalServices?.includes(service) === true;
  return {
    ...(offers('transactionDetails') && createTransactionDetails(settings, client)),
    ...(offers('standingOrders') && createStandingOrders(settings, deps, client)),
    ...(offers('trustedBeneficiaries') && createBeneficiaries(client)),
    ...(offers('ownerName') && createOwner(client)),
  };
}
