import type { TransactionSnapshot } from '@tributary/domain';
import type { HeldAccount } from '../../port/index.js';
import { identifiersOf, moneyOf } from './account-reference.js';
import { directionOf, isOwn } from './direction.js';
import type { Xs2aSettings } from '../settings.js';
import type { WireCardTransaction, WireTransaction } from './wire.js';

type Status = TransactionSnapshot['status'];

/** A row of an account's list, in JSON. Throws UnreadableError, MoneyError. */
export function transactionSnapshot(
  wire: WireTransaction,
  raw: unknown,
  status: Status,
  account: HeldAccount,
  { amountSigns }: Pick<Xs2aSettings, 'amountSigns'>,
): TransactionSnapshot {
  const { minor, currency } = moneyOf(wire.transactionAmount);
  const direction = directionOf(wire, minor < 0n, account, amountSigns);
  return {
    reference: wire.transactionId ?? wire.entryReference,
    status,
    bookedOn: wire.bookingDate,
    valueOn: wire.valueDate,
    amount: { minor: minor < 0n ? -minor : minor, currency },
    direction,
    counterparty: counterpartyOf(wire, direction, account),
    remittance: remittanceOf(wire),
    endToEndId: wire.endToEndId,
    bankCode: wire.bankTransactionCode ?? wire.proprietaryBankTransactionCode,
    balanceAfter: wire.balanceAfterTransaction && moneyOf(wire.balanceAfterTransaction.balanceAmount),
    raw,
  };
}

/**
 * A row of a card account's list. Throws MoneyError.
 * @param debitAccounting whether debits are quoted positive there (schema debitAccounting); else a debit has a minus
 */
export function cardTransactionSnapshot(
  wire: WireCardTransaction,
  raw: unknown,
  status: Status,
  debitAccounting: boolean,
): TransactionSnapshot {
  const { minor, currency } = moneyOf(wire.transactionAmount);
  const debit = debitAccounting ? minor > 0n : minor < 0n;
  const words = wire.transactionDetails;
  return {
    reference: wire.cardTransactionId,
    status,
    bookedOn: wire.bookingDate,
    valueOn: wire.valueDate,
    occurredAt: wire.acceptorTransactionDateTime ?? wire.transactionDate,
    amount: { minor: minor < 0n ? -minor : minor, currency },
    direction: debit ? 'debit' : 'credit',
    counterparty: {},
    remittance: { unstructured: words === undefined || words === '' ? [] : [words] },
    bankCode: wire.proprietaryBankTransactionCode,
    raw,
  };
}

/** The side that is not the account: banks keep the parties of what was sent back where they were. */
function counterpartyOf(
  { debtorName, debtorAccount, creditorName, creditorAccount }: WireTransaction,
  direction: TransactionSnapshot['direction'],
  account: HeldAccount,
): TransactionSnapshot['counterparty'] {
  const debtor = { name: debtorName, account: debtorAccount };
  const creditor = { name: creditorName, account: creditorAccount };
  const [likely, other] = direction === 'credit' ? [debtor, creditor] : [creditor, debtor];
  const side = likely.account !== undefined && isOwn(likely.account, account) ? other : likely;
  return { name: side.name, account: side.account && identifiersOf(side.account)[0] };
}

/** The array repeats and completes the single text, so it is taken where there is one. */
export function remittanceOf(wire: WireTransaction): TransactionSnapshot['remittance'] {
  const text = wire.remittanceInformationUnstructured;
  const lines = wire.remittanceInformationUnstructuredArray ?? [];
  const structured = wire.remittanceInformationStructured ?? wire.remittanceInformationStructuredArray?.[0];
  const single = text === undefined || text === '' ? [] : [text];
  return { unstructured: lines.length > 0 ? lines : single, structured };
}
