import { Injectable } from '@nestjs/common';
import type { AccountIdentifier, Money } from '@tributary/domain';
import {
  type BankAccount,
  BankAccountEntity,
  type BankTransaction,
  BankTransactionEntity,
} from '@tributary/persistence';
import type { BankQuestion, DeskAccount, DeskBalance, DeskTransaction } from '@tributary/providers';
import { BankRefusal } from '@tributary/providers';
import { Brackets, type EntityManager, In } from 'typeorm';
import { noDay } from './bank-accounts.service.js';

type Window = Extract<BankQuestion, { type: 'transactions' }>;

/** Accounts that an app holds, as hubs ask for them. */
@Injectable()
export class HeldAccounts {
  /** Those of an app with these references, in a stable order. */
  among(manager: EntityManager, appId: string, references: readonly string[]): Promise<BankAccount[]> {
    return manager
      .getRepository(BankAccountEntity)
      .find({ where: { appId, reference: In([...references]) }, order: { reference: 'ASC' } });
  }

  /** Those that a customer has. */
  ofCustomer(manager: EntityManager, appId: string, psuId: string): Promise<BankAccount[]> {
    return manager.getRepository(BankAccountEntity).find({ where: { appId, psuId }, order: { reference: 'ASC' } });
  }

  /** Those that go by all of these identifiers: one per currency. */
  named(manager: EntityManager, appId: string, identifiers: readonly AccountIdentifier[]): Promise<BankAccount[]> {
    return manager
      .getRepository(BankAccountEntity)
      .createQueryBuilder('account')
      .where('account.appId = :appId AND account.identifiers @> :identifiers::jsonb', {
        appId,
        identifiers: JSON.stringify(identifiers.map(({ scheme, value }) => ({ scheme, value }))),
      })
      .orderBy('account.reference')
      .getMany();
  }

  /** Why an account that a TPP names is not to be had: it is none of its consent, or nobody's. */
  async refusal(
    manager: EntityManager,
    appId: string,
    { reference, identifiers = [] }: { reference?: string | undefined; identifiers?: readonly AccountIdentifier[] },
  ): Promise<BankRefusal> {
    const named =
      reference === undefined
        ? await this.named(manager, appId, identifiers)
        : await this.among(manager, appId, [reference]);
    const there = named.some((account) => goesBy(account, identifiers));
    // The words are the same, so that a hub that hides the difference can.
    return new BankRefusal(there ? 'foreign-resource' : 'unknown-resource', 'There is no such account in this consent');
  }

  /** Whether the bank can pay that way at all. */
  async offers(manager: EntityManager, appId: string, scheme: string, currency: string): Promise<boolean> {
    return manager
      .getRepository(BankAccountEntity)
      .createQueryBuilder('account')
      .where('account.appId = :appId AND account.currency = :currency AND :scheme = ANY(account.schemes)', {
        appId,
        scheme,
        currency,
      })
      .getExists();
  }

  /**
   * What can be spent: the balance of this type as the app put it last, less the payments that were confirmed since then,
   * whoever executes them. null where the app puts no such balance. Nothing is reserved by asking.
   */
  async available(manager: EntityManager, account: BankAccount, balanceType: string): Promise<bigint | null> {
    const balance = account.balances.find(({ type }) => type === balanceType);
    if (!balance) return null;
    const [row] = await manager.query<{ taken: string }[]>(
      `SELECT coalesce(sum(amount_minor), 0)::text AS taken FROM bank_payments
       WHERE app_id = $1 AND debtor_reference = $2 AND confirmed_at > $3 AND iso_status NOT IN ('RJCT', 'CANC')`,
      [account.appId, account.reference, account.balancesAt],
    );
    return BigInt(balance.minor) - BigInt(row?.taken ?? '0');
  }

  /** A page of entries, newest first. @throws BankRefusal for a page that is not one of ours */
  async transactions(
    manager: EntityManager,
    account: BankAccount,
    { status, from, to, page, pageSize }: Window,
  ): Promise<{ readonly rows: readonly BankTransaction[]; readonly nextPage: string | null }> {
    const { appId, reference: accountReference } = account;
    const query = manager
      .getRepository(BankTransactionEntity)
      .createQueryBuilder('entry')
      .where('entry.appId = :appId AND entry.accountReference = :accountReference', { appId, accountReference })
      .andWhere('entry.status = ANY(:statuses)', { statuses: status === 'both' ? ['booked', 'pending'] : [status] })
      .orderBy({ 'entry.day': 'DESC', 'entry.reference': 'DESC' })
      .limit(pageSize + 1);
    if (from !== undefined) query.andWhere('entry.day >= :from', { from });
    if (to !== undefined) {
      query.andWhere(
        new Brackets((either) => either.where('entry.day <= :to', { to }).orWhere('entry.day = :noDay', { noDay })),
      );
    }
    if (page !== undefined) {
      const { day, reference } = readPage(page);
      query.andWhere('(entry.day, entry.reference) < (:day::date, :last)', { day, last: reference });
    }
    const found = await query.getMany();
    const rows = found.slice(0, pageSize);
    const last = rows.at(-1);
    return { rows, nextPage: found.length > pageSize && last ? pageAfter(last) : null };
  }
}

function pageAfter({ day, reference }: BankTransaction): string {
  return Buffer.from(JSON.stringify([day, reference])).toString('base64url');
}

function readPage(page: string): { day: string; reference: string } {
  try {
    const key: unknown = JSON.parse(Buffer.from(page, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === 2) {
      const [day, reference]: readonly unknown[] = key;
      const real = typeof day === 'string' && isDay(day);
      if (real && typeof reference === 'string' && /^[\x21-\x7e]+$/.test(reference)) return { day, reference };
    }
  } catch {
    // Not one of ours either.
  }
  throw new BankRefusal('malformed', 'The page key is not one that was given out');
}

/** A day that the database takes: of the calendar, after the year 0. */
function isDay(text: string): boolean {
  const day = /^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

export function deskAccount({ reference, identifiers, currency, name, schemes }: BankAccount): DeskAccount {
  return { reference, identifiers, currency, name, schemes };
}

export function deskBalances({ balances, currency }: BankAccount): DeskBalance[] {
  return balances.map(({ type, minor }) => ({ type, amount: { minor: BigInt(minor), currency } }));
}

export function deskTransaction(row: BankTransaction): DeskTransaction {
  const { reference, status, bookedOn, valueOn, direction, counterpartyName, counterpartyAccount, remittance } = row;
  const amount: Money = { minor: row.amountMinor, currency: row.currency };
  return {
    reference,
    status,
    bookedOn,
    valueOn,
    amount,
    direction,
    counterpartyName,
    counterpartyAccount,
    remittance,
  };
}

/** Whether an account goes by all of these names. */
export function goesBy(account: BankAccount, identifiers: readonly AccountIdentifier[]): boolean {
  return identifiers.every(({ scheme, value }) =>
    account.identifiers.some((own) => own.scheme === scheme && own.value === value),
  );
}
