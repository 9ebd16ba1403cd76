import { type IsoPaymentStatus, type ObservationSource, observationSources } from '@tributary/domain';
import { ApiProperty } from '@nestjs/swagger';
import { isoCodes } from './standing.dto.js';

/** One observation of a payment, applied or not. */
export class TimelineEntryDto {
  @ApiProperty({ type: 'string', format: 'date-time' })
  at: string;
  /** Who said it. Unknown words may be added. */
  @ApiProperty({ enum: observationSources, example: 'poll' })
  source: ObservationSource;
  /** The upstream's own word. @example ACSC */
  upstreamStatus: string;
  @ApiProperty({ enum: isoCodes, nullable: true, type: 'string', example: 'ACSC' })
  isoStatus: IsoPaymentStatus | null;
  /** Whether it changed the payment. */
  applied: boolean;
  /** Why it did or did not: first, advance, end, same, late, floating, unknown-word, final-contradicted, ... @example end */
  why: string;
  /** How long the upstream took to say it. */
  @ApiProperty({ type: 'integer', nullable: true, example: 84 })
  latencyMs: number | null;
}
