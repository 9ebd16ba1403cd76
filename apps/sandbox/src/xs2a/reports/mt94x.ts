import type { Big } from 'big.js';
import type { Bank } from '../bank.js';
import { available, type Account, type Transaction } from '../customer.js';
import { amountView } from '../money.js';
import { purposeField } from './mt-purpose.js';
import type { Report } from './report.js';
import { wants } from './report-query.js';
import { monthlyPeriods, type Period } from './statement-period.js';

const CRLF = '\r\n';

/**
 * A report as SWIFT text: MT940, one statement per month, for what is booked, and after them an MT942 for what is
 * pending; or everything in the one message that the profile says.
 */
export function mtReport(bank: Bank, report: Report): string {
  return messages(bank, report)
    .map((lines) => [...lines, '-', ''].join(CRLF))
    .join('');
}

function messages(bank: Bank, report: Report): string[][] {
  const statements = () => monthlyPeriods(report).map(statement(report.account, bank.profile));
  switch (bank.profile.mt) {
    case '940':
      return statements();
    case '942':
      return [interim(bank, report)];
    case 'auto':
      return [
        ...(wants(report.query, 'booked') ? statements() : []),
        ...(wants(report.query, 'pending') ? [interim(bank, { ...report, booked: [] })] : []),
      ];
  }
}

/** An entry that no bank should send and some do: a day that does not exist and a letter in the amount. */
const BAD_ENTRY = [':61:2602300230D12,3ONMSCNONREF//BAD-1', ':86:Unreadable Ltd'];

const statement =
  (account: Account, { badRow }: Bank['profile']) =>
  (period: Period, index: number): string[] => [
    ':20:STARTUMS',
    `:25:${account.iban}`,
    `:28C:${String(index + 1).padStart(5, '0')}/001`,
    balanceLine('60F', period.opening, account.currency, period.from),
    ...period.entries.flatMap(entryLines),
    ...(badRow && index === 0 ? BAD_ENTRY : []),
    balanceLine('62F', period.closing, account.currency, period.to),
    balanceLine('64', available(account), account.currency, period.to),
  ];

function interim(bank: Bank, { account, booked, pending }: Report): string[] {
  const now = bank.now().toISOString();
  const entries = [...booked, ...pending];
  const sums = (debit: boolean) => {
    const side = entries.filter(({ amount }) => amount.lt(0) === debit);
    const sum = side.reduce((total, { amount }) => total.plus(amount.abs()), account.booked.times(0));
    return `:90${debit ? 'D' : 'C'}:${side.length}${account.currency}${decimal(sum, account.currency)}`;
  };
  return [
    ':20:STARTDISPO',
    `:25:${account.iban}`,
    ':28C:00001/001',
    `:34F:${account.currency}0,`,
    `:13D:${compact(now.slice(0, 10))}${now.slice(11, 16).replace(':', '')}+0000`,
    ...entries.flatMap(entryLines),
    ...(bank.profile.badRow ? BAD_ENTRY : []),
    sums(true),
    sums(false),
  ];
}

function entryLines(entry: Transaction): string[] {
  const debit = entry.amount.lt(0);
  // A reversal is marked by what it takes back: RC takes back a credit and so lowers the balance.
  const mark = entry.reversal ? (debit ? 'RC' : 'RD') : debit ? 'D' : 'C';
  const entryDate = entry.bookingDate === undefined ? '' : compact(entry.bookingDate).slice(2);
  const reference = (entry.endToEndId ?? 'NONREF').slice(0, 16);
  const amount = decimal(entry.amount.abs(), entry.currency);
  return [
    `:61:${compact(entry.valueDate)}${entryDate}${mark}${amount}N${debit ? 'MSC' : 'TRF'}${reference}//${entry.entryReference.slice(0, 16)}`,
    ...purposeField(entry),
  ];
}

function balanceLine(tag: string, amount: Big, currency: string, date: string): string {
  return `:${tag}:${amount.lt(0) ? 'D' : 'C'}${compact(date)}${currency}${decimal(amount.abs(), currency)}`;
}

/** A comma always, decimals only where there are any: `2000,` and `12,30`. */
function decimal(amount: Big, currency: string): string {
  const [whole = '0', decimals = ''] = amountView(amount, currency).amount.split('.');
  return `${whole},${/^0*$/.test(decimals) ? '' : decimals}`;
}

/** `2030-01-31` as `300131`. */
function compact(date: string): string {
  return date.replaceAll('-', '').slice(2);
}
