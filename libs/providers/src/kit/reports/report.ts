import type { AccountIdentifier, CreditDebit, Money, TransactionSnapshot } from '@tributary/domain';
import type { ReadRows } from '../../port/index.js';

// Reports on an account in the formats of banks, read into the same rows as those of an interface in JSON.

/** A report as read. */
export interface Report extends ReadRows<TransactionSnapshot> {
  /** What people should look at: an account that is not ours, sums that do not add up. Without amounts and account numbers. */
  readonly findings: readonly string[];
}

/** The account that a report was asked for. */
export interface ReportAccount {
  readonly identifiers: readonly AccountIdentifier[];
  /** ISO 4217; XXX for several. */
  readonly currency: string;
}

/** Whether a report is about another account than the one that was asked for; not where their names cannot be compared. */
export function isForeign(iban: string | undefined, { identifiers }: ReportAccount): boolean {
  const own = identifiers.filter(({ scheme }) => scheme === 'iban');
  return iban !== undefined && own.length > 0 && own.every(({ value }) => value !== iban);
}

const foreign = 'the report is about another account';

/** What is said of such a report: nothing of what is in it, since it is somebody else's. */
export const foreignReport: Report = {
  rows: [],
  unreadable: [{ why: foreign, raw: null }],
  findings: [foreign],
};

/** A text as an IBAN, where it has the shape of one (ISO 13616). */
export function ibanIn(text: string | undefined): string | undefined {
  const iban = text?.replaceAll(/\s/g, '').toUpperCase();
  return iban !== undefined && /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(iban) ? iban : undefined;
}

/** An amount and its side of the account. */
export interface Booking {
  readonly amount: Money;
  readonly direction: CreditDebit;
}

/** The cross-check of a statement: whether an entry is missing, or one is there that the bank did not write. */
export function contradicts(
  opening: Booking | undefined,
  rows: readonly TransactionSnapshot[],
  closing: Booking | undefined,
): boolean {
  if (opening === undefined || closing === undefined) return false;
  const booked = rows.filter(({ status }) => status === 'booked');
  const { currency } = opening.amount;
  if ([...booked, closing].some(({ amount }) => amount.currency !== currency)) return false;
  return booked.reduce((sum, row) => sum + signed(row), signed(opening)) !== signed(closing);
}

export const signed = ({ direction, amount }: Booking): bigint =>
  direction === 'credit' ? amount.minor : -amount.minor;
