import { assertAcceptsJson } from './accept.js';
import { isDate } from '../kit/clock.js';
import type { Answer } from './answer.js';
import { balancesView, referenceView } from './account-view.js';
import { accountInPath, assertRight, openAccess, readWithBalance, resourceIdOf } from './ais-access.js';
import type { Call } from './call.js';
import type { Endpoint } from './endpoint.js';
import { completeRead, countRead } from './frequency.js';
import type { Hrefs } from './links.js';
import { TppError, formatError } from './tpp-error.js';
import { standingOrderView, transactionView } from './transaction-view.js';

const LIST = '/v1/accounts/:accountId/transactions';
const BOOKING_STATUSES = ['booked', 'pending', 'both', 'information', 'all'] as const;

/** Transactions as JSON: `/v1/accounts/{account-id}/transactions`. */
export const transactionEndpoints: readonly Endpoint[] = [
  { operation: 'transactions.list', method: 'GET', path: LIST, handle: list },
  { operation: 'transactions.get', method: 'GET', path: `${LIST}/:transactionId`, handle: get },
];

interface ReportQuery {
  bookingStatus: (typeof BOOKING_STATUSES)[number];
  from: string;
  to: string;
  page: number;
  pageSize: number;
}

function list(call: Call): Answer {
  assertAcceptsJson(call);
  const query = readQuery(call);
  const withBalance = readWithBalance(call);
  const access = openAccess(call);
  const account = accountInPath(call, access);
  assertRight(access.rights, 'transactions', account);
  if (withBalance) {
    assertRight(access.rights, 'balances', account);
  }
  if (query.page === 0) {
    countRead(call, access.consent, 'transactions.list', account);
  }
  const path = `/v1/accounts/${resourceIdOf(call, access.consent, account)}`;
  const wants = (status: 'booked' | 'pending' | 'information') =>
    query.bookingStatus === status ||
    query.bookingStatus === 'all' ||
    (query.bookingStatus === 'both' && status !== 'information');
  const booked = wants('booked')
    ? account.transactions.filter(({ bookingDate = '' }) => bookingDate >= query.from && bookingDate <= query.to)
    : [];
  const pages = Math.max(1, Math.ceil(booked.length / query.pageSize));
  const shown = booked.toReversed().slice(query.page * query.pageSize, (query.page + 1) * query.pageSize);
  const first = query.page === 0;
  if (query.page >= pages - 1) {
    completeRead(call, access.consent, 'transactions.list', account);
  }
  return {
    status: 200,
    body: {
      account: referenceView(account),
      transactions: {
        ...(wants('booked') ? { booked: shown.map((entry) => transactionView(call, account, entry, path)) } : {}),
        ...(wants('pending')
          ? { pending: first ? account.pending.map((entry) => transactionView(call, account, entry, path)) : [] }
          : {}),
        ...(wants('information')
          ? { information: first ? account.standingOrders.map((order) => standingOrderView(call, account, order)) : [] }
          : {}),
        _links: { account: call.links.api(path), ...pageLinks(call, `${path}/transactions`, query.page, pages) },
      },
      ...(withBalance ? { balances: balancesView(call, account) } : {}),
    },
  };
}

function get(call: Call): Answer {
  assertAcceptsJson(call);
  const access = openAccess(call);
  const account = accountInPath(call, access);
  assertRight(access.rights, 'transactions', account);
  const id = call.param('transactionId');
  const transaction = [...account.transactions, ...account.pending].find((candidate) => candidate.id === id);
  if (!transaction) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such transaction', 'transactionId');
  }
  countRead(call, access.consent, 'transactions.get', account, id);
  const path = `/v1/accounts/${resourceIdOf(call, access.consent, account)}`;
  const { _links, ...details } = transactionView(call, account, transaction, path);
  return { status: 200, body: { transactionsDetails: details } };
}

function readQuery(call: Call): ReportQuery {
  const given = call.query('bookingStatus');
  const bookingStatus = BOOKING_STATUSES.find((status) => status === given);
  if (bookingStatus === undefined) {
    throw formatError('bookingStatus', `must be one of ${BOOKING_STATUSES.join(', ')}`);
  }
  const from = readDate(call, 'dateFrom');
  const to = readDate(call, 'dateTo') ?? call.bank.clock.today();
  assertNoDelta(call, from);
  if (from === undefined && bookingStatus !== 'information') {
    throw formatError('dateFrom', 'is missing');
  }
  if (from !== undefined && to < from) {
    throw new TppError(400, 'PERIOD_INVALID', 'dateTo is before dateFrom', 'dateTo');
  }
  return {
    bookingStatus,
    from: from ?? '',
    to,
    page: readNumber(call, 'pageIndex', 0, 1_000_000) ?? 0,
    pageSize: readNumber(call, 'itemsPerPage', 1, 1000) ?? call.bank.profile.pageSize,
  };
}

/** Delta reports are not offered: refused without dates, overlooked with them, and never two kinds at once. */
function assertNoDelta(call: Call, from: string | undefined): void {
  const asked = ['entryReferenceFrom', 'deltaList'].filter((name) => call.query(name) !== undefined);
  if (asked.length > 1) {
    throw formatError('deltaList', 'must not stand next to entryReferenceFrom');
  }
  if (asked.length === 1 && from === undefined) {
    throw new TppError(400, 'PARAMETER_NOT_SUPPORTED', 'This bank gives no delta reports: use dateFrom', asked[0]);
  }
}

function readDate(call: Call, name: string): string | undefined {
  const value = call.query(name);
  if (value !== undefined && !isDate(value)) {
    throw formatError(name, 'must be a date of the calendar, YYYY-MM-DD');
  }
  return value;
}

function readNumber(call: Call, name: string, low: number, high: number): number | undefined {
  const value = call.query(name);
  if (value === undefined) {
    return undefined;
  }
  const number = /^\d{1,7}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= low && number <= high)) {
    throw formatError(name, `must be a whole number from ${low} to ${high}`);
  }
  return number;
}

/** first, previous, next, last: the query of the request is kept, only the page changes. */
function pageLinks(call: Call, path: string, page: number, pages: number): Hrefs {
  if (pages === 1) {
    return {};
  }
  const to = (index: number) => {
    const query = new URLSearchParams();
    for (const name of call.queryNames()) {
      query.set(name, call.query(name) ?? '');
    }
    query.set('pageIndex', String(index));
    return call.links.api(`${path}?${query.toString()}`);
  };
  return {
    first: to(0),
    ...(page > 0 ? { previous: to(Math.min(page, pages) - 1) } : {}),
    ...(page < pages - 1 ? { next: to(page + 1) } : {}),
    last: to(pages - 1),
  };
}
