import { type AccountIdentifier, type Money, parseMoney } from '@tributary/domain';
import type { WireAccountReference, WireAmount } from '../wire.js';

/** Names of an account, the best first; IBANs without blanks. */
export function identifiersOf(wire: Omit<WireAccountReference, 'currency'>): readonly AccountIdentifier[] {
  const identifiers: AccountIdentifier[] = [];
  for (const scheme of ['iban', 'bban', 'maskedPan', 'pan', 'msisdn', 'other'] as const) {
    const value = wire[scheme];
    if (value === undefined || value === '') continue;
    identifiers.push({ scheme, value: scheme === 'iban' ? value.replaceAll(/\s/g, '').toUpperCase() : value });
  }
  return identifiers;
}

/** An amount of the wire, exactly. Throws MoneyError. */
export function moneyOf({ amount, currency }: WireAmount): Money {
  return parseMoney(amount.trim(), currency);
}
