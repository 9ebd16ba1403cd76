import { isDate } from '../../kit/clock.js';
import type { Json } from '../answer.js';
import { given } from '../bridge/to-bank.js';
import { amountText } from '../money.js';
import { formatError, invalidField } from '../refusal.js';
import type { BuiltInBank } from './bank.js';
import type { Account, Entry } from './customer.js';

/** Booked and pending entries, newest first; the page size counts both together, the filters are on the booking date. */
export function listEntries(bank: BuiltInBank, account: Account, body: Json): Json {
  const { booking_status: wanted } = body;
  if (wanted !== 'booked' && wanted !== 'pending' && wanted !== 'both') {
    throw formatError(invalidField('booking_status', 'must be booked, pending or both'));
  }
  const [from, to] = [readDate(body, 'date_from'), readDate(body, 'date_to')];
  if (from !== undefined && to !== undefined && from > to) {
    throw formatError(invalidField('date_from', 'must not be after date_to'));
  }
  const size = body['page_size'] ?? 100;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > bank.hub.settings.maxPageSize) {
    throw formatError(invalidField('page_size', 'must be a whole number from 1 to 1000'));
  }
  const inside = ({ bookingDate, valueDate }: Entry) =>
    (from === undefined || (bookingDate ?? valueDate) >= from) &&
    (to === undefined || (bookingDate ?? valueDate) <= to);
  const all = [
    ...(wanted === 'booked' ? [] : account.pending.toReversed()),
    ...(wanted === 'pending' ? [] : account.entries.toReversed()),
  ].filter(inside);
  const start = startOf(all, body['page_key']);
  const shown = all.slice(start, start + size);
  const next = all[start + size];
  const view = (entry: Entry) => entryView(bank, account, entry);
  const [booked, pending] = [true, false].map((is) =>
    shown.filter(({ bookingDate }) => (bookingDate !== undefined) === is).map(view),
  );
  return given({
    transactions: given({
      booked: wanted === 'pending' ? undefined : booked,
      pending: wanted === 'booked' ? undefined : pending,
    }),
    page_key: next && Buffer.from(`after:${shown.at(-1)?.id}`).toString('base64url'),
  });
}

/** A key names the last entry of the page before, so that a new booking does not move the pages. */
function startOf(all: readonly Entry[], key: unknown): number {
  if (key === undefined || key === null || key === '') {
    return 0;
  }
  const id = typeof key === 'string' ? /^after:(.+)$/.exec(Buffer.from(key, 'base64url').toString('utf8'))?.[1] : '';
  const at = all.findIndex((entry) => entry.id === id);
  if (at < 0) {
    throw formatError(invalidField('page_key', 'is not known'));
  }
  return at + 1;
}

function readDate(body: Json, name: string): string | undefined {
  const date = body[name];
  if (date === undefined || date === null) {
    return undefined;
  }
  if (typeof date !== 'string' || !isDate(date)) {
    throw formatError(invalidField(name, 'must be a date written YYYY-MM-DD'));
  }
  return date;
}

/** The dates stand inside the amount on this plane. */
function entryView(bank: BuiltInBank, account: Account, entry: Entry): Json {
  const { amount, counterparty, counterpartyIban, reference, structured, bookingDate, valueDate } = entry;
  const signed = bank.hub.settings.transactionSigns === 'signed';
  const own = { name: account.owner.fullName, account: { iban: account.iban } };
  const other = {
    name: counterparty,
    account: counterpartyIban === undefined ? undefined : { iban: counterpartyIban },
  };
  const [debtor, creditor] = amount.lt(0) ? [own, other] : [other, own];
  return given({
    transaction_id: entry.id,
    creditor_name: creditor.name,
    creditor_account: creditor.account,
    debtor_name: debtor.name,
    debtor_account: debtor.account,
    remittance_information_unstructured: reference,
    remittance_information_structured: structured && { reference: structured, reference_type: 'SCOR' },
    transaction_amount: given({
      amount: amountText(signed ? amount : amount.abs(), account.currency),
      currency: account.currency,
      value_date: valueDate,
      booking_date: bookingDate,
    }),
  });
}
