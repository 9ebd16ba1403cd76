import type { CredentialField, NextStep, ScaMethod } from '@tributary/domain';
import { ApiProperty, getSchemaPath } from '@nestjs/swagger';

/** Send the PSU's browser there, unchanged. It comes back to your redirect URI. */
export class RedirectStepDto {
  @ApiProperty({ enum: ['redirect'] })
  type: 'redirect';
  /** @example https://bank.example.com/authorise?session=5d1c */
  url: string;
  /** When the link ends, where the bank says so. */
  @ApiProperty({ type: 'string', format: 'date-time', required: false })
  expiresAt?: string;
}

/** One input that the bank asks the PSU for. */
export class CredentialFieldDto implements CredentialField {
  /** Name to answer under. @example password */
  name: string;
  /** @example Password */
  label: string;
  /** Show it as a password field and keep it nowhere. */
  secret: boolean;
  help?: string;
}

/** Ask the PSU for these, and answer with `credentials`. */
export class CredentialsStepDto {
  @ApiProperty({ enum: ['credentials'] })
  type: 'credentials';
  @ApiProperty({ type: [CredentialFieldDto] })
  fields: readonly CredentialFieldDto[];
  /** Whether the answer before was wrong. */
  isRetry?: boolean;
}

/** One way of SCA. */
export class ScaMethodDto implements ScaMethod {
  /** @example smstaniphonex */
  id: string;
  /** The bank's word. Unknown ones may come. @example SMS_OTP */
  type: string;
  /** @example Verify by phone */
  name: string;
  explanation?: string;
  /** Whether the PSU confirms on another device, without a code. */
  decoupled: boolean;
}

/** Let the PSU choose, and answer with `methodId`. */
export class SelectMethodStepDto {
  @ApiProperty({ enum: ['selectMethod'] })
  type: 'selectMethod';
  @ApiProperty({ type: [ScaMethodDto] })
  methods: readonly ScaMethodDto[];
}

/** Ask the PSU for the code, and answer with `code`. */
export class ChallengeStepDto {
  @ApiProperty({ enum: ['challenge'] })
  type: 'challenge';
  /** What to show. @example Enter the code that we sent to +49 *** 123 */
  prompt?: string;
  /** Picture to show (photo TAN): base64, or a URL. */
  image?: string;
  maxLength?: number;
  @ApiProperty({ enum: ['characters', 'integer'], required: false })
  format?: 'characters' | 'integer';
  /** Whether the code before was wrong. */
  isRetry: boolean;
}

/** The PSU acts on another device. Answer `{}` after that time to ask again. */
export class WaitStepDto {
  @ApiProperty({ enum: ['wait'] })
  type: 'wait';
  /** @example Confirm in your banking app. */
  message?: string;
  /** @example 2 */
  pollAfterSeconds: number;
}

/** What the PSU or the app has to do next. */
export type NextStepDto = NextStep;

/** Every kind of step, for the document. */
export const nextStepModels = [
  RedirectStepDto,
  CredentialsStepDto,
  SelectMethodStepDto,
  ChallengeStepDto,
  WaitStepDto,
] as const;

/** Schema of `nextStep`: one of the steps, or null when nothing is to be done. */
export const nextStepSchema = {
  description: 'What the PSU or the app has to do next; null: nothing. Unknown types may be added.',
  nullable: true,
  oneOf: nextStepModels.map((model) => ({ $ref: getSchemaPath(model) })),
};
