import type { Call } from '../call.js';
import type { Consent } from '../consent.js';
import type { Account, Transaction } from '../customer.js';
import type { Hrefs } from '../links.js';
import { TppError } from '../tpp-error.js';
import { wants, type ReportQuery } from './report-query.js';

/** What a report shows: all booked entries in the order of booking, and what is pending. */
export interface Report {
  account: Account;
  query: ReportQuery;
  booked: readonly Transaction[];
  pending: readonly Transaction[];
}

interface Booked {
  entryReference: string;
  bookingDate?: string;
}

/** The entries of an account that the query asks for, before they are cut into pages. */
export function selectReport(consent: Consent, account: Account, query: ReportQuery): Report {
  return {
    account,
    query,
    booked: wants(query, 'booked') ? selectBooked(consent, account.id, account.transactions, query) : [],
    pending: wants(query, 'pending') ? account.pending : [],
  };
}

/**
 * Booked entries by date and delta; `entries` is in the order of booking.
 * @throws TppError 400 RESOURCE_UNKNOWN when no entry has the reference of the last one.
 */
export function selectBooked<T extends Booked>(
  consent: Consent,
  accountId: string,
  entries: readonly T[],
  query: ReportQuery,
): T[] {
  const start = query.delta ? (consent.deltas.get(accountId) ?? 0) : startAfter(entries, query.after);
  return entries.slice(start).filter(({ bookingDate = '' }) => bookingDate >= query.from && bookingDate <= query.to);
}

/** The last page was read: the next delta report of this consent begins after it. */
export function markRead(consent: Consent, accountId: string, count: number): void {
  consent.deltas.set(accountId, count);
}

/** One page, newest first, and how many there are. */
export function pageOf<T>(entries: readonly T[], { page, pageSize }: ReportQuery): { shown: T[]; pages: number } {
  return {
    shown: entries.toReversed().slice(page * pageSize, (page + 1) * pageSize),
    pages: Math.max(1, Math.ceil(entries.length / pageSize)),
  };
}

/** first, previous, next, last: the query of the request is kept, only the page changes. */
export function pageLinks(call: Call, path: string, page: number, pages: number): Hrefs {
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

function startAfter(entries: readonly Booked[], reference: string | undefined): number {
  if (reference === undefined) {
    return 0;
  }
  const index = entries.findLastIndex(({ entryReference }) => entryReference === reference);
  if (index < 0) {
    throw new TppError(400, 'RESOURCE_UNKNOWN', 'No booked entry has this reference', 'entryReferenceFrom');
  }
  return index + 1;
}
