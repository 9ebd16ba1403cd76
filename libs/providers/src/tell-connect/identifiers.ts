import { type AccountIdentifier, type CreditDebit, type Money, parseMoney } from '@tributary/domain';
import { UnreadableError } from '../kit/rows.js';

/** Names of an account (`SchemeName`). What is not listed has a code of the bank's own. */
const schemes: Readonly<Record<string, AccountIdentifier['scheme']>> = {
  sortcodeaccountnumber: 'sortCodeAccountNumber',
  iban: 'iban',
  bban: 'bban',
};

export function identifierOf(scheme: string | undefined, value: string | undefined): AccountIdentifier | undefined {
  const plain = value?.replaceAll(/\s/g, '') ?? '';
  if (plain === '') return undefined;
  const known = schemes[scheme?.toLowerCase() ?? ''] ?? 'other';
  // Six digits and eight; a shorter one has lost zeros, and nobody knows where.
  const uk = known === 'sortCodeAccountNumber' && !/^\d{14}$/.test(plain);
  return { scheme: uk ? 'other' : known, value: known === 'iban' ? plain.toUpperCase() : plain };
}

/** How they write the name of an account; undefined for a kind that they do not have. */
export function wireIdentifier({ scheme, value }: AccountIdentifier): WireIdentifier | undefined {
  if (scheme === 'sortCodeAccountNumber') return { schemeName: 'SortCodeAccountNumber', identification: value };
  // There are two names of schemes, and the second is for anything else.
  const custom = scheme === 'iban' || scheme === 'other';
  return custom ? { schemeName: 'CustomCode', identification: value } : undefined;
}
export interface WireIdentifier {
  readonly schemeName: string;
  readonly identification: string;
}

/** Amounts are unsigned, with the side beside them. Throws UnreadableError rather than guess: a wrong side is a wrong sum. */
export function sided({ amount, currency, creditDebit }: { amount: string; currency: string; creditDebit: string }): {
  readonly amount: Money;
  readonly side: CreditDebit;
} {
  const side = creditDebit.trim().toLowerCase();
  if (side !== 'credit' && side !== 'debit') throw new UnreadableError('creditDebit is neither Credit nor Debit');
  const money = parseMoney(amount.trim(), currency);
  if (money.minor < 0n) throw new UnreadableError('amount has a sign beside its side');
  return { amount: money, side };
}
