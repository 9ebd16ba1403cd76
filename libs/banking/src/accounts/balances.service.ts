import { Injectable } from '@nestjs/common';
import type { BalanceSnapshot, CreditDebit, Money } from '@tributary/domain';
import { accountsOf } from '../consents/consent-port.js';
import { ConsentUse } from '../consents/consent-use.js';
import { AccountAccess, type OpenAccount } from './account-access.js';
import type { StoredBalance } from './account-lookup.js';
import type { ReadList } from './accounts.service.js';
import { BalanceWriter, balancesKind } from './balance-writer.js';
import { DataReads, isLive, type ReadWish } from './data-reads.js';

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
    private readonly access: AccountAccess,
    private readonly use: ConsentUse,
    private readonly reads: DataReads,
    private readonly writer: BalanceWriter,
  ) {}

  /** @throws Refusal `not_found`, `access_not_granted`, `consent_not_usable`; ProviderError */
  async list(appId: string, accountId: string, wish: ReadWish): Promise<ReadList<BalanceView>> {
    const found = await this.access.findWithBalances(appId, accountId, balancesKind);
    const open = this.access.open(found, 'balances');
    const stored = { rows: found.balances.map(storedView), asOf: found.asOf };
    return isLive(wish, found.asOf) ? this.read(open, stored, wish) : { ...stored, unreadable: [] };
  }

  private async read(
    { account, consent, hold, tokensEnvelope }: OpenAccount,
    stored: Pick<ReadList<BalanceView>, 'rows' | 'asOf'>,
    { context }: ReadWish,
  ): Promise<ReadList<BalanceView>> {
    const { rows: snapshots, unreadable } = await this.use.call(
      consent,
      context,
      (provider, heldConsent) => accountsOf(provider).readBalances(heldConsent, hold(), context),
      tokensEnvelope,
    );
    const rows = snapshots.map(viewOf);
    // A set that is in store already is not written again: only that it still holds.
    const known = stored.asOf !== null && same(rows, stored.rows);
    const asOf = known ? this.reads.markSoon(account, balancesKind) : await this.writer.write(account, snapshots);
    return { rows, asOf, unreadable };
  }
}

function storedView([type, minor, currency, creditDebit, asOf]: StoredBalance): BalanceView {
  return { type, amount: { minor: BigInt(minor), currency }, creditDebit, asOf };
}

function viewOf({ type, amount, creditDebit, asOf }: BalanceSnapshot): BalanceView {
  return { type, amount, creditDebit, asOf: asOf ?? null };
}

function same(left: readonly BalanceView[], right: readonly BalanceView[]): boolean {
  return left.length === right.length && left.every((balance, index) => equal(balance, right[index]));
}

function equal(left: BalanceView, right: BalanceView | undefined): boolean {
  return (
    right !== undefined &&
    left.type === right.type &&
    left.amount.minor === right.amount.minor &&
    left.amount.currency === right.amount.currency &&
    left.creditDebit === right.creditDebit &&
    left.asOf === right.asOf
  );
}
