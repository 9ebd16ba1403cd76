import { Big } from 'big.js';
import type { Account, Transaction } from '../customer.js';
import type { Report } from './report.js';

/** Booked entries that follow one another, with the balances before and after. */
export interface Period {
  from: string;
  to: string;
  opening: Big;
  closing: Big;
  entries: readonly Transaction[];
}

/** The whole report as one period. */
export function periodOf({ account, booked, query }: Report): Period {
  return {
    from: query.from || (booked[0]?.bookingDate ?? query.to),
    to: query.to,
    ...balancesAround(account, booked),
    entries: booked,
  };
}

/** The report cut at the ends of months; a report without entries is one empty period. */
export function monthlyPeriods(report: Report): Period[] {
  const months = new Map<string, Transaction[]>();
  for (const entry of report.booked) {
    const month = entry.bookingDate?.slice(0, 7) ?? '';
    months.set(month, [...(months.get(month) ?? []), entry]);
  }
  if (months.size === 0) {
    return [periodOf(report)];
  }
  return [...months.values()].map((entries) => ({
    from: entries[0]?.bookingDate ?? report.query.to,
    to: entries.at(-1)?.bookingDate ?? report.query.to,
    ...balancesAround(report.account, entries),
    entries,
  }));
}

/** Every booked entry knows the balance after it, so the balances of any stretch are at hand. */
function balancesAround(account: Account, entries: readonly Transaction[]): { opening: Big; closing: Big } {
  const closing = entries.at(-1)?.balanceAfter ?? account.booked;
  return { closing, opening: entries.reduce((balance, { amount }) => balance.minus(amount), new Big(closing)) };
}
