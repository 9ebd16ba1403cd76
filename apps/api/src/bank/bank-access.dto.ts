import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { tokenStatus } from '@tributary/banking';
import { type BankPermission, bankPermissions } from '@tributary/domain';
import type { BankAuthorisation, BankAuthorisationStatus, BankToken } from '@tributary/persistence';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
} from 'class-validator';
import { idSchema } from '../http/id-param.js';
import { PageQuery } from '../http/page.dto.js';

const permissions = Object.keys(bankPermissions) as BankPermission[];
const authorisationStatuses = ['requested', 'approved', 'rejected', 'failed', 'expired'] as const;
const tokenStatuses = ['active', 'spent', 'revoked', 'expired'] as const;

/** Who asks for access. */
export class TppDto {
  @ApiProperty({ type: 'string', nullable: true, example: 'Budget App Ltd' })
  name: string | null;
  @ApiProperty({ type: 'string', nullable: true, example: 'UK-145441' })
  registration: string | null;
}

/** A TPP asks one of your customers for access, and waits for the decision. */
export class BankAuthorisationDto {
  @ApiProperty(idSchema('bau'))
  id: string;
  @ApiProperty(idSchema('cnn'))
  connectionId: string;
  /** Unknown words may be added. */
  @ApiProperty({ enum: authorisationStatuses, example: 'requested' })
  status: BankAuthorisationStatus;
  tpp: TppDto;
  /** All of them are granted, or none. */
  @ApiProperty({ isArray: true, enum: permissions, example: ['accounts', 'balances'] })
  permissions: readonly BankPermission[];
  /** Words of the hub that mean nothing here; with one of them nothing can be granted. */
  @ApiProperty({ type: [String], example: [] })
  unknownScopes: readonly string[];
  @ApiProperty({ type: 'string', nullable: true, example: 'customer-7' })
  psuId: string | null;
  @ApiProperty({ type: [String], nullable: true, example: ['acc-gbp-01'] })
  accountReferences: readonly string[] | null;
  @ApiProperty({ ...idSchema('btk'), nullable: true })
  tokenId: string | null;
  /** Whether the customer decided on our page, or your app did. */
  @ApiProperty({ enum: ['psu', 'app'], nullable: true, type: 'string', example: 'psu' })
  decidedBy: 'psu' | 'app' | null;
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  decidedAt: string | null;
  @ApiProperty({ type: 'string', format: 'date-time' })
  expiresAt: string;
  @ApiProperty({ type: 'string', format: 'date-time' })
  createdAt: string;
}

export class BankAuthorisationQuery extends PageQuery {
  @ApiPropertyOptional({ enum: authorisationStatuses, example: 'requested' })
  @IsOptional()
  @IsIn(authorisationStatuses)
  status?: BankAuthorisationStatus;
}

/** Your customer said yes, on a page of your own. */
export class ApproveDto {
  /** @example customer-7 */
  @IsString()
  @Length(1, 200)
  psuId: string;
  /** Accounts of this customer: what later reads may show. */
  @ApiProperty({ type: [String], minItems: 1, maxItems: 100, example: ['acc-gbp-01'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(/^[\w.-]{1,128}$/, { each: true, message: 'accountReferences must be references of accounts' })
  accountReferences: string[];
}

/** What a TPP holds to ask about a customer's accounts, or to prepare payments. */
export class BankTokenDto {
  @ApiProperty(idSchema('btk'))
  id: string;
  @ApiProperty(idSchema('bau'))
  authorisationId: string;
  @ApiProperty({ type: 'string', nullable: true, example: 'Budget App Ltd' })
  tppName: string | null;
  /** `spent`: it was good for one payment, and began it. */
  @ApiProperty({ enum: tokenStatuses, example: 'active' })
  status: (typeof tokenStatuses)[number];
  @ApiProperty({ isArray: true, enum: permissions, example: ['accounts', 'balances'] })
  permissions: readonly BankPermission[];
  /** @example customer-7 */
  psuId: string;
  @ApiProperty({ type: [String], example: ['acc-gbp-01'] })
  accountReferences: readonly string[];
  oneTime: boolean;
  @ApiProperty({ type: 'string', format: 'date-time' })
  validUntil: string;
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  spentAt: string | null;
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  revokedAt: string | null;
  @ApiProperty({ type: 'string', format: 'date-time' })
  createdAt: string;
}

export class BankTokenQuery extends PageQuery {
  /** Only tokens for this customer's accounts. @example customer-7 */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  psuId?: string;
}

export function bankAuthorisationView(row: BankAuthorisation): BankAuthorisationDto {
  return {
    id: row.id,
    connectionId: row.connectionId,
    status: row.status,
    tpp: { name: row.tppName, registration: row.tppRegistration },
    permissions: row.permissions,
    unknownScopes: row.unknownScopes,
    psuId: row.psuId,
    accountReferences: row.accountReferences,
    tokenId: row.tokenId,
    decidedBy: row.decidedBy,
    decidedAt: row.decidedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  };
}

export function bankTokenView(now: Date): (row: BankToken) => BankTokenDto {
  return (row) => ({
    id: row.id,
    authorisationId: row.authorisationId,
    tppName: row.tppName,
    status: tokenStatus(row, now),
    permissions: row.permissions,
    psuId: row.psuId,
    accountReferences: row.accountReferences,
    oneTime: row.oneTime,
    validUntil: row.validUntil.toISOString(),
    spentAt: row.spentAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  });
}
