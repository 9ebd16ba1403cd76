import type { PaymentScheme } from '@tributary/domain';

/** Payment schemes of Tribe (BANK API v2, "Payment schemes") in our words. SCTI never stands in for SCT, nor the reverse. */
export const paymentSchemes = {
  SCT: 'SEPA_CREDIT_TRANSFER',
  SCTI: 'SEPA_INSTANT',
  FPS: 'FASTER_PAYMENTS',
  BACS: 'BACS',
  CHAPS: 'CHAPS',
  SWIFT: 'SWIFT',
} as const satisfies Record<string, PaymentScheme>;

export type WirePaymentScheme = keyof typeof paymentSchemes;

/** Our word for a scheme of theirs, compared exactly; undefined for any other. */
export function schemeOf(word: string): PaymentScheme | undefined {
  const found = Object.entries(paymentSchemes).find(([wire]) => wire === word);
  return found?.[1];
}

/** Their word for a scheme of ours; undefined where they have none. */
export function wireSchemeOf(scheme: string): WirePaymentScheme | undefined {
  const words = Object.keys(paymentSchemes) as WirePaymentScheme[];
  return words.find((word) => paymentSchemes[word] === scheme);
}
