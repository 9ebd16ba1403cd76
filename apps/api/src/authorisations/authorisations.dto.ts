import { type ScaApproach, scaApproaches, scaStatuses, type StepAnswer } from '@tributary/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Refusal } from '@tributary/banking';
import { IsIn, IsOptional, IsString, Length, registerDecorator } from 'class-validator';
import { PaymentDisclosureDto } from '../http/disclosure.dto.js';
import { idSchema } from '../http/id-param.js';
import { Nested } from '../http/nested.js';
import { PsuDto } from '../payments/party.dto.js';
import { type NextStepDto, nextStepSchema } from './next-step.dto.js';

const subjectTypes = ['consent', 'payment', 'cancellation', 'basket'] as const;

/** What an authorisation is about. */
export class AuthorisationSubjectDto {
  /** `payment`: single or bulk. `cancellation`: of the payment with this id. Unknown ones may be added. */
  @ApiProperty({ enum: subjectTypes, example: 'consent' })
  type: (typeof subjectTypes)[number];
  /** @example con_01KAHX5V4Q0N6W2T8B7C9D3E5F */
  id: string;
}

/** An SCA of a consent, a payment, its cancellation or a signing basket. */
export class AuthorisationDto extends PaymentDisclosureDto {
  @ApiProperty(idSchema('aut'))
  id: string;
  subject: AuthorisationSubjectDto;
  /** Who authorises, where that is not the subject's own PSU. */
  @ApiProperty({ type: 'string', nullable: true, example: null })
  psuId: string | null;
  /** How the PSU proves who they are, as the bank chose. Unknown ones may be added. */
  @ApiProperty({ enum: scaApproaches, example: 'redirect' })
  approach: ScaApproach;
  /** Berlin Group's word for where the SCA stands. Unknown ones may be added. */
  @ApiProperty({ type: 'string', enum: Object.keys(scaStatuses), example: 'started' })
  scaStatus: string;
  @ApiProperty(nextStepSchema)
  nextStep: NextStepDto | null;
}

/** Who authorises next, and how. */
export class NewAuthorisationDto {
  /** The next signer, where several have to authorise. Absent: the own PSU, once more. */
  @IsOptional()
  @Nested(() => PsuDto)
  psu?: PsuDto;

  /** How the PSU would best authorise it; the bank decides. */
  @ApiPropertyOptional({ enum: scaApproaches, example: 'redirect' })
  @IsOptional()
  @IsIn(scaApproaches)
  scaPreference?: ScaApproach;
}

const paymentSubjects = ['payment', 'cancellation'] as const;

/** Who authorises next, what of the payment, and how. */
export class NewPaymentAuthorisationDto extends NewAuthorisationDto {
  /** The payment, or its cancellation where that has an SCA of its own. */
  @ApiPropertyOptional({ enum: paymentSubjects, default: 'payment', example: 'payment' })
  @IsOptional()
  @IsIn(paymentSubjects)
  subject?: (typeof paymentSubjects)[number];
}

/**
 * The PSU's answer to the open step: exactly one of the members, or none to ask the bank again. It is handed on, never
 * stored and never logged.
 */
export class StepAnswerDto {
  /** Answers a `credentials` step: the name of each field with what the PSU entered. */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', minLength: 1, maxLength: 1000 },
    example: { password: '...' },
  })
  @IsOptional()
  @IsTexts()
  credentials?: Record<string, string>;

  /** Answers a `selectMethod` step. @example smstaniphonex */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  methodId?: string;

  /** Answers a `challenge` step. */
  @ApiPropertyOptional({ type: 'string', minLength: 1, maxLength: 1000, example: '123456' })
  @IsOptional()
  @IsString()
  @Length(1, 1000)
  code?: string;
}

/** @throws Refusal for more than one answer at once */
export function toStepAnswer({ credentials, methodId, code }: StepAnswerDto): StepAnswer {
  const given: StepAnswer[] = [];
  if (credentials != null) given.push({ type: 'credentials', credentials });
  if (methodId != null) given.push({ type: 'selectMethod', methodId });
  if (code != null) given.push({ type: 'challenge', code });
  const [answer, ...others] = given;
  if (others.length === 0) return answer ?? { type: 'ask' };
  throw new Refusal('invalid_request', 'Send one answer: `credentials`, `methodId` or `code`.', {
    errors: [{ pointer: '', code: 'ambiguous', message: 'holds more than one answer' }],
  });
}

/** An object of at most 20 texts. */
function IsTexts(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isTexts',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown) =>
          typeof value === 'object' &&
          value !== null &&
          !Array.isArray(value) &&
          Object.keys(value).length <= 20 &&
          Object.entries(value).every(
            ([name, text]: [string, unknown]) =>
              name.length <= 100 && typeof text === 'string' && text.length >= 1 && text.length <= 1000,
          ),
        defaultMessage: () => '$property must be an object of up to 20 names with texts of 1 to 1000 characters',
      },
    });
}
