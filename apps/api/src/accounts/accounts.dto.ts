import { type AccountIdentifier, accountSchemes, type AccountScheme, type CreditDebit } from '@tributary/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { idSchema } from '../http/id-param.js';
import { MoneyDto } from '../http/money.dto.js';
import { PageQuery } from '../http/page.dto.js';

/** Filters of the list. */
export class AccountsQuery extends PageQuery {
  /** Accounts of one consent. */
  @ApiPropertyOptional(idSchema('con'))
  @IsOptional()
  @Matches(/^con_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, { message: 'consentId must be the id of a consent' })
  consentId?: string;

  /** Accounts of one PSU, from all consents that are good. @example anna.schmidt */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  psuId?: string;
}

/** A name of an account. */
export class AccountIdentifierDto implements AccountIdentifier {
  /** Unknown ones may be added. */
  @ApiProperty({ enum: accountSchemes, example: 'iban' })
  scheme: AccountScheme;
  /** Without blanks. @example DE89370400440532013000 */
  value: string;
}

/** An account that a PSU shares. */
export class AccountViewDto {
  @ApiProperty(idSchema('acc'))
  id: string;
  @ApiProperty(idSchema('ins'))
  institutionId: string;
  /** @example xs2a */
  provider: string;
  /** The bank's name of it, within the newest consent. The `id` stays, this does not. @example 3dc3d5b3-7023-4848 */
  reference: string;
  @ApiProperty({ type: [AccountIdentifierDto] })
  identifiers: readonly AccountIdentifierDto[];
  /** ISO 4217; XXX: several currencies. @example EUR */
  currency: string;
  @ApiProperty({ type: 'string', nullable: true, example: 'Girokonto' })
  name: string | null;
  @ApiProperty({ type: 'string', nullable: true, example: 'Giro' })
  product: string | null;
  /** ISO 20022 ExternalCashAccountType1Code, as sent. */
  @ApiProperty({ type: 'string', nullable: true, example: 'CACC' })
  type: string | null;
  @ApiProperty({ enum: ['private', 'business'], type: 'string', nullable: true, example: 'private' })
  usage: 'private' | 'business' | null;
  @ApiProperty({ type: 'string', nullable: true, example: 'Anna Schmidt' })
  ownerName: string | null;
  @ApiProperty({ type: 'string', nullable: true, example: 'MOCKDEFFXXX' })
  bic: string | null;
  /** enabled, deleted or blocked; another word of the bank stays as it is. @example enabled */
  status: string;
}

/** A balance of an account. */
export class BalanceDto {
  /** openingBooked, closingBooked, interimBooked, interimAvailable, expected, ...; other words of banks may come. @example interimAvailable */
  type: string;
  /** Unsigned: `creditDebit` says whether it is money or debt. */
  amount: MoneyDto;
  @ApiProperty({ enum: ['credit', 'debit'] })
  creditDebit: CreditDebit;
  /** Instant or day, as the bank said. */
  @ApiProperty({ type: 'string', nullable: true, example: '2026-11-20' })
  asOf: string | null;
}

/** Something that a bank knows about an account, as the route maps it. */
export class AccountDocumentDto {
  [field: string]: unknown;
}
