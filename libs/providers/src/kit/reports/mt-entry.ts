import { type CreditDebit, type Money, parseMoney, type TransactionSnapshot } from '@tributary/domain';
import { UnreadableError } from '../rows.js';
import { readDetails } from './mt-details.js';
import type { Field } from './mt-fields.js';

type Status = TransactionSnapshot['status'];

/** Marks of `:61:` and of balances: credit and debit, their reversals (R), and what is expected (E, in an MT942). */
export const entryKinds: Readonly<Record<string, { readonly direction: CreditDebit; readonly status?: Status }>> = {
  C: { direction: 'credit' },
  D: { direction: 'debit' },
  RC: { direction: 'debit' },
  RD: { direction: 'credit' },
  EC: { direction: 'credit', status: 'pending' },
  ED: { direction: 'debit', status: 'pending' },
};

/** Value date, entry date, mark, funds code, amount, type of transaction, customer's reference, `//` bank's reference. */
const statementLine = /^(\d{6})(\d{4})?(R[CD]|E[CD]|[CD])([A-Z])?(\d[\d,]*)([A-Z][A-Z0-9]{3})(.*?)(?:\/\/(.*))?$/;

/**
 * Reads one entry: `:61:` and, where there is one, its `:86:`.
 * @throws UnreadableError, MoneyError
 */
export function readEntry(
  [line, explanation]: readonly Field[],
  known: { readonly currency: string | undefined; readonly status: Status; readonly raw: string },
): TransactionSnapshot {
  const found = statementLine.exec(line?.lines[0]?.trim() ?? '');
  if (!found) throw new UnreadableError(':61: is not a statement line');
  const [, valueDate = '', entryDate, mark = '', , digits = '', type, , bankReference] = found;
  const kind = entryKinds[mark];
  if (kind === undefined) throw new UnreadableError(':61: has an unknown mark');
  if (known.currency === undefined) throw new UnreadableError('the report does not say its currency');
  const valueOn = dayOf(2000 + Number(valueDate.slice(0, 2)), valueDate.slice(2));
  const bookedOn =
    entryDate === undefined ? undefined : nearestDay(Number(valueDate.slice(0, 2)), entryDate, valueDate);
  if (valueOn === undefined && bookedOn === undefined) throw new UnreadableError(':61: has no day of the calendar');
  const details = readDetails(explanation?.lines ?? []);
  const supplement = line?.lines.slice(1).filter((words) => words.trim() !== '') ?? [];
  const { counterparty, endToEndId, businessCode } = details;
  const status = kind.status ?? known.status;
  return {
    reference: named(bankReference),
    status,
    bookedOn: bookedOn ?? (status === 'booked' ? valueOn : undefined),
    valueOn,
    amount: amountOf(digits, known.currency),
    direction: kind.direction,
    counterparty,
    remittance: { unstructured: details.unstructured.length > 0 ? details.unstructured : supplement },
    endToEndId,
    bankCode: [type, businessCode].filter((code) => code !== undefined).join('+') || undefined,
    raw: known.raw,
  };
}

/** A decimal comma, and decimals only where there are some. @throws MoneyError */
export function amountOf(digits: string, currency: string): Money {
  return parseMoney(digits.replace(/,$/, '').replace(',', '.'), currency);
}

function named(reference: string | undefined): string | undefined {
  const words = reference?.trim();
  return words === '' || words === 'NONREF' ? undefined : words;
}

/** An entry date has no year: it is the one that brings it nearest to the value date. */
function nearestDay(year: number, entryDate: string, valueDate: string): string | undefined {
  // Some value dates are no days (30 February, where a month has 30 days to the bank); their distance can be told all the same.
  const value = Date.UTC(2000 + year, Number(valueDate.slice(2, 4)) - 1, Number(valueDate.slice(4)));
  const distance = (day: string): number => Math.abs(Date.parse(day) - value);
  const days = [-1, 0, 1].flatMap((offset) => dayOf(2000 + year + offset, entryDate) ?? []);
  return days.sort((one, other) => distance(one) - distance(other))[0];
}

/** undefined for what is no day of the calendar. */
function dayOf(year: number, monthAndDay: string): string | undefined {
  const day = `${year}-${monthAndDay.slice(0, 2)}-${monthAndDay.slice(2)}`;
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day) ? day : undefined;
}
