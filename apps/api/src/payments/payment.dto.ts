import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { idSchema } from '../http/id-param.js';
import { MoneyDto } from '../http/money.dto.js';
import { Nested } from '../http/nested.js';
import { NewOrderDto } from './new-order.dto.js';
import { CreditorDto, DebtorDto, RemittanceDto } from './party.dto.js';
import { RecurrenceDto } from './recurrence.dto.js';
import { StandingDto } from './standing.dto.js';

/** A payment to initiate. */
export class NewPaymentDto extends NewOrderDto {
  @Nested(() => MoneyDto)
  amount: MoneyDto;

  @Nested(() => CreditorDto)
  creditor: CreditorDto;

  @IsOptional()
  @Nested(() => DebtorDto)
  debtor?: DebtorDto;

  /** Your own reference, carried to the creditor (ISO 20022 EndToEndIdentification). Made for you if absent. @example INV-2026-1187 */
  @IsOptional()
  @Matches(/^[A-Za-z0-9/?:().,'+ -]{1,35}$/, {
    message: 'endToEndId must be 1 to 35 characters of the SEPA character set',
  })
  endToEndId?: string;

  @IsOptional()
  @Nested(() => RemittanceDto)
  remittance?: RemittanceDto;

  /** Makes it a standing order; then without `executionDate`. Needs the capability `payments.recurring`. */
  @IsOptional()
  @Nested(() => RecurrenceDto)
  recurrence?: RecurrenceDto;
}

/** A payment and where it stands. */
export class PaymentDto extends StandingDto {
  @ApiProperty(idSchema('pay'))
  id: string;
  amount: MoneyDto;
  creditor: CreditorDto;
  @ApiProperty({ type: () => DebtorDto, nullable: true })
  debtor: DebtorDto | null;
  /** @example INV-2026-1187 */
  endToEndId: string;
  @ApiProperty({ type: () => RemittanceDto, nullable: true })
  remittance: RemittanceDto | null;
  /** Of a standing order. */
  @ApiProperty({ type: () => RecurrenceDto, nullable: true, example: null })
  recurrence: RecurrenceDto | null;
}
