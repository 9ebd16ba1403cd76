import { type PaymentScheme, paymentSchemes, type ScaApproach, scaApproaches } from '@tributary/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { idSchema } from '../http/id-param.js';
import { Nested } from '../http/nested.js';
import { IsBankDate } from '../http/time.validator.js';
import { PsuDto } from './party.dto.js';

/** What single and bulk payments ask for alike. */
export class NewOrderDto {
  /** Where the PSU banks: from GET /v1/institutions. */
  @ApiProperty(idSchema('ins'))
  @Matches(/^ins_/, { message: 'institutionId must be an id from GET /v1/institutions' })
  @IsString()
  @MaxLength(40)
  institutionId: string;

  /** Only through a connection of this provider. @example xs2a */
  @IsOptional()
  @Matches(/^[a-z0-9-]{1,40}$/, { message: 'provider must be an id from GET /v1/providers' })
  provider?: string;

  @Nested(() => PsuDto)
  psu: PsuDto;

  /** Without it, what the route takes for this currency. The institution's `paymentSchemes` say what it can do. */
  @ApiPropertyOptional({ enum: paymentSchemes, example: 'SEPA_CREDIT_TRANSFER' })
  @IsOptional()
  @IsIn(paymentSchemes)
  scheme?: PaymentScheme;

  /** The day on which it is to be carried out; absent: as soon as possible. @example 2027-01-15 */
  @IsOptional()
  @IsBankDate()
  executionDate?: string;

  /** Where the PSU comes back to: equal to a registered redirect URI of the app. @example https://app.example.com/paid */
  @IsString()
  @Length(1, 2000)
  redirectUri: string;

  /** Handed back untouched with the PSU. @example order-1187 */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  state?: string;

  /** How the PSU would best authorise it; the bank decides. */
  @ApiPropertyOptional({ enum: scaApproaches, example: 'redirect' })
  @IsOptional()
  @IsIn(scaApproaches)
  scaPreference?: ScaApproach;

  /** An authorised consent at the same bank in whose session the payment runs, where the bank offers that. */
  @ApiPropertyOptional(idSchema('con'))
  @IsOptional()
  @Matches(/^con_[0-9A-Z]{26}$/, { message: 'consentId must be the id of a consent' })
  consentId?: string;

  /** Authorise it in a signing basket: no SCA of its own is opened. Needs the capability `signingBaskets`. @example false */
  @IsOptional()
  @IsBoolean()
  signInBasket?: boolean;
}
