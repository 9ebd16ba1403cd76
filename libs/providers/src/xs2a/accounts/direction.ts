import type { AccountIdentifier, CreditDebit } from '@tributary/domain';
import { identifiersOf } from './account-reference.js';
import { UnreadableError } from '../../kit/rows.js';
import type { Xs2aSettings } from '../settings.js';
import type { WireTransaction } from './wire.js';

/** Whose account it is, as far as a row's parties can be compared with it. */
export interface OwnAccount {
  readonly identifiers: readonly AccountIdentifier[];
  readonly ownerName?: string | undefined;
}

/**
 * Whether a row came in or went out. A minus is a debit, whatever the parties say; what a row without one means depends on the bank
 * (`amountSigns`). Throws UnreadableError rather than guess: a wrong direction is a wrong sum.
 */
export function directionOf(
  wire: WireTransaction,
  negative: boolean,
  own: OwnAccount,
  amountSigns: Xs2aSettings['amountSigns'],
): CreditDebit {
  if (negative) return 'debit';
  if (amountSigns === 'signed') return 'credit';
  const byParties = directionByParties(wire, own);
  if (amountSigns === 'unsigned') {
    if (byParties === null) throw new UnreadableError('unsigned amount, and the parties do not tell the direction');
    return byParties;
  }
  if (byParties === 'debit') {
    throw new UnreadableError('direction conflict: no minus, but the parties say debit; set amountSigns for this bank');
  }
  return 'credit';
}

function directionByParties(wire: WireTransaction, own: OwnAccount): CreditDebit | null {
  const { debtorAccount, creditorAccount, debtorName, creditorName } = wire;
  if (debtorAccount !== undefined && isOwn(debtorAccount, own)) return 'debit';
  if (creditorAccount !== undefined && isOwn(creditorAccount, own)) return 'credit';
  const hasDebtor = debtorAccount !== undefined || debtorName !== undefined;
  const hasCreditor = creditorAccount !== undefined || creditorName !== undefined;
  if (hasDebtor !== hasCreditor) return hasDebtor ? 'credit' : 'debit';
  const owner = own.ownerName?.trim().toLowerCase();
  if (owner === undefined || owner === '') return null;
  if (debtorName?.trim().toLowerCase() === owner) return 'debit';
  return creditorName?.trim().toLowerCase() === owner ? 'credit' : null;
}

/** Whether a reference is one of the account's own names. */
export function isOwn(reference: NonNullable<WireTransaction['debtorAccount']>, { identifiers }: OwnAccount): boolean {
  return identifiersOf(reference).some(({ scheme, value }) =>
    identifiers.some((own) => own.scheme === scheme && own.value === value),
  );
}
