import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ProblemSource } from './problem.js';

/** One field at fault. */
export class FieldProblem {
  /** JSON Pointer into the body (RFC 6901), `/query/...` or `/headers/...`. @example /creditor/account/iban */
  pointer: string;
  /** Short word for programs. @example invalid */
  code: string;
  /** What is expected. @example "iban must be an IBAN" */
  message: string;
}

/** Whether it makes sense to try again. */
export class RetryAdvice {
  /** Whether the very same request may be sent again without harm, and may then succeed. */
  safe: boolean;
  /** Seconds to wait first; null where the platform cannot say. Equal to the Retry-After header. */
  @ApiProperty({ type: 'integer', nullable: true, example: null })
  afterSeconds: number | null;
}

/** What the app can do about it. */
export class NextAction {
  /** @example authorise */
  type: string;
  /** @example /v1/consents/con_01KAHX5V4Q0N6W2T8B7C9D3E5F/authorisations */
  href: string;
}

/** What the upstream said, in its own words. */
export class UpstreamWords {
  /** @example xs2a */
  provider: string;
  /** null when no answer came. */
  @ApiProperty({ type: 'integer', nullable: true, example: 401 })
  httpStatus: number | null;
  @ApiProperty({ type: 'string', nullable: true, example: 'CONSENT_INVALID' })
  code: string | null;
}

/** Why a request was not carried out (RFC 9457, application/problem+json). */
export class Problem {
  /** Where the code is explained. @example /problems#invalid_request */
  type: string;
  /** @example "The request is not valid" */
  title: string;
  /** HTTP status. */
  @ApiProperty({ type: 'integer', example: 400 })
  status: number;
  /** What happened and what to do next. */
  detail: string;
  /** Path of the request. @example /v1/payments */
  instance: string;
  /** Short word for programs. Unknown ones may be added. @example invalid_request */
  code: string;
  /** Who can change it. */
  @ApiProperty({ enum: ['caller', 'platform', 'provider', 'institution', 'psu'] })
  source: ProblemSource;
  /** Quote it when you ask for help; equal to X-Request-Id. */
  traceId: string;
  retry: RetryAdvice;
  nextAction?: NextAction;
  /** Fields at fault. */
  @ApiPropertyOptional({ type: [FieldProblem] })
  errors?: FieldProblem[];
  upstream?: UpstreamWords;
  /** With `institution_quota`: when the institution takes calls again. */
  @ApiPropertyOptional({ type: 'string', format: 'date-time' })
  nextAllowedAt?: string;
}
