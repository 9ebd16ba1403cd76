import {
  type AccessKind,
  accessKinds,
  type ConsentState,
  consentStates,
  type ScaApproach,
  scaApproaches,
} from '@tributary/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { type NextStepDto, nextStepSchema } from '../authorisations/next-step.dto.js';
import { Nested } from '../http/nested.js';
import { AccountDto, IsAccount } from '../http/account.dto.js';
import { DisclosureDto } from '../http/disclosure.dto.js';
import { exampleId, idSchema } from '../http/id-param.js';
import { PageQuery } from '../http/page.dto.js';
import { IsBankDate } from '../http/time.validator.js';
import { PsuDto } from '../payments/party.dto.js';

const states = Object.keys(consentStates) as ConsentState[];

/** What to ask the PSU for. */
export class NewConsentDto {
  /** Where the PSU banks: from GET /v1/institutions. */
  @ApiProperty(idSchema('ins'))
  @Matches(/^ins_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, { message: 'institutionId must be an id from GET /v1/institutions' })
  institutionId: string;

  /** Only through a connection of this provider. @example xs2a */
  @IsOptional()
  @Matches(/^[a-z0-9-]{1,40}$/, { message: 'provider must be an id from GET /v1/providers' })
  provider?: string;

  @Nested(() => PsuDto)
  psu: PsuDto;

  /**
   * Kinds of data. Each must be among the `capabilities` of the route. `fundsConfirmation` stands alone, with exactly one
   * account, and needs the capability `fundsConfirmation.consent`.
   */
  @ApiProperty({ enum: accessKinds, isArray: true, example: ['accounts', 'balances', 'transactions'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(accessKinds.length)
  @IsIn(accessKinds, { each: true })
  access: AccessKind[];

  /** Only these accounts; absent: those that the PSU chooses at the bank, or all. */
  @ApiPropertyOptional({ type: [AccountDto] })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => AccountDto)
  @IsAccount({ each: true })
  accounts?: AccountDto[];

  /** Whether it is good more than once. @example true */
  @IsBoolean()
  recurring: boolean;

  /** The last day on which it is good; the bank may shorten it. @example 2030-10-10 */
  @IsBankDate()
  validUntil: string;

  /** Reads per day without the PSU. Absent: 4, or 1 if `recurring` is false. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, example: 4 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  frequencyPerDay?: number;

  /** Where the PSU comes back to: equal to a registered redirect URI of the app. @example https://app.example.com/linked */
  @IsString()
  @Length(1, 2000)
  redirectUri: string;

  /** Handed back untouched with the PSU. @example session-77 */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  state?: string;

  /** How the PSU would best authorise it; the bank decides. */
  @ApiPropertyOptional({ enum: scaApproaches, example: 'redirect' })
  @IsOptional()
  @IsIn(scaApproaches)
  scaPreference?: ScaApproach;

  /** Payments are to run in the session of this consent, where the bank offers that. @example false */
  @IsOptional()
  @IsBoolean()
  combinedService?: boolean;

  /** Authorise it in a signing basket: no SCA of its own is opened. Needs the capability `signingBaskets`. @example false */
  @IsOptional()
  @IsBoolean()
  signInBasket?: boolean;
}

/** Filters of the list. */
export class ConsentsQuery extends PageQuery {
  /** Consents of one PSU. @example anna.schmidt */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  psuId?: string;

  @ApiPropertyOptional({ enum: states })
  @IsOptional()
  @IsIn(states)
  status?: ConsentState;

  /** Whose last day is before this one. @example 2031-01-01 */
  @IsOptional()
  @IsBankDate()
  expiresBefore?: string;
}

/** A consent and where it stands. */
export class ConsentDto extends DisclosureDto {
  @ApiProperty(idSchema('con'))
  id: string;
  @ApiProperty(idSchema('ins'))
  institutionId: string;
  /** @example xs2a */
  provider: string;
  /** @example anna.schmidt */
  psuId: string;
  /** Unknown words may be added. */
  @ApiProperty({ enum: states, example: 'awaitingAuthorisation' })
  status: ConsentState;
  /** The bank's own word, verbatim; null until it said one. */
  @ApiProperty({ type: 'string', nullable: true, example: 'received' })
  subStatus: string | null;
  /** As granted, which can be less than asked. Unknown words may be added. */
  @ApiProperty({ enum: accessKinds, isArray: true, example: ['accounts', 'balances', 'transactions'] })
  access: AccessKind[];
  recurring: boolean;
  /** The last day on which it is good, as granted. */
  @ApiProperty({ type: 'string', format: 'date', example: '2030-10-10' })
  validUntil: string;
  /** @example 4 */
  frequencyPerDay: number;
  /** Whether payments are to run in its session. */
  combinedService: boolean;
  /** Whether it is authorised in a signing basket. */
  signInBasket: boolean;
  /** The newest SCA of it. */
  @ApiProperty({ type: 'string', nullable: true, example: exampleId('aut') })
  authorisationId: string | null;
  /** All of them, oldest first: one per signer and try. */
  @ApiProperty({ type: [String], example: [exampleId('aut')] })
  authorisationIds: readonly string[];
  @ApiProperty(nextStepSchema)
  nextStep: NextStepDto | null;
  @ApiProperty({ type: 'string', format: 'date-time' })
  createdAt: string;
  @ApiProperty({ type: 'string', format: 'date-time' })
  updatedAt: string;
}

/** Something that was said about a consent. */
export class ConsentEventDto {
  @ApiProperty({ type: 'string', format: 'date-time' })
  at: string;
  /** Who said it: app, clock, initiation, callback, poll, webhook, ... Unknown words may be added. @example callback */
  source: string;
  /** The status after it. */
  @ApiProperty({ enum: states, example: 'authorised' })
  status: ConsentState;
  /** The bank's own word. */
  @ApiProperty({ type: 'string', nullable: true, example: 'valid' })
  upstreamStatus: string | null;
  /** Whether it changed the status. */
  applied: boolean;
  /** Why it did or did not: created, change, same, not-allowed, unknown-word, or what failed. @example change */
  why: string;
}
