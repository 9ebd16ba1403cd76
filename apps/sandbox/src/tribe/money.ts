import { Big } from 'big.js';

/** Decimals of a currency by ISO 4217: 2 for EUR, 0 for JPY; undefined for a code that is none. */
export function decimalsOf(currency: string): number | undefined {
  if (!/^[A-Z]{3}$/.test(currency) || !CURRENCIES.has(currency)) {
    return undefined;
  }
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** A decimal text with the currency's decimals. */
export function amountText(amount: Big, currency: string): string {
  return amount.toFixed(decimalsOf(currency) ?? 2);
}

/** Says what is wrong with an instructed amount; undefined when nothing is. */
export function amountProblem(amount: string, currency: string): string | undefined {
  const decimals = decimalsOf(currency);
  if (decimals === undefined) {
    return undefined;
  }
  if (!/^\d{1,11}(\.\d{1,2})?$/.test(amount)) {
    return 'must be a positive decimal text such as 123.22';
  }
  if ((amount.split('.')[1] ?? '').length > decimals) {
    return `has more decimals than ${currency}`;
  }
  return new Big(amount).lte(0) ? 'must be greater than zero' : undefined;
}
