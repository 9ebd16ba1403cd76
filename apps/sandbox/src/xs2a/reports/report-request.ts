import { isDate } from '../../kit/clock.js';
import type { Call } from '../call.js';
import { TppError, formatError } from '../tpp-error.js';
import type { BookingStatus, ReportQuery } from './report-query.js';

/**
 * Reads the query of a transaction list.
 * @throws TppError 400 naming the parameter; PARAMETER_NOT_SUPPORTED for a delta report that the bank does not offer.
 */
export function readReportQuery(call: Call, statuses: readonly BookingStatus[]): ReportQuery {
  const given = call.query('bookingStatus');
  const bookingStatus = statuses.find((status) => status === given);
  if (bookingStatus === undefined) {
    throw formatError('bookingStatus', `must be one of ${statuses.join(', ')}`);
  }
  const from = readDate(call, 'dateFrom');
  const to = readDate(call, 'dateTo') ?? call.bank.clock.today();
  const after = call.query('entryReferenceFrom');
  const delta = readFlag(call, 'deltaList');
  assertDeltaOffered(call, from);
  if (from === undefined && after === undefined && !delta && bookingStatus !== 'information') {
    throw formatError('dateFrom', 'is missing');
  }
  if (from !== undefined && to < from) {
    throw new TppError(400, 'PERIOD_INVALID', 'dateTo is before dateFrom', 'dateTo');
  }
  return {
    bookingStatus,
    from: from ?? '',
    to,
    after: call.bank.profile.delta ? after : undefined,
    delta: call.bank.profile.delta && delta,
    page: readNumber(call, 'pageIndex', 0, 1_000_000) ?? 0,
    pageSize: readNumber(call, 'itemsPerPage', 1, 1000) ?? call.bank.profile.pageSize,
  };
}

/** Never two kinds of delta at once; a bank without delta refuses it without dates, and overlooks it with them. */
function assertDeltaOffered(call: Call, from: string | undefined): void {
  const asked = ['entryReferenceFrom', 'deltaList'].filter((name) => call.query(name) !== undefined);
  if (asked.length > 1) {
    throw formatError('deltaList', 'must not stand next to entryReferenceFrom');
  }
  if (asked.length === 1 && from === undefined && !call.bank.profile.delta) {
    throw new TppError(400, 'PARAMETER_NOT_SUPPORTED', 'This bank gives no delta reports: use dateFrom', asked[0]);
  }
}

function readFlag(call: Call, name: string): boolean {
  const value = call.query(name);
  if (value !== undefined && value !== 'true' && value !== 'false') {
    throw formatError(name, 'must be true or false');
  }
  return value === 'true';
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
