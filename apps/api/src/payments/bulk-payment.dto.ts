import { type IsoPaymentStatus, largestBulk } from '@tributary/domain';
import { ApiProperty, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { AccountDto, IsAccount } from '../http/account.dto.js';
import { idSchema } from '../http/id-param.js';
import { MoneyDto } from '../http/money.dto.js';
import { Nested } from '../http/nested.js';
import { NewOrderDto } from './new-order.dto.js';
import { CreditorDto, RemittanceDto } from './party.dto.js';
import { isoCodes, StandingDto } from './standing.dto.js';

/** Who pays all items. */
export class BulkDebtorDto {
  /** @example "Schmidt Handels GmbH" */
  @IsOptional()
  @IsString()
  @Length(1, 70)
  name?: string;

  @Nested(() => AccountDto)
  @IsAccount()
  account: AccountDto;
}

/** One credit transfer of a bulk. */
export class NewBulkItemDto {
  @Nested(() => MoneyDto)
  amount: MoneyDto;

  @Nested(() => CreditorDto)
  creditor: CreditorDto;

  /** Your own reference of the item, carried to the creditor; unlike those of the other items. Made for you if absent. @example SAL-2026-11-0042 */
  @IsOptional()
  @Matches(/^[A-Za-z0-9/?:().,'+ -]{1,35}$/, {
    message: 'endToEndId must be 1 to 35 characters of the SEPA character set',
  })
  endToEndId?: string;

  @IsOptional()
  @Nested(() => RemittanceDto)
  remittance?: RemittanceDto;
}

/** A bulk payment to initiate. */
export class NewBulkPaymentDto extends NewOrderDto {
  @Nested(() => BulkDebtorDto)
  debtor: BulkDebtorDto;

  /** All in the currency of `controlSum`. */
  @ApiProperty({ type: [NewBulkItemDto], minItems: 1, maxItems: largestBulk })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(largestBulk)
  @ValidateNested({ each: true })
  @Type(() => NewBulkItemDto)
  items: NewBulkItemDto[];

  /** Exactly the sum of the items: a guard against what got lost on the way. */
  @Nested(() => MoneyDto)
  controlSum: MoneyDto;

  /** Whether your statement is to show one entry for all items. Absent: as the bank likes. @example true */
  @IsOptional()
  @IsBoolean()
  batchBooking?: boolean;
}

/** An item of a bulk, and what the bank said about it. */
export class BulkItemDto {
  amount: MoneyDto;
  creditor: CreditorDto;
  /** @example SAL-2026-11-0042 */
  endToEndId: string;
  @ApiProperty({ type: () => RemittanceDto, nullable: true })
  remittance: RemittanceDto | null;
  /** The bank's name of the item. */
  @ApiProperty({ type: 'string', nullable: true, example: null })
  reference: string | null;
  /** ISO 20022 code; null until the bank said something about this very item. Many banks never do. */
  @ApiProperty({ enum: isoCodes, nullable: true, type: 'string', example: 'ACSC' })
  isoStatus: IsoPaymentStatus | null;
  /** ISO 20022 reason code, or the bank's own word. */
  @ApiProperty({ type: 'string', nullable: true, example: null })
  isoReason: string | null;
  /** The bank's latest word about it, verbatim. */
  @ApiProperty({ type: 'string', nullable: true, example: 'ACSC' })
  upstreamStatus: string | null;
}

/** A bulk payment and where it stands. */
export class BulkPaymentDto extends StandingDto {
  @ApiProperty(idSchema('blk'))
  id: string;
  debtor: BulkDebtorDto;
  controlSum: MoneyDto;
  @ApiProperty({ type: 'boolean', nullable: true, example: true })
  batchBooking: boolean | null;
  /** @example 1 */
  itemCount: number;
  /** In the order in which you gave them. */
  @ApiProperty({ type: [BulkItemDto] })
  items: BulkItemDto[];
}

/** A bulk payment in a list: without its items. */
export class ListedBulkPaymentDto extends OmitType(BulkPaymentDto, ['items'] as const) {}
