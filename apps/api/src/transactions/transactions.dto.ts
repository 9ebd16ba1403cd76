import { type CreditDebit, type TransactionStatus, transactionStatuses } from '@tributary/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { AccountIdentifierDto } from '../accounts/accounts.dto.js';
import { UnreadableRowDto } from '../accounts/read-page.js';
import { exampleId, idSchema } from '../http/id-param.js';
import { MoneyDto } from '../http/money.dto.js';
import { PageQuery } from '../http/page.dto.js';
import { IsBankDate } from '../http/time.validator.js';
import { upstreamWords } from '../http/upstream-words.js';

/** Filters of the list. */
export class TransactionsQuery extends PageQuery {
  /** First day, inclusive. @example 2026-10-01 */
  @IsOptional()
  @IsBankDate()
  from?: string;

  /** Last day, inclusive. @example 2026-10-31 */
  @IsOptional()
  @IsBankDate()
  to?: string;

  @ApiPropertyOptional({ enum: ['booked', 'pending', 'both'], default: 'both' })
  @IsIn(['booked', 'pending', 'both'])
  status: 'booked' | 'pending' | 'both' = 'both';

  /** `raw` adds the bank's own words to each transaction. */
  @ApiPropertyOptional({ enum: ['raw'] })
  @IsOptional()
  @IsIn(['raw'])
  expand?: 'raw';
}

/** What is asked for of one transaction. */
export class TransactionQuery {
  /** `raw` adds the bank's own words. */
  @ApiPropertyOptional({ enum: ['raw'] })
  @IsOptional()
  @IsIn(['raw'])
  expand?: 'raw';
}

/** Which changes are asked for. */
export class SyncQuery extends PageQuery {
  @ApiProperty(idSchema('acc'))
  @Matches(/^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, { message: 'accountId must be the id of an account' })
  accountId: string;
}

/** The other side of a transaction. */
export class CounterpartyDto {
  /** @example Blumen Weber GmbH */
  name?: string;
  account?: AccountIdentifierDto;
}

/** What the transaction is about (remittance information). */
export class RemittanceInformationDto {
  /** @example ["Invoice 2026-1187"] */
  @ApiProperty({ type: [String] })
  unstructured: readonly string[];
  /** Creditor reference. @example RF18539007547034 */
  structured?: string;
}

/** An entry of an account. */
export class TransactionDto {
  @ApiProperty(idSchema('txn'))
  id: string;
  @ApiProperty(idSchema('acc'))
  accountId: string;
  /** The bank's id of it; missing or repeated at some banks. */
  @ApiProperty({ type: 'string', nullable: true, example: '2026-11-19-0042' })
  reference: string | null;
  /** A pending one that is booked is `removed`; the booked one `supersedes` it. Unknown words may be added. */
  @ApiProperty({ enum: transactionStatuses, example: 'booked' })
  status: TransactionStatus;
  @ApiProperty({ type: 'string', format: 'date', nullable: true, example: '2026-11-19' })
  bookedOn: string | null;
  @ApiProperty({ type: 'string', format: 'date', nullable: true, example: '2026-11-20' })
  valueOn: string | null;
  @ApiProperty({ type: 'string', nullable: true, example: null })
  occurredAt: string | null;
  /** Unsigned: `direction` says whether it came or went. */
  amount: MoneyDto;
  @ApiProperty({ enum: ['credit', 'debit'], example: 'debit' })
  direction: CreditDebit;
  counterparty: CounterpartyDto;
  remittance: RemittanceInformationDto;
  /** @example INV-2026-1187 */
  endToEndId?: string;
  /** Bank transaction code, as sent. @example PMNT-RCDT-ESCT */
  bankCode?: string;
  /** Signed. */
  balanceAfter?: MoneyDto;
  /** The pending transaction that this booked one took the place of. */
  @ApiPropertyOptional({ type: 'string', example: exampleId('txn') })
  supersedes?: string;
  /** The bank's own words; with `expand=raw` only. */
  @ApiPropertyOptional(upstreamWords)
  raw?: unknown;
}

/** What changed since a cursor. */
export class TransactionChangesDto {
  @ApiProperty({ type: [TransactionDto] })
  added: TransactionDto[];
  @ApiProperty({ type: [TransactionDto] })
  modified: TransactionDto[];
  /** Ids of transactions that are no more. */
  @ApiProperty({ type: [String], example: [exampleId('txn')] })
  removed: readonly string[];
  /** Keep it: the next call with it gives what changes from now on. @example MTg3 */
  nextCursor: string;
  /** Whether there is more right now. */
  hasMore: boolean;
  /** Rows of this live read that could not be read. Absent where there are none. */
  @ApiPropertyOptional({ type: [UnreadableRowDto] })
  unreadable?: readonly UnreadableRowDto[];
}
