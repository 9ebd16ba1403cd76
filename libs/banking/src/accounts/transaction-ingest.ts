import { Injectable } from '@nestjs/common';
import type { TransactionSnapshot, UnreadableRow } from '@tributary/domain';
import type { Account } from '@tributary/persistence';
import { newId, Vault, type VaultPlace } from '@tributary/platform';
import { DataSource, type EntityManager } from 'typeorm';
import { addEvent } from '../events/outbox.js';
import { DataReads, type ReadPlace } from './data-reads.js';
import { dayOf, identify, type IdentifiedRow } from './transaction-identity.js';

/** What was asked of the bank; all its pages were read. */
export interface ReadWindow {
  /** Bank dates, inclusive; null: as far as the bank goes. */
  readonly from: string | null;
  readonly to: string | null;
  readonly status: 'booked' | 'pending' | 'both';
}

export interface IngestResult {
  readonly written: number;
  readonly removed: number;
}

interface HeldRow {
  id: string;
  identity: string;
  content_hash: string;
  status: string;
}

interface PendingRow {
  id: string;
  reference: string | null;
  direction: string;
  day: string | null;
}

/** Where a bank's own words about a transaction are sealed. */
export function rawPlace(appId: string, transactionId: string): VaultPlace {
  return { appId, table: 'transactions', row: transactionId, column: 'raw_envelope' };
}

/**
 * Stores what a bank said about an account's entries, set-wise. The same read again writes nothing. An account's row is
 * locked meanwhile, so that change numbers become visible in their order and `sync` misses none.
 */
@Injectable()
export class TransactionIngest {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly reads: DataReads,
  ) {}

  /**
   * @param kind under which the read is remembered
   * @param place how far it came; booked rows may be those since an earlier read only, pending ones are all of the window
   */
  async store(
    account: Account,
    { rows, unreadable }: { rows: readonly TransactionSnapshot[]; unreadable: readonly UnreadableRow[] },
    window: ReadWindow,
    kind: string,
    place?: ReadPlace,
  ): Promise<IngestResult> {
    const incoming = identify(rows);
    return this.database.transaction(async (manager) => {
      await manager.query('SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE', [account.id]);
      const held = await this.held(manager, account, incoming);
      const news = incoming.filter((row) => {
        const known = held.get(row.identity);
        return known === undefined || known.content_hash !== row.contentHash || known.status === 'removed';
      });
      const gone = await this.gonePending(manager, account, incoming);
      const superseded = supersededBy(news, held, gone);
      await this.write(manager, account, news, held, superseded);
      // An entry that we could not read may be the one that seems to be gone.
      const covered = window.status !== 'booked' && unreadable.length === 0;
      const replaced = new Set(superseded.values());
      const removed = gone.filter(({ id, day }) => replaced.has(id) || (covered && within(day, window)));
      await this.remove(manager, removed);
      if (news.length + removed.length > 0) await this.announce(manager, account, news.length, removed.length);
      await this.reads.mark(manager, account, kind, place);
      return { written: news.length, removed: removed.length };
    });
  }

  /** One event per read that brought something; `GET /v1/transactions/sync` gives what. */
  private async announce(manager: EntityManager, { id, appId }: Account, written: number, gone: number): Promise<void> {
    const [rows] = await manager.query<[{ events: number }[], number]>(
      'UPDATE accounts SET events = events + 1 WHERE id = $1 RETURNING events',
      [id],
    );
    await addEvent(manager, {
      appId,
      type: 'transactions.available',
      subjectId: id,
      // The account's first number is that of `account.linked`.
      sequence: (rows[0]?.events ?? 0) + 1,
      data: { accountId: id, written, removed: gone },
    });
  }

  private async held(
    manager: EntityManager,
    account: Account,
    incoming: readonly IdentifiedRow[],
  ): Promise<ReadonlyMap<string, HeldRow>> {
    const rows = await manager.query<HeldRow[]>(
      'SELECT id, identity, content_hash, status FROM transactions WHERE account_id = $1 AND identity = ANY($2)',
      [account.id, incoming.map((row) => row.identity)],
    );
    return new Map(rows.map((row) => [row.identity, row]));
  }

  /** Pending entries that we hold and this read does not have. */
  private gonePending(
    manager: EntityManager,
    account: Account,
    incoming: readonly IdentifiedRow[],
  ): Promise<PendingRow[]> {
    return manager.query<PendingRow[]>(
      `SELECT id, reference, direction, day::text AS day FROM transactions
       WHERE account_id = $1 AND status = 'pending' AND identity <> ALL($2)`,
      [account.id, incoming.map((row) => row.identity)],
    );
  }

  private async write(
    manager: EntityManager,
    { id: accountId, appId }: Account,
    rows: readonly IdentifiedRow[],
    held: ReadonlyMap<string, HeldRow>,
    superseded: ReadonlyMap<IdentifiedRow, string>,
  ): Promise<void> {
    if (rows.length === 0) return;
    // A row that is there keeps its id, and what is sealed for a row opens under its id only.
    const ids = rows.map(({ identity }) => held.get(identity)?.id ?? newId('txn'));
    await manager.query(
      `INSERT INTO transactions
         (id, account_id, app_id, identity, reference, status, booked_on, value_on, occurred_at, day, amount_minor, currency,
          direction, details, supersedes, raw_envelope, content_hash, added_number, change_number, created_at, updated_at)
       SELECT id, $1, $2, identity, reference, status, booked_on, value_on, occurred_at, day, amount_minor, currency,
              direction, details, supersedes, raw_envelope, content_hash, number, number, now(), now()
       FROM (
         SELECT row.*, nextval('transactions_change_number_seq') AS number
         FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[], $9::text[], $10::date[],
                     $11::bigint[], $12::text[], $13::text[], $14::jsonb[], $15::text[], $16::text[], $17::text[])
           AS row(id, identity, reference, status, booked_on, value_on, occurred_at, day, amount_minor, currency,
                  direction, details, supersedes, raw_envelope, content_hash)) AS numbered
       ON CONFLICT (account_id, identity) DO UPDATE
       SET reference = excluded.reference, status = excluded.status, booked_on = excluded.booked_on,
           value_on = excluded.value_on, occurred_at = excluded.occurred_at, day = excluded.day, details = excluded.details,
           raw_envelope = excluded.raw_envelope, content_hash = excluded.content_hash,
           change_number = excluded.change_number, updated_at = now()`,
      [
        accountId,
        appId,
        ids,
        rows.map((row) => row.identity),
        rows.map(({ snapshot }) => snapshot.reference ?? null),
        rows.map(({ snapshot }) => snapshot.status),
        rows.map(({ snapshot }) => snapshot.bookedOn ?? null),
        rows.map(({ snapshot }) => snapshot.valueOn ?? null),
        rows.map(({ snapshot }) => snapshot.occurredAt ?? null),
        rows.map(({ snapshot }) => dayOf(snapshot)),
        rows.map(({ snapshot }) => snapshot.amount.minor.toString()),
        rows.map(({ snapshot }) => snapshot.amount.currency),
        rows.map(({ snapshot }) => snapshot.direction),
        rows.map(({ details }) => JSON.stringify(details)),
        rows.map((row) => superseded.get(row) ?? null),
        rows.map(({ snapshot }, position) =>
          this.vault.sealJson(snapshot.raw ?? null, rawPlace(appId, ids[position] ?? '')),
        ),
        rows.map((row) => row.contentHash),
      ],
    );
  }

  private async remove(manager: EntityManager, rows: readonly PendingRow[]): Promise<void> {
    if (rows.length === 0) return;
    await manager.query(
      `UPDATE transactions SET status = 'removed', change_number = nextval('transactions_change_number_seq'),
         updated_at = now()
       WHERE id = ANY($1)`,
      [rows.map((row) => row.id)],
    );
  }
}

/**
 * Which pending entry a newly booked one takes the place of: the one with the same reference and direction, if that is
 * one on either side. Nothing is guessed from amounts: two entries for one are better than one for two.
 */
function supersededBy(
  news: readonly IdentifiedRow[],
  held: ReadonlyMap<string, HeldRow>,
  gone: readonly PendingRow[],
): ReadonlyMap<IdentifiedRow, string> {
  const before = grouped(gone, ({ reference, direction }) => reference && `${direction} ${reference}`);
  const booked = news.filter(({ snapshot, identity }) => snapshot.status === 'booked' && !held.has(identity));
  const after = grouped(booked, ({ snapshot }) => snapshot.reference && `${snapshot.direction} ${snapshot.reference}`);
  const matches = new Map<IdentifiedRow, string>();
  for (const [key, [row, ...others]] of after) {
    const [pending, ...more] = before.get(key) ?? [];
    if (row && pending && others.length === 0 && more.length === 0) matches.set(row, pending.id);
  }
  return matches;
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string | null | undefined): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (!key) continue;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** Banks list pending entries without a day whatever window is asked for. */
function within(day: string | null, { from, to }: ReadWindow): boolean {
  return day === null || ((from === null || day >= from) && (to === null || day <= to));
}
