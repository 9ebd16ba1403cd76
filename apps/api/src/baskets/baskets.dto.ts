import { type BasketState, basketStates, type ScaApproach, scaApproaches } from '@tributary/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { type NextStepDto, nextStepSchema } from '../authorisations/next-step.dto.js';
import { DisclosureDto } from '../http/disclosure.dto.js';
import { exampleId, idSchema } from '../http/id-param.js';
import { Nested } from '../http/nested.js';
import { PsuDto } from '../payments/party.dto.js';

const states = Object.keys(basketStates) as BasketState[];

/** What to have signed together: at least one payment or consent. */
export class NewBasketDto {
  /** Payments and bulk payments made with `signInBasket`, at one bank. */
  @ApiProperty({
    type: 'array',
    items: { type: 'string', pattern: '^(pay|blk)_[0-7][0-9A-HJKMNP-TV-Z]{25}$' },
    maxItems: 100,
    example: [exampleId('pay')],
  })
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(/^(pay|blk)_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, {
    each: true,
    message: 'paymentIds must be ids of payments and bulk payments',
  })
  paymentIds: string[];

  /** Consents made with `signInBasket`, at the same bank. */
  @ApiProperty({
    type: 'array',
    items: { type: 'string', pattern: '^con_[0-7][0-9A-HJKMNP-TV-Z]{25}$' },
    maxItems: 100,
    example: [],
  })
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(/^con_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, { each: true, message: 'consentIds must be ids of consents' })
  consentIds: string[];

  /** Who signs. */
  @Nested(() => PsuDto)
  psu: PsuDto;

  /** Where the PSU comes back to: equal to a registered redirect URI of the app. @example https://app.example.com/signed */
  @IsString()
  @Length(1, 2000)
  redirectUri: string;

  /** Handed back untouched with the PSU. @example payday-2026-11 */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  state?: string;

  /** How the PSU would best sign; the bank decides. */
  @ApiPropertyOptional({ enum: scaApproaches, example: 'redirect' })
  @IsOptional()
  @IsIn(scaApproaches)
  scaPreference?: ScaApproach;
}

/** A signing basket and where it stands. What the signing did to its members, they say themselves. */
export class BasketDto extends DisclosureDto {
  @ApiProperty(idSchema('bsk'))
  id: string;
  @ApiProperty(idSchema('ins'))
  institutionId: string;
  /** @example xs2a */
  provider: string;
  @ApiProperty(idSchema('cnn'))
  connectionId: string;
  /** Who signs. @example anna.schmidt */
  psuId: string;
  /** Unknown words may be added. */
  @ApiProperty({ enum: states, example: 'awaitingAuthorisation' })
  status: BasketState;
  /** The bank's latest word, verbatim. */
  @ApiProperty({ type: 'string', nullable: true, example: 'RCVD' })
  upstreamStatus: string | null;
  /** The bank's name of the basket; null until it has one. */
  @ApiProperty({ type: 'string', nullable: true, example: '4c1f-BASKET' })
  reference: string | null;
  @ApiProperty({ type: [String], example: [exampleId('pay')] })
  paymentIds: readonly string[];
  @ApiProperty({ type: [String], example: [] })
  consentIds: readonly string[];
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
