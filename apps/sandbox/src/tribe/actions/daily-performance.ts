import { isDate } from '../../kit/clock.js';
import type { Json } from '../answer.js';
import type { Fields } from '../fields.js';
import type { Hub } from '../hub.js';
import type { Bank } from '../parties.js';

/** Averages of a day in milliseconds; the same date again replaces them. */
export function dailyPerformance(hub: Hub, bank: Bank, fields: Fields): Json {
  fields.only('date', 'consentDuration', 'paymentDuration');
  const future = (date: string) => hub.settings.performanceDates === 'notFuture' && date > hub.clock.today();
  const date = fields.text('date', {
    required: true,
    code: 'INVALID_DATE_FORMAT',
    check: (text) =>
      !isDate(text) ? 'must be a date written YYYY-MM-DD' : future(text) ? 'must not be in the future' : undefined,
  });
  const [consentDuration, paymentDuration] = ['consentDuration', 'paymentDuration'].map((name) => {
    const value = fields.raw(name);
    if (value !== undefined && !(typeof value === 'number' && Number.isInteger(value) && value >= 0)) {
      fields.wrong(name, 'must be a whole number of milliseconds');
    }
    return value as number | undefined;
  });
  fields.assert(hub.settings.fieldErrors);
  if (date !== undefined) {
    const { identifier } = bank;
    hub.performance.set(`${identifier} ${date}`, { bank: identifier, date, consentDuration, paymentDuration });
  }
  return { status: 'success' };
}
