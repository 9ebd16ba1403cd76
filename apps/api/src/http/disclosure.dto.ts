import { ApiProperty } from '@nestjs/swagger';
import { MoneyDto } from './money.dto.js';

/** What the bank says to the people at it. Show it before the PSU confirms. */
export class DisclosureDto {
  /** Text of the bank for the PSU: plain text, never markup. */
  @ApiProperty({ type: 'string', nullable: true, example: null })
  psuMessage: string | null;
  /** Texts of the bank for you: it accepted something with reservations. */
  @ApiProperty({ type: [String], example: [] })
  warnings: readonly string[];
}

/** The same with what a payment costs, where the bank says so. */
export class PaymentDisclosureDto extends DisclosureDto {
  /** What the bank takes for it. */
  @ApiProperty({ type: () => MoneyDto, nullable: true, example: null })
  fees: MoneyDto | null;
  /** What the bank takes for changing the currency. */
  @ApiProperty({ type: () => MoneyDto, nullable: true, example: null })
  conversionFees: MoneyDto | null;
  /** What will leave the debtor's account in all. */
  @ApiProperty({ type: () => MoneyDto, nullable: true, example: null })
  estimatedTotal: MoneyDto | null;
  /** What will reach the creditor's bank. */
  @ApiProperty({ type: () => MoneyDto, nullable: true, example: null })
  estimatedSettlement: MoneyDto | null;
}
