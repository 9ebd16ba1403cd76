import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { PageQuery } from '../http/page.dto.js';

/** Filter of the audit log. */
export class AuditQuery extends PageQuery {
  /** Only entries about this payment, consent, connection, app, client id, ... @example pay_01KAHX5V4Q0N6W2T8B7C9D3E5F */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  subjectId?: string;

  /** Only what this client id, public route or process did. @example client_01KAHX5V4Q0N6W2T8B7C9D3E5F */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  actor?: string;
}

/** Who did what to what, and when. */
export class AuditEntryDto {
  @ApiProperty({ type: 'integer', example: 42 })
  sequence: number;
  /** Whose it is; `-` for what belongs to the installation. @example app_01KAHX5V4Q0N6W2T8B7C9D3E5F */
  appId: string;
  at: Date;
  /** A client id, a public route, a process, or a user of the database. @example client_01KAHX5V4Q0N6W2T8B7C9D3E5F */
  actor: string;
  /** Table and operation. @example payments.update */
  action: string;
  /** @example pay_01KAHX5V4Q0N6W2T8B7C9D3E5F */
  subjectId: string;
  /** Values of a new row; `[before, after]` of what changed. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { state: ['processing', 'settled'] } })
  details: Record<string, unknown>;
  /** Place in the chain; null until it is sealed, within a minute. */
  @ApiProperty({ type: 'integer', nullable: true, example: 41 })
  position: number | null;
  /** Over this entry and the one before it. */
  @ApiProperty({
    type: 'string',
    nullable: true,
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  hash: string | null;
}
