import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type DecidedOutcome, decidedOutcomes, type PaymentDecision } from '@tributary/persistence';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { PageQuery } from '../http/page.dto.js';

const paymentId = /^(pay|blk)_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const connectionId = /^cnn_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const appId = /^app_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const paymentIdSchema = {
  type: 'string',
  pattern: paymentId.source,
  example: 'pay_01KAHX5V4Q0N6W2T8B7C9D3E5F',
} as const;
const statuses = ['proposed', 'confirmed', 'applied', 'withdrawn'] as const satisfies PaymentDecision['status'][];

/** What became of a payment, and how you know. */
export class NewDecisionDto {
  /** A payment or a bulk payment, of any app, whose outcome is in doubt. */
  @ApiProperty(paymentIdSchema)
  @Matches(paymentId, { message: 'must be the id of a payment or bulk payment' })
  paymentId: string;

  /** What really became of it at the bank. */
  @ApiProperty({ enum: decidedOutcomes, example: 'rejected' })
  @IsIn(decidedOutcomes)
  outcome: DecidedOutcome;

  /** How you know: the bank's letter, a booking on a statement. Kept for ever; no secrets. */
  @ApiProperty({
    minLength: 10,
    maxLength: 2000,
    example: 'Phone call with the bank, ticket 4711: it never got this order.',
  })
  @IsString()
  @Length(10, 2000)
  evidence: string;
}

/** Filters of the decisions. */
export class DecisionsQuery extends PageQuery {
  /** About one payment. */
  @ApiPropertyOptional(paymentIdSchema)
  @IsOptional()
  @Matches(paymentId, { message: 'must be the id of a payment or bulk payment' })
  paymentId?: string;

  @ApiPropertyOptional({ enum: statuses })
  @IsOptional()
  @IsIn(statuses)
  status?: PaymentDecision['status'];
}

/** A decision about a payment, by two people. */
export class DecisionDto {
  @ApiProperty({ example: 'dec_01KAHX5V4Q0N6W2T8B7C9D3E5F' })
  id: string;
  @ApiProperty(paymentIdSchema)
  paymentId: string;
  /** Whose payment it is. */
  appId: string;
  @ApiProperty({ enum: statuses, example: 'proposed' })
  status: PaymentDecision['status'];
  @ApiProperty({ enum: decidedOutcomes })
  outcome: DecidedOutcome;
  evidence: string;
  /** Client id. */
  proposedBy: string;
  proposedAt: Date;
  /** Client id of somebody else. */
  @ApiProperty({ type: 'string', nullable: true })
  confirmedBy: string | null;
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  confirmedAt: Date | null;
  /** Whether the payment is now as decided: false where the bank had said something else meanwhile. null until then. */
  @ApiProperty({ type: 'boolean', nullable: true })
  applied: boolean | null;
}

/** Filters of the payments in doubt. */
export class DoubtQuery extends PageQuery {
  @ApiPropertyOptional({ type: 'string', pattern: connectionId.source })
  @IsOptional()
  @Matches(connectionId, { message: 'must be the id of a connection' })
  connectionId?: string;

  @ApiPropertyOptional({ type: 'string', pattern: appId.source })
  @IsOptional()
  @Matches(appId, { message: 'must be the id of an app' })
  appId?: string;
}

/** A payment of which nobody can tell what became of it, or has told anything for long. */
export class PaymentInDoubtDto {
  @ApiProperty(paymentIdSchema)
  id: string;
  appId: string;
  connectionId: string;
  provider: string;
  /** `unknown`, or what was heard last. */
  status: string;
  /** 0: not yet reported as stale; else the last stage that was. */
  @ApiProperty({ type: 'integer', example: 1 })
  staleStage: number;
  /** The bank's name of it, to ask the bank with; null where we never heard one. */
  @ApiProperty({ type: 'string', nullable: true })
  reference: string | null;
  /** The bank's last word. */
  @ApiProperty({ type: 'string', nullable: true })
  upstreamStatus: string | null;
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  sentAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}
