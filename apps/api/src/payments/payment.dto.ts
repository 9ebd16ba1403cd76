import {
  isoPaymentStatuses,
  observationSources,
  paymentSchemes,
  paymentStates,
  scaApproaches,
  type IsoPaymentStatus,
  type ObservationSource,
  type PaymentScheme,
  type PaymentState,
  type ScaApproach,
} from '@tributary/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO31661Alpha2, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { Nested } from '../http/nested.js';
import { AccountDto, IsAccount } from '../http/account.dto.js';
import { exampleId, idSchema } from '../http/id-param.js';
import { MoneyDto } from '../http/money.dto.js';
import { type NextStepDto, nextStepSchema } from '../authorisations/next-step.dto.js';
import { PageQuery } from '../http/page.dto.js';
import { IsBankDate, IsInstant } from '../http/time.validator.js';

const isoCodes = Object.keys(isoPaymentStatuses) as IsoPaymentStatus[];

/** The user of the bank. */
export class PsuDto {
  /** The PSU's user name at the bank, or your own id of the PSU where the bank needs none. @example anna.schmidt */
  @IsString()
  @Length(1, 128)
  id: string;

  /** The company for which the PSU acts, at banks that ask for it. @example '5512345' */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  corporateId?: string;
}

/** A postal address (ISO 20022 PostalAddress). */
export class AddressDto {
  /** @example Hauptstrasse */
  @IsOptional()
  @IsString()
  @MaxLength(70)
  streetName?: string;

  /** @example 12a */
  @IsOptional()
  @IsString()
  @MaxLength(16)
  buildingNumber?: string;

  /** @example Berlin */
  @IsOptional()
  @IsString()
  @MaxLength(35)
  townName?: string;

  /** @example '10115' */
  @IsOptional()
  @IsString()
  @MaxLength(16)
  postCode?: string;

  /** ISO 3166-1 alpha-2. @example DE */
  @IsISO31661Alpha2()
  country: string;
}

/** The creditor's bank, where the scheme needs it. */
export class AgentDto {
  /** BIC (ISO 9362). @example COBADEFFXXX */
  @IsOptional()
  @Matches(/^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/, { message: 'bic must be a BIC of 8 or 11 characters' })
  bic?: string;

  /** @example Commerzbank */
  @IsOptional()
  @IsString()
  @Length(1, 140)
  name?: string;

  /** ISO 3166-1 alpha-2. @example DE */
  @IsOptional()
  @IsISO31661Alpha2()
  country?: string;
}

/** Who gets the money. */
export class CreditorDto {
  /** @example "Blumen Weber GmbH" */
  @IsString()
  @Length(1, 70)
  name: string;

  @Nested(() => AccountDto)
  @IsAccount()
  account: AccountDto;

  @IsOptional()
  @Nested(() => AddressDto)
  address?: AddressDto;

  @IsOptional()
  @Nested(() => AgentDto)
  agent?: AgentDto;
}

/** Who pays. Without an account the PSU chooses one at the bank, where the bank offers that. */
export class DebtorDto {
  /** @example "Anna Schmidt" */
  @IsOptional()
  @IsString()
  @Length(1, 70)
  name?: string;

  @IsOptional()
  @Nested(() => AccountDto)
  @IsAccount()
  account?: AccountDto;
}

/** What the creditor reads (remittance information). */
export class RemittanceDto {
  /** Free text. @example "Invoice 2026-1187" */
  @IsOptional()
  @IsString()
  @Length(1, 140)
  unstructured?: string;

  /** Creditor reference (ISO 11649 or a national one). @example RF18539007547034 */
  @IsOptional()
  @IsString()
  @Length(1, 35)
  structured?: string;
}

/** A payment to initiate. */
export class NewPaymentDto {
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

  @Nested(() => MoneyDto)
  amount: MoneyDto;

  @Nested(() => CreditorDto)
  creditor: CreditorDto;

  @IsOptional()
  @Nested(() => DebtorDto)
  debtor?: DebtorDto;

  /** Without it, what the route takes for this currency. The institution's `paymentSchemes` say what it can do. */
  @ApiPropertyOptional({ enum: paymentSchemes, example: 'SEPA_CREDIT_TRANSFER' })
  @IsOptional()
  @IsIn(paymentSchemes)
  scheme?: PaymentScheme;

  /** Your own reference, carried to the creditor (ISO 20022 EndToEndIdentification). Made for you if absent. @example INV-2026-1187 */
  @IsOptional()
  @Matches(/^[A-Za-z0-9/?:().,'+ -]{1,35}$/, {
    message: 'endToEndId must be 1 to 35 characters of the SEPA character set',
  })
  endToEndId?: string;

  @IsOptional()
  @Nested(() => RemittanceDto)
  remittance?: RemittanceDto;

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
}

/** Filters of the list. */
export class PaymentQuery extends PageQuery {
  @ApiPropertyOptional({ enum: paymentStates })
  @IsOptional()
  @IsIn(paymentStates)
  status?: PaymentState;

  @ApiPropertyOptional({ enum: isoCodes })
  @IsOptional()
  @IsIn(isoCodes)
  isoStatus?: IsoPaymentStatus;

  /** Payments of one PSU. */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  psuId?: string;

  /** Created at this instant or later. */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** Created at this instant or earlier. */
  @IsOptional()
  @IsInstant()
  to?: string;
}

/** A payment and where it stands. */
export class PaymentDto {
  @ApiProperty(idSchema('pay'))
  id: string;
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
  amount: MoneyDto;
  creditor: CreditorDto;
  @ApiProperty({ type: () => DebtorDto, nullable: true })
  debtor: DebtorDto | null;
  @ApiProperty({ enum: paymentSchemes, nullable: true, type: 'string', example: 'SEPA_CREDIT_TRANSFER' })
  scheme: string | null;
  /** @example INV-2026-1187 */
  endToEndId: string;
  @ApiProperty({ type: () => RemittanceDto, nullable: true })
  remittance: RemittanceDto | null;
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
  @ApiProperty({ type: 'string', nullable: true, example: exampleId('aut') })
  authorisationId: string | null;
  @ApiProperty(nextStepSchema)
  nextStep: NextStepDto | null;
  @ApiProperty({ type: 'string', format: 'date-time' })
  createdAt: string;
  @ApiProperty({ type: 'string', format: 'date-time' })
  updatedAt: string;
}

/** One observation of a payment, applied or not. */
export class TimelineEntryDto {
  @ApiProperty({ type: 'string', format: 'date-time' })
  at: string;
  /** Who said it. Unknown words may be added. */
  @ApiProperty({ enum: observationSources, example: 'poll' })
  source: ObservationSource;
  /** The upstream's own word. @example ACSC */
  upstreamStatus: string;
  @ApiProperty({ enum: isoCodes, nullable: true, type: 'string', example: 'ACSC' })
  isoStatus: IsoPaymentStatus | null;
  /** Whether it changed the payment. */
  applied: boolean;
  /** Why it did or did not: first, advance, end, same, late, floating, unknown-word, final-contradicted, ... @example end */
  why: string;
  /** How long the upstream took to say it. */
  @ApiProperty({ type: 'integer', nullable: true, example: 84 })
  latencyMs: number | null;
}
