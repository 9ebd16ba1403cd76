import type { ScaApproach } from '@tributary/domain';
import type { InstitutionDirectory } from '../port/index.js';
import { offeredProducts, offeredServices } from './payments/offer.js';
import type { Xs2aSettings } from './settings.js';

/** The one bank behind this interface. `reference` is fixed, so that a new name or BIC does not make a second institution. */
export function institutionDirectory(settings: Xs2aSettings): InstitutionDirectory {
  const { institution, maxConsentDays = null } = settings;
  const everyApproach: readonly ScaApproach[] = settings.oauth
    ? ['redirect', 'embedded', 'decoupled', 'oauth']
    : ['redirect', 'embedded', 'decoupled'];
  const schemes = [...new Set(offeredProducts(settings).map(({ scheme }) => scheme))];
  return {
    list: () =>
      Promise.resolve([
        {
          reference: 'bank',
          name: institution.name,
          bic: institution.bic,
          country: institution.country,
          scaApproaches: settings.scaApproaches ?? everyApproach,
          paymentSchemes: offeredServices(settings).length === 0 ? [] : schemes,
          maxConsentDays,
          status: 'available',
        },
      ]),
  };
}
