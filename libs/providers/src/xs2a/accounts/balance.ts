import type { BalanceSnapshot } from '@tributary/domain';
import { moneyOf } from './account-reference.js';
import type { WireBalance } from './wire.js';

/** What can still be spent: no debit, so that no accounting of debits turns it round. */
const spendable: ReadonlySet<string> = new Set(['interimAvailable', 'forwardAvailable']);

/**
 * A balance of any type, as the bank names it.
 * @param debitAccounting whether debits are quoted positive (card accounts, schema debitAccounting): a positive balance is then a debt
 */
export function balanceSnapshot(wire: WireBalance, raw: unknown, debitAccounting = false): BalanceSnapshot {
  const { minor, currency } = moneyOf(wire.balanceAmount);
  const debit = debitAccounting && !spendable.has(wire.balanceType) ? minor > 0n : minor < 0n;
  return {
    type: wire.balanceType,
    amount: { minor: minor < 0n ? -minor : minor, currency },
    creditDebit: debit ? 'debit' : 'credit',
    asOf: wire.lastChangeDateTime ?? wire.referenceDate,
    raw,
  };
}
