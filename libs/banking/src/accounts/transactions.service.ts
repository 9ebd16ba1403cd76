import { Inject, Injectable } from '@nestjs/common';
import type { TransactionSnapshot, UnreadableRow } from '@tributary/domain';
import { type Transaction, TransactionEntity } from '@tributary/persistence';
import { isId, Vault } from '@tributary/platform';
import { attended, type CallContext, ProviderError } from '@tributary/providers';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { accountsOf } from '../consents/consent-port.js';
import { ConsentUse } from '../consents/consent-use.js';
import type { PageRequest } from '../page.js';
import { notFound } from '../refusal.js';
import { CLOCK, type Clock } from '../tokens.js';
import { AccountAccess, type OpenAccount } from './account-access.js';
import type { ReadList } from './accounts.service.js';
import { DataReads, isLive, type ReadWish } from './data-reads.js';
import { isDay } from './transaction-identity.js';
import { rawPlace, type ReadWindow } from './transaction-ingest.js';
import { kindOf, TransactionReading, wholeWindow } from './transaction-reading.js';
import { type TransactionView, viewTransaction, withDetails } from './transaction-view.js';

/** Stands for no day: such entries are pending, and come first. */
const noDay = '9999-12-31';
const day = `coalesce(entry.day, DATE '${noDay}')`;

export interface TransactionFilter extends PageRequest {
  /** Bank dates, inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly status: 'booked' | 'pending' | 'both';
  /** Whether the bank's own words are asked for. */
  readonly raw: boolean;
}

/** What changed since a cursor. */
export interface TransactionChanges {
  readonly added: readonly TransactionView[];
  readonly modified: readonly TransactionView[];
  /** Ids of transactions that are no more. */
  readonly removed: readonly string[];
  /** Where to go on, also when nothing is left now. */
  readonly next: string;
  readonly hasMore: boolean;
  readonly asOf: Date | null;
  readonly unreadable: readonly UnreadableRow[];
}

/** What comes before and after the last row of a page: the order is by day, newest first, then by id. */
export const transactionKey = ({ day: on, id }: TransactionView): string => `${on ?? noDay}|${id}`;

/** Whether a text is such a key. */
export function isTransactionKey(key: string): boolean {
  const [on = '', id = ''] = key.split('|');
  return isDay(on) && isId('txn', id);
}

/** Transactions of an account: read from the bank where that is due, always answered from the store. */
@Injectable()
export class TransactionsService {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly access: AccountAccess,
    private readonly use: ConsentUse,
    private readonly reading: TransactionReading,
    private readonly reads: DataReads,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param filter `after`: `transactionKey` of the last row of the page before; a live read is made for the first page
   * @throws Refusal `not_found`, `access_not_granted`, `consent_not_usable`; ProviderError
   */
  async list(
    appId: string,
    accountId: string,
    filter: TransactionFilter,
    wish: ReadWish,
  ): Promise<ReadList<TransactionView>> {
    const window: ReadWindow = { from: filter.from ?? null, to: filter.to ?? null, status: filter.status };
    const kind = kindOf(window);
    const found = await this.access.find(appId, accountId, kind);
    const open = this.access.open(found, 'transactions');
    const live = filter.after === null && isLive(wish, found.asOf);
    const unreadable = live ? await this.reading.readWindow(open, window, wish) : [];
    return {
      rows: await this.stored(accountId, filter),
      asOf: live ? await this.reads.asOf(accountId, kind) : found.asOf,
      unreadable,
    };
  }

  /**
   * Changes in the order in which we learned them. Without a cursor: everything that is there.
   * @param page `after`: `next` of the answer before
   * @throws Refusal `not_found`, `access_not_granted`, `consent_not_usable`, `invalid_request`; ProviderError
   */
  async sync(
    appId: string,
    accountId: string,
    { limit, after }: PageRequest,
    wish: ReadWish,
  ): Promise<TransactionChanges> {
    const since = after ?? '0';
    const kind = kindOf(wholeWindow);
    const found = await this.access.find(appId, accountId, kind);
    const open = this.access.open(found, 'transactions');
    const live = isLive(wish, found.asOf);
    const unreadable = live ? await this.reading.readChanges(open, wish) : [];
    const rows = await this.database
      .getRepository(TransactionEntity)
      .createQueryBuilder('entry')
      .where('entry.accountId = :accountId AND entry.changeNumber > :since', { accountId, since })
      .orderBy('entry.changeNumber')
      .limit(limit + 1)
      .getMany();
    const shown = rows.slice(0, limit);
    const there = shown.filter((row) => row.status !== 'removed');
    const isNew = (row: Transaction): boolean => row.addedNumber > Number(since);
    return {
      added: there.filter(isNew).map(viewTransaction),
      modified: there.filter((row) => !isNew(row)).map(viewTransaction),
      // What came and went since the cursor was never seen: nothing is to be taken back.
      removed: shown.filter((row) => row.status === 'removed' && !isNew(row)).map((row) => row.id),
      next: String(shown.at(-1)?.changeNumber ?? since),
      hasMore: rows.length > limit,
      asOf: live ? await this.reads.asOf(accountId, kind) : found.asOf,
      unreadable,
    };
  }

  /**
   * One transaction. The bank is asked for its details where the route can, while the PSU is there or on request; what it
   * says is shown, not kept, so that the list stays what the lists of the bank said.
   * @throws Refusal `not_found`, `access_not_granted`, `consent_not_usable`; ProviderError
   */
  async get(
    appId: string,
    accountId: string,
    id: string,
    raw: boolean,
    { context, fresh }: ReadWish,
  ): Promise<{ value: TransactionView; asOf: Date }> {
    const found = await this.access.find(appId, accountId, null);
    const row = await this.database.getRepository(TransactionEntity).findOneBy({ id, accountId, appId });
    if (!row) throw notFound();
    const open = this.access.open(found, 'transactions');
    const snapshot = fresh || attended(context) ? await this.details(row, open, context) : undefined;
    const stored = { ...viewTransaction(row), ...(raw && { raw: this.rawOf(row) }) };
    if (!snapshot) return { value: stored, asOf: row.updatedAt };
    const value = { ...withDetails(stored, snapshot), ...(raw && { raw: snapshot.raw }) };
    return { value, asOf: this.clock.now() };
  }

  /** undefined where the bank has none: not at all, not of such an account, or not any more. */
  private async details(
    row: Transaction,
    { consent, hold, tokensEnvelope }: OpenAccount,
    context: CallContext,
  ): Promise<TransactionSnapshot | undefined> {
    const { reference } = row;
    if (reference === null || row.status === 'removed') return undefined;
    const raw = this.rawOf(row);
    try {
      return await this.use.call(
        consent,
        context,
        async (provider, held) => accountsOf(provider).readTransaction?.(held, hold(), { reference, raw }, context),
        tokensEnvelope,
      );
    } catch (error) {
      const none = error instanceof ProviderError && (error.kind === 'unsupported' || error.kind === 'not-found');
      if (!none) throw error;
      return undefined;
    }
  }

  private async stored(
    accountId: string,
    { from, to, status, limit, after, raw }: TransactionFilter,
  ): Promise<readonly TransactionView[]> {
    const query = this.database
      .getRepository(TransactionEntity)
      .createQueryBuilder('entry')
      .where('entry.accountId = :accountId', { accountId })
      .andWhere('entry.status = ANY(:statuses)', { statuses: status === 'both' ? ['booked', 'pending'] : [status] })
      .orderBy(day, 'DESC')
      .addOrderBy('entry.id', 'DESC')
      .limit(limit + 1);
    if (from !== undefined) query.andWhere(`${day} >= :from`, { from });
    // An entry without a day is pending now: it belongs to every window, as at the banks.
    if (to !== undefined) query.andWhere(`(${day} <= :to OR entry.day IS NULL)`, { to });
    startAfter(query, after);
    const rows = await query.getMany();
    return rows.map((row) => (raw ? { ...viewTransaction(row), raw: this.rawOf(row) } : viewTransaction(row)));
  }

  private rawOf({ appId, id, rawEnvelope }: Transaction): unknown {
    return this.vault.unsealJson<unknown>(rawEnvelope, rawPlace(appId, id));
  }
}

function startAfter(query: SelectQueryBuilder<Transaction>, after: string | null): void {
  if (after === null) return;
  const [lastDay, lastId] = after.split('|');
  query.andWhere(`(${day}, entry.id) < (:lastDay::date, :lastId)`, { lastDay, lastId });
}
