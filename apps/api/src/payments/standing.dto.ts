import {
  isoPaymentStatuses,
  type IsoPaymentStatus,
  paymentSchemes,
  type PaymentState,
  paymentStates,
} from '@tributary/domain';
import { ApiProperty } from '@nestjs/swagger';
import { type NextStepDto, nextStepSchema } from '../authorisations/next-step.dto.js';
import { PaymentDisclosureDto } from '../http/disclosure.dto.js';
import { exampleId, idSchema } from '../http/id-param.js';

export const isoCodes = Object.keys(isoPaymentStatuses) as IsoPaymentStatus[];

/** Where a single or bulk payment stands. */
export class StandingDto extends PaymentDisclosureDto {
  @ApiProperty(idSchema('ins'))
  institutionId: string;
  /** Where it stands, for an app. Unknown words may be added. `unknown`: sent, and nobody knows yet what became of it. */
  @ApiProperty({ enum: paymentStates, example: 'awaitingAuthorisation' })
  status: PaymentState;
  /** ISO 20022 code; null until somebody at the bank said something that has one. Unknown codes may be added. */
  @ApiProperty({ enum: isoCodes, nullable: true, type: 'string', example: 'RCVD' })
  isoStatus: IsoPaymentStatus | null;
  /** ISO 20022 reason code, or the bank's own word. */
  @ApiProperty({ type: 'string', nullable: true, example: null })
  isoReason: string | null;
  /** Whether nothing more happens (but for ACCC after ACSC). */
  final: boolean;
  /** As named with the order, else the one that carries it; null where the bank decides. */
  @ApiProperty({ enum: paymentSchemes, nullable: true, type: 'string', example: 'SEPA_CREDIT_TRANSFER' })
  scheme: string | null;
  @ApiProperty({ type: 'string', format: 'date', nullable: true, example: null })
  executionDate: string | null;
  /** @example xs2a */
  provider: string;
  @ApiProperty(idSchema('cnn'))
  connectionId: string;
  /** The bank's name of the payment; null until it has one. */
  @ApiProperty({ type: 'string', nullable: true, example: '9f1c2b7e-PAY' })
  reference: string | null;
  /** The bank's latest word, verbatim. */
  @ApiProperty({ type: 'string', nullable: true, example: 'RCVD' })
  upstreamStatus: string | null;
  /** Whether it is authorised in a signing basket. */
  signInBasket: boolean;
  /** The newest SCA of it. */
  @ApiProperty({ type: 'string', nullable: true, example: exampleId('aut') })
  authorisationId: string | null;
  /** All of them, oldest first: one per signer and try. */
  @ApiProperty({ type: [String], example: [exampleId('aut')] })
  authorisationIds: readonly string[];
  /** The SCA of its cancellation, where the bank wants one. */
  @ApiProperty({ type: 'string', nullable: true, example: null })
  cancellationAuthorisationId: string | null;
  /** Of its cancellation while that has one, else of the payment itself. */
  @ApiProperty(nextStepSchema)
  nextStep: NextStepDto | null;
  @ApiProperty({ type: 'string', format: 'date-time' })
  createdAt: string;
  @ApiProperty({ type: 'string', format: 'date-time' })
  updatedAt: string;
}
