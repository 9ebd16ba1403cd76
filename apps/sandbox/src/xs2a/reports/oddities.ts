import { withBadRow } from '../bad-row.js';
import type { Profile } from '../profile.js';

type Row = Record<string, unknown>;

/** One list of a report as this bank writes it: its ids, its dates, its empty lists, its bad row. */
export function oddList(profile: Profile, name: string, rows: readonly Row[]): Record<string, unknown> {
  const shown = rows.map((row) => oddRow(profile, name, row));
  const all = name === 'pending' ? shown : withBadRow(profile, shown, 'transaction');
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
