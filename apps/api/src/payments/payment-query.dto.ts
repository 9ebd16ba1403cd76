import { type IsoPaymentStatus, type PaymentState, paymentStates } from '@tributary/domain';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { PageQuery } from '../http/page.dto.js';
import { IsInstant } from '../http/time.validator.js';
import { isoCodes } from './standing.dto.js';

/** Filters of the list. */
export class PaymentQuery extends PageQuery {
  @ApiPropertyOptional({ enum: paymentStates })
  @IsOptional()
  @IsIn(paymentStates)
  status?: PaymentState;

  @ApiPropertyOptional({ enum: isoCodes })
  @IsOptional()
  @IsIn(isoCodes)
  isoStatus?: IsoPaymentStatus;

  /** Payments of one PSU. */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  psuId?: string;

  /** Created at this instant or later. */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** Created at this instant or earlier. */
  @IsOptional()
  @IsInstant()
  to?: string;
}
