import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { idSchema } from '../http/id-param.js';
import { PageQuery } from '../http/page.dto.js';

/** Filters of the list of institutions. */
export class InstitutionsQuery extends PageQuery {
  /** ISO 3166-1 alpha-2 code of the country. */
  @ApiPropertyOptional({ type: 'string', pattern: '^[A-Z]{2}$', example: 'DE' })
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be an ISO 3166-1 alpha-2 code such as DE' })
  country?: string;

  /** Part of the name, or the beginning of the BIC. @example mock */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  query?: string;

  /** Reached through this provider. @example xs2a */
  @IsOptional()
  @IsString()
  @Length(1, 64)
  provider?: string;

  /** Where some route can do this. @example payments */
  @IsOptional()
  @IsString()
  @Length(1, 64)
  capability?: string;
}

/** How the bank's services work now. */
export class RouteServicesDto {
  /** available, degraded or unavailable. Unknown ones may be added. @example available */
  accounts: string;
  /** available, degraded or unavailable. Unknown ones may be added. @example degraded */
  payments: string;
  /** When the upstream last looked. */
  @ApiPropertyOptional({ type: 'string', format: 'date-time' })
  asOf?: string;
}

/** What the bank wants of a request besides what everybody wants. */
export class RequiredFieldsDto {
  /** For what. @example payments */
  capability: string;
  /** Only for these schemes. @example ["SEPA_INSTANT"] */
  paymentSchemes?: string[];
  /** Fields of the request; one that has no name here keeps the upstream's own. @example ["debtor.name"] */
  fields: string[];
}

/** A time for which the bank has announced work on its side. */
export class MaintenanceWindowDto {
  @ApiProperty({ type: 'string', format: 'date-time' })
  from: string;
  @ApiProperty({ type: 'string', format: 'date-time' })
  to: string;
  /** none, possible or outage. Unknown ones may be added. @example outage */
  impact: string;
  /** Only this is touched: accounts or payments. @example payments */
  service?: string;
}

/** A way to reach the institution. */
export class RouteDto {
  /** @example xs2a */
  provider: string;
  @ApiProperty(idSchema('cnn'))
  connectionId: string;
  /** Unknown ones may be added. @example ["accounts", "balances", "transactions", "payments"] */
  capabilities: string[];
  /** How a PSU can prove who they are. Unknown ones may be added. @example ["redirect", "decoupled"] */
  scaApproaches: string[];
  /** Unknown ones may be added. @example ["SEPA_CREDIT_TRANSFER"] */
  paymentSchemes: string[];
  /** Longest consent in days; null where the institution does not say. */
  @ApiProperty({ type: 'integer', nullable: true, example: 180 })
  maxConsentDays: number | null;
  /** available, degraded or unavailable. Unknown ones may be added. @example available */
  status: string;
  /** Where the upstream tells them apart. */
  @ApiPropertyOptional({ type: RouteServicesDto })
  services?: RouteServicesDto;
  @ApiPropertyOptional({ type: [RequiredFieldsDto] })
  requiredFields?: RequiredFieldsDto[];
  @ApiPropertyOptional({ type: [MaintenanceWindowDto] })
  maintenance?: MaintenanceWindowDto[];
}

/** A bank (ASPSP), however many connections reach it. */
export class InstitutionDto {
  @ApiProperty(idSchema('ins'))
  id: string;
  /** @example MockBank */
  name: string;
  @ApiProperty({ type: 'string', nullable: true, example: 'MOCKDEFFXXX' })
  bic: string | null;
  /** ISO 3166-1 alpha-2. @example DE */
  country: string;
  /** @example https://cdn.example.com/mockbank.svg */
  logoUrl?: string;
  /** Empty when no connection reaches it any more. */
  @ApiProperty({ type: [RouteDto] })
  routes: RouteDto[];
}
