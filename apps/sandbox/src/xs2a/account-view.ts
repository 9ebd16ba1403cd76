import { Big } from 'big.js';
import { addDays } from '../kit/clock.js';
import type { Rights } from './access.js';
import { resourceIdOf } from './ais-access.js';
import type { Call } from './call.js';
import type { Consent } from './consent.js';
import { available, ownerNameOf, type Account } from './customer.js';
import { amountView } from './money.js';

/** An account as the consent lets it be seen; `withBalance` only where the right exists. */
export function accountView(
  call: Call,
  consent: Consent,
  rights: Rights,
  account: Account,
  withBalance: boolean,
): Record<string, unknown> {
  const resourceId = resourceIdOf(call, consent, account);
  const path = `/v1/accounts/${resourceId}`;
  const links = {
    account: call.links.api(path),
    ...(rights.balances.includes(account) ? { balances: call.links.api(`${path}/balances`) } : {}),
    ...(rights.transactions.includes(account) ? { transactions: call.links.api(`${path}/transactions`) } : {}),
  };
  return {
    ...(rights.listOnly ? {} : { resourceId }),
    iban: account.iban,
    currency: account.currency,
    name: account.name,
    product: account.product,
    cashAccountType: account.type,
    status: account.status,
    bic: account.bic,
    usage: account.usage,
    ...(rights.ownerNames ? { ownerName: ownerNameOf(account) } : {}),
    ...(withBalance && rights.balances.includes(account) ? { balances: balancesView(call, account) } : {}),
    ...(rights.listOnly || call.bank.profile.accountLinks === 'none' ? {} : { _links: links }),
  };
}

/** The balances of an account: booked now, available now, and booked at the end of yesterday; or of every type. */
export function balancesView(call: Call, account: Account): Record<string, unknown>[] {
  const today = call.bank.clock.today();
  const last = account.transactions.at(-1);
  const sinceMidnight = account.transactions.filter(({ bookingDate }) => bookingDate === today);
  const closing = sinceMidnight.reduce((balance, { amount }) => balance.minus(amount), account.booked);
  const now = { lastChangeDateTime: account.lastChange.toISOString(), referenceDate: today };
  return [
    {
      balanceAmount: amountView(account.booked, account.currency),
      balanceType: 'interimBooked',
      creditLimitIncluded: false,
      ...now,
      ...(last ? { lastCommittedTransaction: last.entryReference } : {}),
    },
    {
      balanceAmount: amountView(available(account), account.currency),
      balanceType: 'interimAvailable',
      creditLimitIncluded: false,
      ...now,
    },
    {
      balanceAmount: amountView(closing, account.currency),
      balanceType: 'closingBooked',
      creditLimitIncluded: false,
      referenceDate: addDays(today, -1),
    },
    ...(call.bank.profile.balances === 'all' ? rareBalances(account, closing, today) : []),
  ];
}

/** What few banks send: the other types of the list, `authorised` of older versions, and a second currency. */
function rareBalances(account: Account, closing: Big, today: string): Record<string, unknown>[] {
  const free = available(account);
  const types: [string, Big, string][] = [
    ['openingBooked', closing, today],
    ['expected', free, today],
    ['forwardAvailable', free, addDays(today, 1)],
    ['nonInvoiced', new Big(0), today],
    ['authorised', free, today],
  ];
  const other = account.currency === 'USD' ? 'EUR' : 'USD';
  return [
    ...types.map(([balanceType, amount, referenceDate]) => ({
      balanceAmount: amountView(amount, account.currency),
      balanceType,
      referenceDate,
    })),
    { balanceAmount: amountView(new Big('-12.34'), other), balanceType: 'interimBooked', referenceDate: today },
  ];
}

export function referenceView(account: Account): Record<string, unknown> {
  return { iban: account.iban, currency: account.currency };
}
