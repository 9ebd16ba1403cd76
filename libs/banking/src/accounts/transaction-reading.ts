import { Inject, Injectable } from '@nestjs/common';
import type { TransactionSnapshot, UnreadableRow } from '@tributary/domain';
import { TransactionEntity } from '@tributary/persistence';
import {
  attended,
  type CallContext,
  ProviderError,
  type ReadMark,
  type TransactionPage,
  type TransactionQuery,
} from '@tributary/providers';
import { DataSource, In } from 'typeorm';
import { accountsOf } from '../consents/consent-port.js';
import { ConsentUse } from '../consents/consent-use.js';
import { LOGGER, type Logger } from '../tokens.js';
import type { OpenAccount } from './account-access.js';
import { DataReads, type ReadWish } from './data-reads.js';
import { identify, isDay } from './transaction-identity.js';
import { type ReadWindow, TransactionIngest } from './transaction-ingest.js';

/** No bank splits a window into more pages than this; one that does goes round in circles. */
const mostPages = 1_000;

/** As far as the bank goes. */
export const wholeWindow: ReadWindow = { from: null, to: null, status: 'both' };

/** Each window is remembered by itself: having read one says nothing about another. */
export const kindOf = ({ from, to, status }: ReadWindow): string => `transactions:${from ?? ''}:${to ?? ''}:${status}`;

interface ReadResult {
  readonly rows: readonly TransactionSnapshot[];
  readonly unreadable: readonly UnreadableRow[];
  readonly mark: ReadMark | null;
}

/** Reads transactions from the bank into the store. */
@Injectable()
export class TransactionReading {
  constructor(
    private readonly database: DataSource,
    private readonly use: ConsentUse,
    private readonly ingest: TransactionIngest,
    private readonly reads: DataReads,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** All pages of a window. @returns what could not be read; @throws Refusal, ProviderError */
  async readWindow(open: OpenAccount, window: ReadWindow, { context }: ReadWish): Promise<readonly UnreadableRow[]> {
    const { from, to, status } = window;
    const query = { from: from ?? undefined, to: to ?? undefined, status };
    const read = await this.pages(open, query, context, open.tokensEnvelope);
    return this.keep(open, window, read, true);
  }

  /**
   * What changed since the last read, as far as the bank can tell; else all of it.
   *
   * Only while the PSU is there: changes take two calls (what was booked since, and all that is pending), and the bank counts those
   * that the PSU does not wait for.
   */
  async readChanges(open: OpenAccount, wish: ReadWish): Promise<readonly UnreadableRow[]> {
    const { account, consent } = open;
    const mark = attended(wish.context)
      ? await this.reads.takeMark(account.id, kindOf(wholeWindow), consent.connectionId)
      : null;
    const changes = mark && (await this.since(open, mark, wish.context));
    return changes ? this.keep(open, wholeWindow, changes, false) : this.readWindow(open, wholeWindow, wish);
  }

  /** null where the bank cannot, or gives entries again that we have: two equal ones cannot be told from one then. */
  private async since(open: OpenAccount, mark: ReadMark, context: CallContext): Promise<ReadResult | null> {
    try {
      const booked = await this.pages(open, { status: 'booked', since: mark.token }, context);
      if (await this.anyHeld(open, booked.rows)) return null;
      const pending = await this.pages(open, { status: 'pending' }, context);
      return {
        rows: [...booked.rows, ...pending.rows],
        unreadable: [...booked.unreadable, ...pending.unreadable],
        // What came since is newer, also on the same day.
        mark: booked.mark && booked.mark.day >= mark.day ? booked.mark : mark,
      };
    } catch (error) {
      const cannot = error instanceof ProviderError && /^(unsupported|rejected|not-found)$/.test(error.kind);
      if (!cannot) throw error;
      return null;
    }
  }

  private anyHeld({ account }: OpenAccount, rows: readonly TransactionSnapshot[]): Promise<boolean> {
    const identity = In(identify(rows).map((row) => row.identity));
    return this.database.getRepository(TransactionEntity).existsBy({ accountId: account.id, identity });
  }

  private async pages(
    { consent, hold }: OpenAccount,
    query: TransactionQuery,
    context: CallContext,
    tokensEnvelope?: string | null,
  ): Promise<ReadResult> {
    const held = hold();
    const rows: TransactionSnapshot[] = [];
    const unreadable: UnreadableRow[] = [];
    const cursors = new Set<string>();
    let mark: ReadMark | null = null;
    for (let cursor: string | undefined; ;) {
      const at = cursor;
      const page: TransactionPage = await this.use.call(
        consent,
        context,
        (provider, heldConsent) =>
          accountsOf(provider).readTransactions(heldConsent, held, { ...query, cursor: at }, context),
        // Tokens may have been renewed for the page before.
        cursor === undefined ? tokensEnvelope : undefined,
      );
      for (const row of page.rows) {
        // A day that is none would fail the whole read in the database.
        const wrong = [row.bookedOn, row.valueOn].some((on) => on !== undefined && !isDay(on));
        if (wrong) unreadable.push({ why: 'a date is not a day of the calendar', raw: row.raw });
        else rows.push(row);
      }
      unreadable.push(...page.unreadable);
      mark = later(mark, page.mark ?? null);
      if (page.next === null) break;
      if (cursors.has(page.next) || cursors.size >= mostPages) throw endless(consent.provider, context.traceId);
      cursors.add(page.next);
      cursor = page.next;
    }
    return { rows, unreadable, mark };
  }

  private async keep(
    { account, consent }: OpenAccount,
    window: ReadWindow,
    { rows, unreadable, mark }: ReadResult,
    whole: boolean,
  ): Promise<readonly UnreadableRow[]> {
    const place = { mark, connectionId: consent.connectionId, whole };
    await this.ingest.store(account, { rows, unreadable }, window, kindOf(window), place);
    if (unreadable.length > 0) {
      this.logger.warn(
        { event: 'transactions.unreadable', accountId: account.id, connectionId: account.connectionId },
        `${unreadable.length} of ${rows.length + unreadable.length} transactions could not be read`,
      );
    }
    return unreadable;
  }
}

/** Of equals the first: the other may be older. */
function later(first: ReadMark | null, second: ReadMark | null): ReadMark | null {
  if (first === null || second === null) return first ?? second;
  return second.day > first.day ? second : first;
}

function endless(provider: string, traceId: string): ProviderError {
  return new ProviderError({
    kind: 'malformed',
    provider,
    operation: 'readTransactions',
    traceId,
    message: 'The bank gave pages of transactions without an end. Ask for a shorter window.',
  });
}
