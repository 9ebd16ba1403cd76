import { Injectable } from '@nestjs/common';
import type { BalanceSnapshot, CreditDebit, Money, UnreadableRow } from '@tributary/domain';
import { type Account, BalanceEntity } from '@tributary/persistence';
import { DataSource } from 'typeorm';
import { accountsOf } from '../consents/consent-port.js';
import { ConsentUse } from '../consents/consent-use.js';
import { AccountAccess, type OpenAccount } from './account-access.js';
import type { ReadList } from './accounts.service.js';
import { DataReads, type ReadWish } from './data-reads.js';

const kind = 'balances';

/** A balance in the words of the REST contract. */
export interface BalanceView {
  readonly type: string;
  /** Unsigned. */
  readonly amount: Money;
  readonly creditDebit: CreditDebit;
  readonly asOf: string | null;
}

/** Balances of an account: the whole set of the last live read, in the bank's order. */
@Injectable()
export class BalancesService {
  constructor(
    private readonly database: DataSource,
    private readonly access: AccountAccess,
    private readonly use: ConsentUse,
    private readonly reads: DataReads,
  ) {}

  /** @throws Refusal `not_found`, `access_not_granted`, `consent_not_usable`; ProviderError */
  async list(appId: string, accountId: string, wish: ReadWish): Promise<ReadList<BalanceView>> {
    const open = await this.access.open(await this.access.find(appId, accountId), kind);
    const live = await this.reads.live(accountId, kind, wish);
    const unreadable = live ? await this.read(open, wish) : [];
    return { rows: await this.stored(accountId), asOf: await this.reads.asOf(accountId, kind), unreadable };
  }

  private async read(
    { account, consent, held }: OpenAccount,
    { context }: ReadWish,
  ): Promise<readonly UnreadableRow[]> {
    const { rows, unreadable } = await this.use.call(consent, context, (provider, heldConsent) =>
      accountsOf(provider).readBalances(heldConsent, held, context),
    );
    await this.replace(account, rows);
    return unreadable;
  }

  private async replace(account: Account, rows: readonly BalanceSnapshot[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      // Two reads at once write one after the other, so that their sets never mix.
      await manager.query('SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE', [account.id]);
      await manager.query('DELETE FROM balances WHERE account_id = $1', [account.id]);
      await manager.query(
        `INSERT INTO balances (account_id, position, app_id, type, amount_minor, currency, credit_debit, as_of)
         SELECT $1, row.position, $2, row.type, row.amount_minor, row.currency, row.credit_debit, row.as_of
         FROM unnest($3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])
           WITH ORDINALITY AS row(type, amount_minor, currency, credit_debit, as_of, position)`,
        [
          account.id,
          account.appId,
          rows.map((row) => row.type),
          rows.map((row) => row.amount.minor.toString()),
          rows.map((row) => row.amount.currency),
          rows.map((row) => row.creditDebit),
          rows.map((row) => row.asOf ?? null),
        ],
      );
      await this.reads.mark(manager, account, kind);
    });
  }

  private async stored(accountId: string): Promise<readonly BalanceView[]> {
    const rows = await this.database
      .getRepository(BalanceEntity)
      .find({ where: { accountId }, order: { position: 'ASC' } });
    return rows.map(({ type, amountMinor, currency, creditDebit, asOf }) => ({
      type,
      amount: { minor: amountMinor, currency },
      creditDebit,
      asOf,
    }));
  }
}
