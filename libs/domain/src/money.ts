import { currencyDecimals } from './currency.js';

/**
 * Money is an integer count of the currency's minor unit and the currency; never a float.
 * On the wire (ours and the banks') it is a decimal string.
 */
export interface Money {
  /** Count of minor units: 1234n is 12.34 EUR, 1234 JPY, 1.234 BHD. May be negative. */
  readonly minor: bigint;
  /** ISO 4217 alphabetic code, upper case. */
  readonly currency: string;
}

/** Says why a text is not an amount of money. The message never repeats the text: it can come from a bank. */
export class MoneyError extends Error {
  override readonly name = 'MoneyError';
  constructor(
    readonly code: 'format' | 'currency' | 'precision' | 'range',
    message: string,
  ) {
    super(message);
  }
}

const decimal = /^(-?)(\d{1,18})(?:\.(\d{1,18}))?$/;
/** Fits a PostgreSQL bigint, and every amount that ISO 20022 can carry (18 digits). */
const largestMinor = 999_999_999_999_999_999n;

/** Whether `text` is an ISO 4217 code that this platform knows. */
export function isCurrency(text: string): boolean {
  return currencyDecimals.has(text);
}

/** Decimals of a currency (ISO 4217: EUR 2, JPY 0, BHD 3). @throws MoneyError for what is none */
export function currencyExponent(currency: string): number {
  const decimals = currencyDecimals.get(currency);
  if (decimals === undefined) throw new MoneyError('currency', 'not an ISO 4217 currency');
  return decimals;
}

/**
 * Reads a decimal text such as "12.34", "12", "-0.5". Missing decimals are filled with zeros; decimals beyond the
 * currency's are accepted only when they are zeros, since rounding somebody's money is not ours to do.
 * @throws MoneyError
 */
export function parseMoney(amount: string, currency: string): Money {
  const match = decimal.exec(amount);
  if (!match) throw new MoneyError('format', 'not a decimal amount such as "12.34"');
  const [, sign = '', whole = '0', fraction = ''] = match;
  const exponent = currencyExponent(currency);
  if (/[1-9]/.test(fraction.slice(exponent))) {
    throw new MoneyError('precision', `${currency} has ${exponent} decimals`);
  }
  const minor = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  if (minor > largestMinor) throw new MoneyError('range', 'more digits than an amount may have');
  return { minor: sign === '-' ? -minor : minor, currency };
}

/** Writes the decimal text with as many decimals as the currency has. The inverse of {@link parseMoney}. */
export function formatMoney({ minor, currency }: Money): string {
  const exponent = currencyExponent(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  const sign = minor < 0n ? '-' : '';
  return exponent === 0 ? sign + digits : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** Equal amount in the same currency. */
export function sameMoney(a: Money, b: Money): boolean {
  return a.minor === b.minor && a.currency === b.currency;
}
