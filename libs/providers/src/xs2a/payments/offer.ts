import type { AnyOrder, PaymentScheme } from '@tributary/domain';
import type { Xs2aSettings } from '../settings.js';
import {
  type PaymentProduct,
  type PaymentService,
  paymentServices,
  type ProductRow,
  type StandardProduct,
  standardProducts,
} from './products.js';

const inJson: readonly StandardProduct[] = [
  'sepa-credit-transfers',
  'instant-sepa-credit-transfers',
  'target-2-payments',
  'cross-border-credit-transfers',
];

/** The services that the bank offers; none where it has no product. */
export function offeredServices(settings: Xs2aSettings): readonly PaymentService[] {
  return offeredProducts(settings).length === 0 ? [] : (settings.paymentServices ?? paymentServices);
}

/** The products that the bank offers, its own ones first. */
export function offeredProducts({ paymentProducts = inJson, profile }: Xs2aSettings): readonly PaymentProduct[] {
  const own = Object.entries(profile?.products ?? {}).map(([name, row]) => ({ ...row, name }));
  return [...own, ...paymentProducts.map((name) => ({ ...standardProducts[name], name }))];
}

/** The scheme for an order that names none: SEPA where it takes the currency, else the first on offer that does. */
export function schemeFor({ amount }: Pick<AnyOrder, 'amount'>, settings: Xs2aSettings): PaymentScheme {
  const fitting = offeredProducts(settings).filter(({ currency }) => currency === null || currency === amount.currency);
  return fitting.some(({ scheme }) => scheme === usual) ? usual : (fitting[0]?.scheme ?? usual);
}

const usual = 'SEPA_CREDIT_TRANSFER' satisfies PaymentScheme;

/** The product for an order among those that the bank offers. */
export function productFor(
  order: Pick<AnyOrder, 'amount' | 'scheme'>,
  settings: Xs2aSettings,
): PaymentProduct | undefined {
  const wanted = order.scheme ?? schemeFor(order, settings);
  return offeredProducts(settings).find((product) => product.scheme === wanted);
}

/** A product that was offered when a payment was sent, by its path segment, whatever the settings say by now. */
export function productNamed(name: string, settings: Xs2aSettings): PaymentProduct | undefined {
  const standard = Object.hasOwn(standardProducts, name)
    ? Object.entries(standardProducts).find(([known]) => known === name)?.[1]
    : undefined;
  const own = settings.profile?.products;
  const row: ProductRow | undefined =
    (own !== undefined && Object.hasOwn(own, name) ? own[name] : undefined) ?? standard;
  return row === undefined ? undefined : { ...row, name };
}
