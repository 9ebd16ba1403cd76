import type { Profile } from '../profile.js';

type Row = Record<string, unknown>;

/** A row that no bank should send and some do: a day that does not exist and a letter in the amount. */
const BAD_ROW: Row = {
  transactionId: 'BAD-1',
  bookingDate: '2026-02-30',
  transactionAmount: { currency: 'EUR', amount: '12,3O' },
  creditorName: 'Unreadable Ltd',
};

/** One list of a report as this bank writes it: its ids, its dates, its empty lists, its bad row. */
export function oddList(profile: Profile, name: string, rows: readonly Row[]): Record<string, unknown> {
  const shown = rows.map((row) => oddRow(profile, name, row));
  const all = profile.badRow && name === 'booked' ? [...shown.slice(0, 1), BAD_ROW, ...shown.slice(1)] : shown;
  if (all.length > 0 || profile.emptyLists === 'empty') {
    return { [name]: all };
  }
  return profile.emptyLists === 'null' ? { [name]: null } : {};
}

function oddRow(profile: Profile, name: string, row: Row): Row {
  const { transactionId, _links, ...rest } = row;
  const links = _links === undefined ? {} : { _links };
  const date = name === 'pending' && profile.pendingDates === 'given' ? { bookingDate: row['valueDate'] } : {};
  switch (profile.transactionIds) {
    case 'given':
      return { transactionId, ...rest, ...date, ...links };
    case 'repeated':
      return { transactionId: 'NOTPROVIDED', ...rest, ...date };
    case 'missing':
      return { ...rest, entryReference: undefined, ...date };
  }
}
