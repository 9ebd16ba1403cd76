import { isDate } from '../../kit/clock.js';
import type { Shape } from '../../kit/shape.js';
import type { Call } from '../call.js';
import { TppError, formatError } from '../tpp-error.js';

/** Furthest day in the future that the bank takes for one payment. */
const LAST_DAY = '9999-11-30';

/**
 * `requestedExecutionDate` of a payment.
 * @throws TppError 400 EXECUTION_DATE_INVALID for a day in the past.
 */
export function readExecutionDate(call: Call, body: Shape): string | undefined {
  const date = body.optionalText('requestedExecutionDate', { max: 10 });
  return date === undefined ? undefined : checkExecutionDate(call, date, body.at('requestedExecutionDate'));
}

/** @throws TppError 400 EXECUTION_DATE_INVALID for a day in the past. */
export function checkExecutionDate(call: Call, date: string, path: string): string {
  if (!isDate(date) || date > LAST_DAY) {
    throw formatError(path, 'must be a date of the calendar, YYYY-MM-DD');
  }
  if (date < call.bank.clock.today()) {
    throw new TppError(400, 'EXECUTION_DATE_INVALID', 'The execution date is in the past', path);
  }
  return date;
}

/** `requestedExecutionTime` of a bulk payment; not next to a date. */
export function readExecutionTime(call: Call, body: Shape): Date | undefined {
  const text = body.optionalText('requestedExecutionTime', { max: 40 });
  if (text === undefined) {
    return undefined;
  }
  const path = body.at('requestedExecutionTime');
  const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(instant.getTime()) || body.has('requestedExecutionDate')) {
    throw formatError(path, 'must be an instant such as 2030-01-31T12:00:00Z, and not next to a date');
  }
  if (instant.getTime() < call.bank.clock.nowMs()) {
    throw new TppError(400, 'EXECUTION_DATE_INVALID', 'The execution time is in the past', path);
  }
  return instant;
}
