import { type AccountIdentifier, type Money, parseMoney } from '@tributary/domain';
import type { WireAccountReference, WireAmount } from './wire.js';

/** Names of an account, the best first. */
export function identifiersOf(wire: WireAccountReference): readonly AccountIdentifier[] {
  const { iban, bban, sortCode, accountNumber } = wire;
  const uk = sortCode !== undefined && accountNumber !== undefined ? sortCode + accountNumber : undefined;
  return [
    ...named('iban', iban?.replaceAll(/\s/g, '').toUpperCase()),
    ...named('bban', bban),
    ...named('sortCodeAccountNumber', uk),
  ];
}

function named(scheme: AccountIdentifier['scheme'], value: string | undefined): readonly AccountIdentifier[] {
  return value === undefined || value === '' ? [] : [{ scheme, value }];
}

/** An account in Tribe's words; undefined for a kind of name that it does not have. */
export function wireReference({ scheme, value }: AccountIdentifier): WireReference | undefined {
  if (scheme === 'iban' && value.length <= 34) return { iban: value };
  if (scheme === 'bban' && value.length <= 30) return { bban: value };
  if (scheme !== 'sortCodeAccountNumber' || !/^\d{14}$/.test(value)) return undefined;
  return { sortCode: value.slice(0, 6), accountNumber: value.slice(6) };
}

export type WireReference =
  { readonly iban: string } | { readonly bban: string } | { readonly sortCode: string; readonly accountNumber: string };

/** Whether both name the same account. */
export function sameIdentifier(a: AccountIdentifier, b: AccountIdentifier): boolean {
  return a.scheme === b.scheme && a.value === b.value;
}

/** An amount of the wire, exactly. Throws MoneyError. */
export function moneyOf({ amount, currency }: WireAmount): Money {
  return parseMoney(amount.trim(), currency);
}
