import { Injectable } from '@nestjs/common';
import type { BalanceSnapshot } from '@tributary/domain';
import { type Account, withTenant } from '@tributary/persistence';
import { DataSource } from 'typeorm';

/** Under which live reads of balances are remembered. */
export const balancesKind = 'balances';

interface Waiting {
  readonly account: Account;
  readonly rows: readonly BalanceSnapshot[];
  readonly written: (asOf: Date) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Stores the balances of accounts, each set as a whole, durably before it is answered with. Sets that come while others
 * are being written wait for each other and go in one transaction per app: under load a commit serves many requests, and
 * a lone request waits for nobody.
 */
@Injectable()
export class BalanceWriter {
  /** By app: rows of two apps are never in one transaction, which sees those of one only. */
  private readonly waiting = new Map<string, Waiting[]>();

  constructor(private readonly database: DataSource) {}

  /** @returns when the set was read, as it was written */
  write(account: Account, rows: readonly BalanceSnapshot[]): Promise<Date> {
    return new Promise((written, failed) => {
      const waiting = this.waiting.get(account.appId);
      const one = { account, rows, written, failed };
      if (waiting) waiting.push(one);
      else void this.work(account.appId, [one]);
    });
  }

  private async work(appId: string, first: readonly Waiting[]): Promise<void> {
    for (let batch = first; batch.length > 0; batch = this.waiting.get(appId) ?? []) {
      this.waiting.set(appId, []);
      await withTenant(appId, () => this.writeTogether(batch));
    }
    this.waiting.delete(appId);
  }

  private async writeTogether(batch: readonly Waiting[]): Promise<void> {
    try {
      const asOf = await this.store(batch);
      for (const { written } of batch) written(asOf);
    } catch (error) {
      if (batch.length === 1) return batch[0]?.failed(error);
      // One set that cannot be stored must not fail the others.
      for (const one of batch) await this.writeTogether([one]);
    }
  }

  private async store(batch: readonly Waiting[]): Promise<Date> {
    // Of two sets of one account the later one counts.
    const sets = new Map(batch.map(({ account, rows }) => [account.id, { account, rows }]));
    const accounts = [...sets.values()].map(({ account }) => account);
    const ids = accounts.map(({ id }) => id);
    const rows = [...sets.values()].flatMap(({ account, rows: set }) =>
      set.map((row, index) => ({ account, row, position: index + 1 })),
    );
    return this.database.transaction(async (manager) => {
      // Whoever else writes balances of these accounts waits, so that sets never mix; in one order, so that nobody waits for ever.
      await manager.query('SELECT 1 FROM accounts WHERE id = ANY($1) ORDER BY id FOR UPDATE', [ids]);
      await manager.query('DELETE FROM balances WHERE account_id = ANY($1)', [ids]);
      await manager.query(
        `INSERT INTO balances (account_id, position, app_id, type, amount_minor, currency, credit_debit, as_of)
         SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
                              $8::text[])`,
        [
          rows.map(({ account }) => account.id),
          rows.map(({ position }) => position),
          rows.map(({ account }) => account.appId),
          rows.map(({ row }) => row.type),
          rows.map(({ row }) => row.amount.minor.toString()),
          rows.map(({ row }) => row.amount.currency),
          rows.map(({ row }) => row.creditDebit),
          rows.map(({ row }) => row.asOf ?? null),
        ],
      );
      const [read] = await manager.query<{ at: Date }[]>(
        `WITH read AS (
           INSERT INTO data_reads (subject_id, kind, app_id, as_of)
           SELECT id, $2, app_id, now() FROM unnest($1::text[], $3::text[]) AS account(id, app_id)
           ON CONFLICT (subject_id, kind) DO UPDATE SET as_of = greatest(data_reads.as_of, excluded.as_of))
         SELECT now() AS at`,
        [ids, balancesKind, accounts.map(({ appId }) => appId)],
      );
      if (!read) throw new Error('a statement that always gives one row gave none');
      return read.at;
    });
  }
}
