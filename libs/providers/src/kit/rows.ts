import { setImmediate } from 'node:timers/promises';
import { MoneyError } from '@tributary/domain';
import { MalformedAnswer, plainJson, type Reader } from './json.js';
import type { ReadRows } from '../port/index.js';

/** Says why a row cannot be taken as it is. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

/** Reads the rows of a list one by one, so that a bad one is reported with its own words and hides no other. */
export function readRows<W, T>(
  rows: readonly unknown[],
  wire: Reader<W>,
  map: (row: W, raw: unknown) => T,
): ReadRows<T> {
  const { take, read } = rowReader(wire, map);
  rows.forEach(take);
  return read;
}

/** Rows of a long list that are read before others in this process have their turn: about 10 ms for entries in XML. */
const rowsInATurn = 50;

/** The same for rows that take long: a report of megabytes must not hold up every other request. */
export async function readRowsInTurns<W, T>(
  rows: readonly unknown[],
  wire: Reader<W>,
  map: (row: W, raw: unknown) => T,
): Promise<ReadRows<T>> {
  const { take, read } = rowReader(wire, map);
  for (let from = 0; from < rows.length; from += rowsInATurn) {
    if (from > 0) await setImmediate();
    rows.slice(from, from + rowsInATurn).forEach(take);
  }
  return read;
}

function rowReader<W, T>(wire: Reader<W>, map: (row: W, raw: unknown) => T) {
  const rows: T[] = [];
  const unreadable: { readonly why: string; readonly raw: unknown }[] = [];
  const take = (row: unknown): void => {
    const raw = plainJson(row);
    try {
      rows.push(map(wire(row, ''), raw));
    } catch (error) {
      const foreseen =
        error instanceof MalformedAnswer || error instanceof MoneyError || error instanceof UnreadableError;
      if (!foreseen) throw error;
      unreadable.push({ why: error.message, raw });
    }
  };
  return { take, read: { rows, unreadable } };
}
