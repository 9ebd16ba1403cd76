import type { TransactionSnapshot } from '@tributary/domain';
import { readRows, UnreadableError } from '../kit/rows.js';
import type { HeldAccount, TransactionPage, TransactionQuery } from '../port/index.js';
import { unsupported } from './intents.js';
import { dayOf } from './documents.js';
import { identifierOf, sided } from './identifiers.js';
import { transaction, type WireTransaction } from './wire.js';

/** The one page that there is: nothing is said about filters or further pages, so the window is cut here. */
export function transactionPage(
  rows: readonly unknown[],
  account: HeldAccount,
  { status, from = '', to = '9999-12-31', since }: TransactionQuery,
  timesAre: 'utc' | 'unknown',
): TransactionPage {
  if (since !== undefined) throw unsupported('readTransactions', 'There is no delta access: read the whole window.');
  const read = readRows(rows, transaction, (wire, raw) => snapshot(wire, raw, account, timesAre));
  const wanted = read.rows.filter(
    (row) =>
      (status === 'both' || row.status === status) &&
      // What has no day yet belongs to every window.
      (row.bookedOn === undefined || (row.bookedOn >= from && row.bookedOn <= to)),
  );
  return { rows: wanted, unreadable: read.unreadable, next: null };
}

const statuses: Readonly<Record<string, TransactionSnapshot['status']>> = { booked: 'booked', pending: 'pending' };

function snapshot(
  wire: WireTransaction,
  raw: unknown,
  account: HeldAccount,
  timesAre: 'utc' | 'unknown',
): TransactionSnapshot {
  const { amount, side: direction } = sided(wire);
  const status = statuses[wire.status.trim().toLowerCase()];
  if (status === undefined) throw new UnreadableError('status is neither Booked nor Pending');
  const { bookingDateTime: time, transactionInformation: words = '' } = wire;
  const day = dayOf(time);
  if (time !== undefined && day === undefined) throw new UnreadableError('bookingDateTime is not a date and time');
  return {
    reference: wire.transactionId,
    status,
    bookedOn: status === 'booked' ? day : undefined,
    occurredAt: timesAre === 'utc' ? instantOf(time) : undefined,
    amount,
    direction,
    counterparty: counterpartyOf(wire, account),
    remittance: { unstructured: words === '' ? [] : [words] },
    bankCode: [wire.code, wire.subCode].filter((word) => word !== undefined && word !== '').join('-') || undefined,
    raw,
  };
}

/** `YYYY-MM-DD HH:mm:ss` without a zone, or RFC 3339 with one. */
function instantOf(time: string | undefined): string | undefined {
  if (time === undefined || !/[T ]\d{2}:\d{2}/.test(time)) return undefined;
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(time) ? time : `${time}Z`;
  const instant = Date.parse(zoned.replace(' ', 'T'));
  return Number.isFinite(instant) ? new Date(instant).toISOString() : undefined;
}

/** The creditor, unless that is the account itself; of card rows the merchant. */
function counterpartyOf(wire: WireTransaction, { identifiers }: HeldAccount): TransactionSnapshot['counterparty'] {
  const account = identifierOf(wire.creditorSchemeName, wire.creditorIdentification);
  const own = identifiers.some(({ scheme, value }) => scheme === account?.scheme && value === account.value);
  if (own) return { name: wire.merchantName };
  return { name: wire.creditorName ?? wire.merchantName, account };
}
