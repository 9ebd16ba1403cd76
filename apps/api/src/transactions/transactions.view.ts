import type { TransactionView } from '@tributary/banking';
import { moneyView } from '../http/money.dto.js';
import type { TransactionDto } from './transactions.dto.js';

/** A transaction in the words of the contract. */
export function transactionDto(row: TransactionView): TransactionDto {
  const { endToEndId, bankCode, balanceAfter, supersedes } = row;
  return {
    id: row.id,
    accountId: row.accountId,
    reference: row.reference,
    status: row.status,
    bookedOn: row.bookedOn,
    valueOn: row.valueOn,
    occurredAt: row.occurredAt,
    amount: moneyView(row.amount),
    direction: row.direction,
    counterparty: row.counterparty,
    remittance: row.remittance,
    ...(endToEndId !== undefined && { endToEndId }),
    ...(bankCode !== undefined && { bankCode }),
    ...(balanceAfter !== undefined && { balanceAfter: { ...balanceAfter } }),
    ...(supersedes !== null && { supersedes }),
    ...('raw' in row && { raw: row.raw }),
  };
}
