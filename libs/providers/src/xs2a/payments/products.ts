import { type AnyOrder, isBulk, type PaymentScheme } from '@tributary/domain';

/** Services of the framework for payments (Implementation Guidelines 1.3, section 5.2), by their path segment. */
export const paymentServices = ['payments', 'bulk-payments', 'periodic-payments'] as const;
export type PaymentService = (typeof paymentServices)[number];

/** The service that an order needs. */
export function serviceFor(order: AnyOrder): PaymentService {
  if (isBulk(order)) return 'bulk-payments';
  return order.recurrence === undefined ? 'payments' : 'periodic-payments';
}

/** What a product can carry, and how. */
export interface ProductRow {
  readonly scheme: PaymentScheme;
  /** `xml`: as pain.001.001.03. */
  readonly format: 'json' | 'xml';
  /** Only this currency; null: any. */
  readonly currency: string | null;
  readonly ibanOnly: boolean;
  /** `endToEndIdentification` does not exist for cross-border transfers in JSON. */
  readonly endToEndId: boolean;
  /** pain.001: code of the service level, and of the local instrument. */
  readonly serviceLevel?: string;
  readonly localInstrument?: string;
}

const sepa = { currency: 'EUR', ibanOnly: true, endToEndId: true, serviceLevel: 'SEPA' } as const;
const transfer = { ...sepa, scheme: 'SEPA_CREDIT_TRANSFER' } as const;
const instant = { ...sepa, scheme: 'SEPA_INSTANT', localInstrument: 'INST' } as const;
const target2 = {
  scheme: 'TARGET2',
  currency: 'EUR',
  ibanOnly: false,
  endToEndId: true,
  serviceLevel: 'URGP',
} as const;
const crossBorder = { scheme: 'CROSS_BORDER', currency: null, ibanOnly: false } as const;

/** The payment products of the framework (Implementation Guidelines 1.3, section 5.3). */
export const standardProducts = {
  'sepa-credit-transfers': { ...transfer, format: 'json' },
  'instant-sepa-credit-transfers': { ...instant, format: 'json' },
  'target-2-payments': { ...target2, format: 'json' },
  'cross-border-credit-transfers': { ...crossBorder, format: 'json', endToEndId: false },
  'pain.001-sepa-credit-transfers': { ...transfer, format: 'xml' },
  'pain.001-instant-sepa-credit-transfers': { ...instant, format: 'xml' },
  'pain.001-target-2-payments': { ...target2, format: 'xml' },
  'pain.001-cross-border-credit-transfers': { ...crossBorder, format: 'xml', endToEndId: true },
} as const satisfies Record<string, ProductRow>;
export type StandardProduct = keyof typeof standardProducts;

/** A product of this bank with its path segment. */
export type PaymentProduct = ProductRow & { readonly name: string };
