import { formatMoney, type Money, type TransactionSnapshot } from '@tributary/domain';
import { sha256Hex } from '@tributary/platform';

/** Money inside stored details, in the words of the REST contract. */
export interface StoredMoney {
  readonly amount: string;
  readonly currency: string;
}

/** What an app sees of a transaction beside its columns. */
export interface TransactionDetails {
  readonly counterparty: TransactionSnapshot['counterparty'];
  readonly remittance: TransactionSnapshot['remittance'];
  readonly endToEndId?: string | undefined;
  readonly bankCode?: string | undefined;
  readonly balanceAfter?: StoredMoney | undefined;
}

/** A row that the bank sent, with what tells it from all others of the account. */
export interface IdentifiedRow {
  readonly identity: string;
  /** Hash of everything that an app sees. */
  readonly contentHash: string;
  readonly snapshot: TransactionSnapshot;
  readonly details: TransactionDetails;
}

/**
 * Names each row of one read so that a later read gives the same row the same name.
 *
 * A bank's own reference is not enough: some repeat it (one per batch, or the same word for all), some leave it out. So
 * the name is made of the reference and the facts that never change once an entry is booked (day, direction, amount; where
 * there is no reference, also the other side and the text), and an ordinal for entries that are equal in all of them, such
 * as two equal fees on one day. A read covers whole days, so the ordinals are the same each time; among equals they are
 * given by content, not by the bank's order, which may turn round.
 *
 * A pending entry and the booked one that follows it have different names: day and amount may change on booking.
 */
export function identify(rows: readonly TransactionSnapshot[]): readonly IdentifiedRow[] {
  const candidates = rows.map((snapshot) => {
    const details = detailsOf(snapshot);
    return { snapshot, details, stem: stemOf(snapshot), contentHash: contentHashOf(snapshot, details) };
  });
  const twins = new Map<string, string[]>();
  for (const { stem, contentHash } of candidates) {
    const hashes = twins.get(stem);
    if (hashes) hashes.push(contentHash);
    else twins.set(stem, [contentHash]);
  }
  for (const hashes of twins.values()) hashes.sort();
  return candidates.map(({ stem, ...row }) => {
    const hashes = twins.get(stem) ?? [];
    const ordinal = hashes.indexOf(row.contentHash);
    // The place is taken: the next entry of the very same content gets the next one.
    hashes[ordinal] = '';
    return { ...row, identity: `${stem}.${ordinal}` };
  });
}

/** Day of an entry, as far as the bank gave one. */
export function dayOf({ bookedOn, valueOn, occurredAt }: TransactionSnapshot): string | null {
  const occurredOn = occurredAt?.slice(0, 10);
  return bookedOn ?? valueOn ?? (occurredOn !== undefined && isDay(occurredOn) ? occurredOn : null);
}

/** Whether a text is a day of the calendar, written YYYY-MM-DD. */
export function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function stemOf(row: TransactionSnapshot): string {
  const { reference, status, amount, direction, counterparty, remittance, endToEndId } = row;
  const facts = [status, status === 'booked' ? dayOf(row) : null, direction, amount.minor.toString(), amount.currency];
  const words =
    reference === undefined
      ? [counterparty.name ?? null, counterparty.account?.value ?? null, remittance.unstructured, endToEndId ?? null]
      : [];
  return sha256Hex(JSON.stringify([reference ?? null, ...facts, ...words]));
}

/** What an app sees of it beside its columns. */
export function detailsOf({ counterparty, remittance, endToEndId, bankCode, balanceAfter }: TransactionSnapshot) {
  return { counterparty, remittance, endToEndId, bankCode, balanceAfter: balanceAfter && stored(balanceAfter) };
}

function contentHashOf(row: TransactionSnapshot, details: TransactionDetails): string {
  const { reference, status, bookedOn, valueOn, occurredAt, amount, direction } = row;
  const { counterparty, remittance, endToEndId, bankCode, balanceAfter } = details;
  const seen = [reference, status, bookedOn, valueOn, occurredAt, amount.minor.toString(), amount.currency, direction];
  const rest = [
    counterparty.name,
    counterparty.account?.scheme,
    counterparty.account?.value,
    remittance.unstructured,
    remittance.structured,
    endToEndId,
    bankCode,
    balanceAfter?.amount,
    balanceAfter?.currency,
  ];
  return sha256Hex(JSON.stringify([...seen, ...rest].map((part) => part ?? null)));
}

const stored = (money: Money): StoredMoney => ({ amount: formatMoney(money), currency: money.currency });
