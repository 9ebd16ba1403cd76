import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional, IsString, Length, Matches } from 'class-validator';
import { idSchema } from '../http/id-param.js';

const appIdForm = /^app_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const environments = ['sandbox', 'production'] as const;
const exampleSettings = {
  baseUrl: 'https://api.mockbank.io',
  institution: { name: 'MockBank', bic: 'MOCKDEFFXXX', country: 'DE' },
  scaPreference: 'redirect',
};

/** A new connection. */
export class CreateConnection {
  /** Id of a provider of the catalogue. @example xs2a */
  @IsString()
  @Length(1, 64)
  provider: string;

  /** What people call it. Everybody can read it on the page /status. @example "MockBank Germany" */
  @IsString()
  @Length(1, 200)
  name: string;

  /** Whether real money and real people are behind it. */
  @ApiProperty({ enum: environments, example: 'sandbox' })
  @IsIn(environments)
  environment: (typeof environments)[number];

  /** As the provider's JSON Schema says (GET /v1/providers/{id}). Secrets are write-only. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: exampleSettings })
  @IsObject()
  settings: Record<string, unknown>;

  /** The app that is the bank, where a hub asks us through this connection. */
  @ApiPropertyOptional(idSchema('app'))
  @IsOptional()
  @Matches(appIdForm, { message: 'bankAppId must be the id of an app' })
  bankAppId?: string;
}

/** A change of a connection; what is absent stays. */
export class ChangeConnection {
  /** @example "MockBank Germany" */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  /** Merged into the settings (JSON Merge Patch, RFC 7396): null removes one, `"***"` leaves a secret as it is. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { scaPreference: 'decoupled' } })
  @IsOptional()
  @IsObject()
  settings?: Record<string, unknown>;

  /** The app that is the bank; null: none any more. */
  @ApiPropertyOptional({ ...idSchema('app'), nullable: true })
  @IsOptional()
  @Matches(appIdForm, { message: 'bankAppId must be the id of an app' })
  bankAppId?: string | null;
}

/** Our account at an upstream. */
export class ConnectionDto {
  @ApiProperty(idSchema('cnn'))
  id: string;
  /** @example xs2a */
  provider: string;
  /** @example "MockBank Germany" */
  name: string;
  @ApiProperty({ enum: environments })
  environment: string;
  /** With `"***"` in place of every secret. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: exampleSettings })
  settings: Record<string, unknown>;
  /** Banks that it reaches; null when the upstream could not be asked after a change: see its health. */
  @ApiProperty({ type: 'integer', nullable: true, example: 1 })
  institutions: number | null;
  /** The app that is the bank, where a hub asks us through this connection. */
  @ApiProperty({ ...idSchema('app'), nullable: true })
  bankAppId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A certificate that ends. */
export class CertificateDto {
  /** @example tls */
  purpose: string;
  notAfter: Date;
}

/** How often one kind of call may still be made. */
export class QuotaDto {
  /** @example readTransactions */
  operation: string;
  @ApiProperty({ type: 'integer', example: 4 })
  limit: number;
  @ApiProperty({ type: 'integer', example: 1 })
  remaining: number;
  resetsAt: Date;
}

/** How the upstream answered over the last 15 minutes. */
export class ConnectionHealthDto {
  /** `unknown` without calls; `failing` also when its settings cannot be opened. Unknown values may be added. */
  @ApiProperty({ enum: ['healthy', 'degraded', 'failing', 'unknown'] })
  status: string;
  @ApiProperty({ type: 'integer', example: 120 })
  calls: number;
  @ApiProperty({ type: 'integer', example: 3 })
  errors: number;
  /** Share of calls that failed, 0 to 1; null without calls. */
  @ApiProperty({ type: 'number', nullable: true, minimum: 0, maximum: 1, example: 0.025 })
  errorRate: number | null;
  @ApiProperty({ type: 'integer', nullable: true, example: 180 })
  averageLatencyMs: number | null;
  /** Ever, not only in the window. */
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  lastSuccessAt: Date | null;
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  lastFailureAt: Date | null;
  @ApiProperty({ type: [CertificateDto] })
  certificates: CertificateDto[];
  /** Where the upstream limits calls and says so: the least that is left of each kind, as this process saw it last. */
  @ApiProperty({ type: [QuotaDto] })
  quotas: QuotaDto[];
}
