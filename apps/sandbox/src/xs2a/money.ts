import { Big } from 'big.js';
import type { Shape } from '../kit/shape.js';
import { ShapeError } from '../kit/shape.js';
import { CURRENCY, checkCurrency } from './account-reference.js';

/** Decimals of a currency by ISO 4217: 2 for EUR, 0 for JPY. */
export function decimalsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

const decimals = new Map<string, number>();

/** `{ currency, amount }` of the specification; the amount is a decimal text with the currency's decimals. */
export function amountView(amount: Big, currency: string): { currency: string; amount: string } {
  let digits = decimals.get(currency);
  if (digits === undefined) {
    digits = decimalsOf(currency);
    decimals.set(currency, digits);
  }
  return { currency, amount: amount.toFixed(digits) };
}

/**
 * Reads an instructed amount: greater than zero, with at most the currency's decimals.
 * @throws ShapeError naming the wrong field.
 */
export function readAmount(shape: Shape): { amount: Big; currency: string } {
  const currency = checkCurrency(shape.text('currency', CURRENCY), shape.at('currency'));
  const text = shape.text('amount', {
    pattern: /^[0-9]{1,14}(\.[0-9]{1,3})?$/,
    expected: 'a decimal text such as 12.34, without sign and exponent',
  });
  const amount = new Big(text);
  if (amount.lte(0)) {
    throw new ShapeError(shape.at('amount'), 'must be greater than zero');
  }
  if ((text.split('.')[1] ?? '').length > decimalsOf(currency)) {
    throw new ShapeError(shape.at('amount'), `has more decimals than ${currency}`);
  }
  return { amount, currency };
}
