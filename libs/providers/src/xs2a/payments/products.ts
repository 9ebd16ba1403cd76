import type { PaymentScheme } from '@tributary/domain';

/** What a product of the framework can carry (Implementation Guidelines 1.3, section 5.3). */
interface ProductRow {
  readonly scheme: PaymentScheme;
  /** Only this currency; null: any. */
  readonly currency: string | null;
  readonly ibanOnly: boolean;
  /** `endToEndIdentification` does not exist for cross-border transfers. */
  readonly endToEndId: boolean;
}

/** The four payment products of the framework in their JSON form. */
export const paymentProducts = {
  'sepa-credit-transfers': { scheme: 'SEPA_CREDIT_TRANSFER', currency: 'EUR', ibanOnly: true, endToEndId: true },
  'instant-sepa-credit-transfers': { scheme: 'SEPA_INSTANT', currency: 'EUR', ibanOnly: true, endToEndId: true },
  'target-2-payments': { scheme: 'TARGET2', currency: 'EUR', ibanOnly: false, endToEndId: true },
  'cross-border-credit-transfers': { scheme: 'CROSS_BORDER', currency: null, ibanOnly: false, endToEndId: false },
} as const satisfies Record<string, ProductRow>;
export type PaymentProduct = keyof typeof paymentProducts;

export const allProducts = Object.keys(paymentProducts).filter(
  (name): name is PaymentProduct => name in paymentProducts,
);

/** The product for a scheme among those that the bank offers; SEPA is what an order without a scheme means. */
export function productFor(scheme: string | undefined, offered: readonly PaymentProduct[]): PaymentProduct | undefined {
  const wanted = scheme ?? 'SEPA_CREDIT_TRANSFER';
  return offered.find((product) => paymentProducts[product].scheme === wanted);
}
