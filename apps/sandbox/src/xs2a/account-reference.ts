import { isValidIBAN } from 'ibantools';
import { Shape, ShapeError, type TextRule } from '../kit/shape.js';
import type { CardAccount } from './cards/card-account.js';
import type { Account } from './customer.js';

const KINDS = ['iban', 'bban', 'pan', 'maskedPan', 'msisdn', 'other'] as const;

/** How a TPP names an account: one identifier and perhaps the currency, in the words of the specification. */
export interface AccountReference {
  kind: (typeof KINDS)[number];
  value: string;
  currency?: string | undefined;
  /** As received. */
  wire: unknown;
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

export const CURRENCY: TextRule = { pattern: /^[A-Z]{3}$/, expected: 'an ISO 4217 code such as EUR' };

export function checkCurrency(code: string, path: string): string {
  if (!CURRENCIES.has(code)) {
    throw new ShapeError(path, 'must be an ISO 4217 code such as EUR');
  }
  return code;
}

/** @throws ShapeError naming the wrong field. */
export function readAccountReference(value: unknown, path: string): AccountReference {
  const shape = Shape.of(value, path);
  const given = KINDS.filter((kind) => shape.has(kind));
  const kind = given[0];
  if (kind === undefined || given.length > 1) {
    throw new ShapeError(path, `must have exactly one of ${KINDS.join(', ')}`);
  }
  const currency = shape.optionalText('currency', CURRENCY);
  if (currency !== undefined) {
    checkCurrency(currency, shape.at('currency'));
  }
  shape.optionalText('cashAccountType', { max: 4 });
  return { kind, value: readIdentifier(shape, kind), currency, wire: value };
}

/** True when this account is meant. Only IBANs name accounts of this bank. */
export function refersTo(reference: AccountReference, account: Account): boolean {
  return (
    reference.kind === 'iban' &&
    reference.value === account.iban &&
    (reference.currency === undefined || reference.currency === account.currency)
  );
}

/** True when this card account is meant: by its masked number, or by the whole number behind the mask. */
export function refersToCard(reference: AccountReference, card: CardAccount): boolean {
  const { kind, value, currency } = reference;
  const ends = [card.maskedPan.slice(0, 6), card.maskedPan.slice(-4)];
  const fits =
    (kind === 'maskedPan' && value === card.maskedPan) ||
    (kind === 'pan' && value.slice(0, 6) === ends[0] && value.slice(-4) === ends[1]);
  return fits && (currency === undefined || currency === card.currency);
}

/** An IBAN in electronic format with right check digits. */
export function readIban(shape: Shape, name: string): string {
  const iban = shape.text(name, { max: 34 });
  if (!isValidIBAN(iban)) {
    throw new ShapeError(shape.at(name), 'is not a valid IBAN (electronic format, with right check digits)');
  }
  return iban;
}

function readIdentifier(shape: Shape, kind: AccountReference['kind']): string {
  switch (kind) {
    case 'iban':
      return readIban(shape, 'iban');
    case 'bban':
      return shape.text('bban', { max: 30, pattern: /^[a-zA-Z0-9]+$/, expected: 'letters and digits' });
    case 'other':
      return shape.object('other').text('identification', { max: 35 });
    case 'pan':
    case 'maskedPan':
    case 'msisdn':
      return shape.text(kind, { max: 35 });
  }
}
