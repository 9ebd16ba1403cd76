import type { Call } from '../call.js';
import { TppError } from '../tpp-error.js';
import { SERVICES, type PaymentService } from './services.js';

const JSON_PRODUCTS = [
  'sepa-credit-transfers',
  'instant-sepa-credit-transfers',
  'target-2-payments',
  'cross-border-credit-transfers',
] as const;

/** Every product that this bank offers; the `pain.001-` ones are XML. */
export const PRODUCTS: readonly string[] = [...JSON_PRODUCTS, ...JSON_PRODUCTS.map((product) => `pain.001-${product}`)];

/** The one product of a bank with `products: own`. */
const OWN_PRODUCT = 'domestic-credit-transfers';

export function isXmlProduct(product: string): boolean {
  return product.startsWith('pain.001-');
}

/**
 * Service and product of the path.
 * @throws TppError 400 PARAMETER_NOT_SUPPORTED for a service, 404 PRODUCT_UNKNOWN for a product that is not offered.
 */
export function readProduct(call: Call): { service: PaymentService; product: string } {
  const service = SERVICES.find((name) => name === call.param('service'));
  const product = call.param('product');
  if (service === undefined || !call.bank.profile.services.includes(service)) {
    const offered = call.bank.profile.services.join(', ');
    throw new TppError(400, 'PARAMETER_NOT_SUPPORTED', `This bank offers ${offered}`, 'payment-service');
  }
  const products = call.bank.profile.products === 'own' ? [OWN_PRODUCT] : PRODUCTS;
  if (!products.includes(product)) {
    throw new TppError(404, 'PRODUCT_UNKNOWN', `Offered are ${products.join(', ')}`, 'payment-product');
  }
  if (service === 'periodic-payments' && product.includes('instant-')) {
    throw new TppError(404, 'PRODUCT_UNKNOWN', 'Instant payments are not periodic at this bank', 'payment-product');
  }
  return { service, product };
}
