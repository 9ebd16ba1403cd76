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
  const read: T[] = [];
  const unreadable: { readonly why: string; readonly raw: unknown }[] = [];
  for (const row of rows) {
    const raw = plainJson(row);
    try {
      read.push(map(wire(row, ''), raw));
    } catch (error) {
      const foreseen =
        error instanceof MalformedAnswer || error instanceof MoneyError || error instanceof UnreadableError;
      if (!foreseen) throw error;
      unreadable.push({ why: error.message, raw });
    }
  }
  return { rows: read, unreadable };
}
