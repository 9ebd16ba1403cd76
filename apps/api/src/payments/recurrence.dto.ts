import { type ExecutionRule, executionRules, paymentFrequencies, type PaymentFrequency } from '@tributary/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsBankDate } from '../http/time.validator.js';

const frequencies = Object.keys(paymentFrequencies) as PaymentFrequency[];

/** When a recurring payment (standing order) pays. */
export class RecurrenceDto {
  @ApiProperty({ enum: frequencies, example: 'monthly' })
  @IsIn(frequencies)
  frequency: PaymentFrequency;

  /** Day of the first payment. @example 2030-02-01 */
  @IsBankDate()
  startDate: string;

  /** The last day on which one may be made; absent: until it is cancelled. @example 2031-01-31 */
  @IsOptional()
  @IsBankDate()
  endDate?: string;

  /** On which side of a day without banking it is made. */
  @ApiPropertyOptional({ enum: executionRules, example: 'following' })
  @IsOptional()
  @IsIn(executionRules)
  executionRule?: ExecutionRule;

  /** Day of the month; 31 is the last day of any month. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 31, example: 1 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(31)
  dayOfExecution?: number;

  /** Months, 1 to 12; with the frequency `monthlyVariable`, and only then. */
  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'integer', minimum: 1, maximum: 12 },
    minItems: 1,
    maxItems: 12,
    example: [3, 9],
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(12)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(12, { each: true })
  monthsOfExecution?: readonly number[];
}
