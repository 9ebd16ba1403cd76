import type { ScaApproach } from '@tributary/domain';
import type { InstitutionDirectory } from '../port/index.js';
import { allProducts, paymentProducts } from './payments/products.js';
import type { Xs2aSettings } from './settings.js';

/** The one bank behind this interface. `reference` is fixed, so that a new name or BIC does not make a second institution. */
export function institutionDirectory(settings: Xs2aSettings): InstitutionDirectory {
  const { institution, maxConsentDays = null, paymentProducts: offered = allProducts } = settings;
  const everyApproach: readonly ScaApproach[] = settings.oauth
    ? ['redirect', 'embedded', 'decoupled', 'oauth']
    : ['redirect', 'embedded', 'decoupled'];
  return {
    list: () =>
      Promise.resolve([
        {
          reference: 'bank',
          name: institution.name,
          bic: institution.bic,
          country: institution.country,
          scaApproaches: settings.scaApproaches ?? everyApproach,
          paymentSchemes: offered.map((product) => paymentProducts[product].scheme),
          maxConsentDays,
          status: 'available',
        },
      ]),
  };
}
