import { Inject, Injectable } from '@nestjs/common';
import type { AccountIdentifier, CreditDebit, Money, Remittance } from '@tributary/domain';
import {
  type BankAccount,
  BankAccountEntity,
  type BankTransaction,
  BankTransactionEntity,
} from '@tributary/persistence';
import { DataSource, In, MoreThan } from 'typeorm';
import type { PageRequest } from '../page.js';
import { notFound, Refusal } from '../refusal.js';
import { CLOCK, type Clock } from '../tokens.js';

/** An account as the bank puts it: all of it, every time. */
export interface PutBankAccount {
  readonly psuId: string;
  readonly identifiers: readonly AccountIdentifier[];
  readonly currency: string;
  readonly name?: string | undefined;
  readonly schemes: readonly string[];
  /** Signed. Absent: as they are. */
  readonly balances?: readonly { readonly type: string; readonly amount: Money }[] | undefined;
}

/** An entry as the bank puts it; the same reference again replaces it. */
export interface PutBankTransaction {
  readonly reference: string;
  readonly status: 'booked' | 'pending';
  /** The pending entry that this one takes the place of, where it had another reference: it goes. */
  readonly replaces?: string | undefined;
  readonly bookedOn?: string | undefined;
  readonly valueOn?: string | undefined;
  readonly amount: Money;
  readonly direction: CreditDebit;
  readonly counterpartyName?: string | undefined;
  readonly counterpartyAccount?: AccountIdentifier | undefined;
  readonly remittance?: Remittance | undefined;
}

/** Entries without any date are pending: they come first, and are part of every window. */
export const noDay = '9999-12-31';

/** What an app holds for its customers, as it puts it here for hubs to ask about. */
@Injectable()
export class BankAccountsService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Makes or replaces an account. @throws Refusal `invalid_request`, `conflict` */
  async put(appId: string, reference: string, account: PutBankAccount): Promise<BankAccount> {
    const { balances } = account;
    balances?.forEach(({ amount }, index) => {
      if (amount.currency !== account.currency) throw wrongCurrency(`/balances/${index}/amount/currency`);
    });
    return this.database.transaction(async (manager) => {
      const accounts = manager.getRepository(BankAccountEntity);
      // Two that put a new account at once: there is no row yet that the second could wait for.
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${appId}|${reference}`]);
      const held = await accounts.findOne({ where: { appId, reference }, lock: { mode: 'pessimistic_write' } });
      if (held && (held.currency !== account.currency || held.psuId !== account.psuId)) {
        throw new Refusal('conflict', 'An account keeps its customer and its currency: put another reference.');
      }
      const now = this.clock.now();
      const row: BankAccount = {
        appId,
        reference,
        psuId: account.psuId,
        identifiers: account.identifiers,
        currency: account.currency,
        name: account.name ?? null,
        schemes: [...account.schemes],
        balances:
          balances?.map(({ type, amount }) => ({ type, minor: amount.minor.toString() })) ?? held?.balances ?? [],
        balancesAt: balances ? now : (held?.balancesAt ?? null),
        createdAt: held?.createdAt ?? now,
        updatedAt: now,
      };
      await accounts.save(row);
      return row;
    });
  }

  /** @throws Refusal `not_found` */
  async get(appId: string, reference: string): Promise<BankAccount> {
    const account = await this.database.getRepository(BankAccountEntity).findOneBy({ appId, reference });
    if (account) return account;
    throw notFound();
  }

  /** By reference; key of a row: its reference. */
  list(appId: string, psuId: string | undefined, { limit, after }: PageRequest): Promise<BankAccount[]> {
    return this.database.getRepository(BankAccountEntity).find({
      where: { appId, ...(psuId !== undefined && { psuId }), ...(after !== null && { reference: MoreThan(after) }) },
      order: { reference: 'ASC' },
      take: limit + 1,
    });
  }

  /** Makes or replaces entries; a pending one whose place another takes goes in the same step. @throws Refusal `not_found`, `invalid_request`, `conflict` */
  async putTransactions(
    appId: string,
    accountReference: string,
    entries: readonly PutBankTransaction[],
  ): Promise<readonly BankTransaction[]> {
    const account = await this.get(appId, accountReference);
    const references = new Set(entries.map(({ reference }) => reference));
    entries.forEach(({ amount, replaces }, index) => {
      if (amount.currency !== account.currency) throw wrongCurrency(`/transactions/${index}/amount/currency`);
      if (replaces !== undefined && references.has(replaces)) throw bothPutAndReplaced(index);
    });
    const now = this.clock.now();
    const rows = entries.map((entry): BankTransaction => ({
      appId,
      accountReference,
      reference: entry.reference,
      status: entry.status,
      bookedOn: entry.bookedOn ?? null,
      valueOn: entry.valueOn ?? null,
      day: entry.bookedOn ?? entry.valueOn ?? noDay,
      amountMinor: entry.amount.minor,
      currency: entry.amount.currency,
      direction: entry.direction,
      counterpartyName: entry.counterpartyName ?? null,
      counterpartyAccount: entry.counterpartyAccount ?? null,
      remittance: entry.remittance ?? null,
      createdAt: now,
      updatedAt: now,
    }));
    const gone = entries.flatMap(({ replaces }) => replaces ?? []);
    await this.database.transaction(async (manager) => {
      const held = manager.getRepository(BankTransactionEntity);
      // Entries of one account are put one batch after another: what is booked meanwhile is seen.
      await manager
        .getRepository(BankAccountEntity)
        .findOneOrFail({ where: { appId, reference: accountReference }, lock: { mode: 'pessimistic_write' } });
      const pending = entries.flatMap(({ reference, status }) => (status === 'pending' ? reference : []));
      const booked = await held.findOneBy({ appId, accountReference, reference: In(pending), status: 'booked' });
      if (booked) throw bookedAlready(entries.findIndex(({ reference }) => reference === booked.reference));
      // What is booked is history: nothing takes its place.
      if (gone.length > 0) await held.delete({ appId, accountReference, reference: In(gone), status: 'pending' });
      await held.upsert(rows, { conflictPaths: ['appId', 'accountReference', 'reference'] });
    });
    return rows;
  }

  /** Removes a pending entry that never came to be booked. Safe to repeat. @throws Refusal `not_found`, `conflict` */
  async removeTransaction(appId: string, accountReference: string, reference: string): Promise<void> {
    await this.get(appId, accountReference);
    const held = this.database.getRepository(BankTransactionEntity);
    await held.delete({ appId, accountReference, reference, status: 'pending' });
    if (!(await held.existsBy({ appId, accountReference, reference }))) return;
    throw new Refusal('conflict', 'The entry is booked: put one that reverses it.');
  }
}

function wrongCurrency(pointer: string): Refusal {
  return new Refusal('invalid_request', 'An account has one currency: put one account per currency.', {
    errors: [{ pointer, code: 'invalid', message: 'must be the currency of the account' }],
  });
}

function bothPutAndReplaced(index: number): Refusal {
  return new Refusal('invalid_request', 'An entry is either put or replaced: leave the pending one out.', {
    errors: [
      {
        pointer: `/transactions/${index}/replaces`,
        code: 'invalid',
        message: 'must not be the reference of an entry of the same request',
      },
    ],
  });
}

function bookedAlready(index: number): Refusal {
  return new Refusal('conflict', 'The entry is booked, which is history: put one that reverses it.', {
    errors: [{ pointer: `/transactions/${index}/status`, code: 'invalid', message: 'must stay booked' }],
  });
}
