import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { idSchema } from '../http/id-param.js';
import { PageQuery } from '../http/page.dto.js';

/** Filter of the list of events. */
export class EventsQuery extends PageQuery {
  /** Only events of this type. @example payment.statusChanged */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  type?: string;

  /** Only events of this consent, payment, ... @example pay_01KAHX5V4Q0N6W2T8B7C9D3E5F */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  subjectId?: string;
}

/** Something that happened to what the app owns. */
export class EventDto {
  @ApiProperty(idSchema('evt'))
  id: string;
  /** Unknown ones may be added. @example payment.statusChanged */
  type: string;
  timestamp: Date;
  /** Id of the consent, payment, ... @example pay_01KAHX5V4Q0N6W2T8B7C9D3E5F */
  subjectId: string;
  /** Grows from event to event of one subject, so that a late one can be told. */
  @ApiProperty({ type: 'integer', example: 3 })
  sequence: number;
  /** What the type says about its subject. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { status: 'settled', isoStatus: 'ACSC' } })
  data: Record<string, unknown>;
}
