import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type IsoPaymentStatus, paymentSchemes, type PostalAddress } from '@tributary/domain';
import type { BankPayment, BankPaymentStatus } from '@tributary/persistence';
import { bankPaymentKinds } from '@tributary/providers';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { accountView, AccountDto } from '../http/account.dto.js';
import { idSchema } from '../http/id-param.js';
import { MoneyDto, moneyView } from '../http/money.dto.js';
import { PageQuery } from '../http/page.dto.js';
import { isoCodes } from '../payments/standing.dto.js';
import { AddressDto, AgentDto } from '../payments/party.dto.js';
import { BankRemittanceDto } from './bank-account.dto.js';

export class BankPaymentRemittanceDto extends BankRemittanceDto {
  /** What kind of reference `structured` is, in the TPP's word. @example SCOR */
  structuredType?: string;
}

/** A transfer to one creditor. */
export class BankPaymentItemDto {
  amount: MoneyDto;
  /** @example "Ann Lee" */
  creditorName: string;
  /** The best of `creditorIdentifiers`. */
  creditorAccount: AccountDto;
  /** Every way in which the TPP named the account of the creditor. Which of them counts is yours to decide. */
  @ApiProperty({ type: [AccountDto] })
  creditorIdentifiers: AccountDto[];
  /** The creditor's bank, as the TPP named it. */
  @ApiProperty({ type: AgentDto, nullable: true })
  creditorAgent: AgentDto | null;
  @ApiProperty({ type: AddressDto, nullable: true })
  creditorAddress: AddressDto | null;
  @ApiProperty({ type: BankPaymentRemittanceDto, nullable: true })
  remittance: BankPaymentRemittanceDto | null;
}

/** A payment that a TPP asked for. Execute it once it is confirmed, never before. */
export class BankPaymentDto {
  @ApiProperty(idSchema('bpy'))
  id: string;
  @ApiProperty(idSchema('cnn'))
  connectionId: string;
  /** `direct`: without a consent; the customer is known only once they confirm. */
  @ApiProperty({ enum: bankPaymentKinds, example: 'single' })
  kind: BankPayment['kind'];
  /** What the hub calls it. @example 6f1c2a34-7a06-41b1-8a61-e9a29fd069bc */
  reference: string;
  @ApiProperty({ type: 'string', nullable: true, example: 'Budget App Ltd' })
  tppName: string | null;
  @ApiProperty({ enum: paymentSchemes, example: 'FASTER_PAYMENTS' })
  scheme: string;
  @ApiProperty({ enum: isoCodes, example: 'ACFC' })
  isoStatus: IsoPaymentStatus;
  /** For people. */
  @ApiProperty({ type: 'string', nullable: true, example: null })
  reason: string | null;
  final: boolean;
  /** Of a bulk: the sum. */
  amount: MoneyDto;
  /** The payer, as the TPP named them. */
  @ApiProperty({ type: 'string', nullable: true, example: 'Anna Schmidt' })
  debtorName: string | null;
  /** Every way in which the TPP named the account that pays; null: it left that to the customer. */
  @ApiProperty({ type: [AccountDto], nullable: true })
  debtorIdentifiers: AccountDto[] | null;
  /** The account that pays; null until the customer has chosen it. */
  @ApiProperty({ type: 'string', nullable: true, example: 'acc-gbp-01' })
  debtorReference: string | null;
  @ApiProperty({ type: 'string', nullable: true, example: 'customer-7' })
  psuId: string | null;
  /** null: not confirmed, so not to be executed. */
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  confirmedAt: string | null;
  @ApiProperty({ type: 'string', format: 'date-time' })
  linkExpiresAt: string;
  @ApiProperty({ type: 'integer', example: 1 })
  itemCount: number;
  @ApiProperty({ type: 'string', format: 'date-time' })
  createdAt: string;
  @ApiProperty({ type: 'string', format: 'date-time' })
  updatedAt: string;
}

/** A status that the payment had. */
export class BankPaymentStepDto {
  @ApiProperty({ type: 'string', format: 'date-time' })
  at: string;
  @ApiProperty({ enum: isoCodes, example: 'RCVD' })
  isoStatus: IsoPaymentStatus;
  /** Who said so. Unknown words may be added. */
  @ApiProperty({ enum: ['hub', 'psu', 'app', 'desk'], example: 'hub' })
  source: string;
  @ApiProperty({ type: 'string', nullable: true, example: null })
  reason: string | null;
}

export class BankPaymentDetailsDto extends BankPaymentDto {
  @ApiProperty({ type: [BankPaymentItemDto] })
  items: BankPaymentItemDto[];
  /** Oldest first. */
  @ApiProperty({ type: [BankPaymentStepDto] })
  history: BankPaymentStepDto[];
}

export class BankPaymentQuery extends PageQuery {
  @ApiPropertyOptional({ enum: isoCodes, example: 'ACFC' })
  @IsOptional()
  @IsIn(isoCodes)
  isoStatus?: IsoPaymentStatus;
  /** Only those that the customer has confirmed, or only those that not. */
  @ApiPropertyOptional({ type: 'boolean', example: true })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  confirmed?: boolean;
}

/** How the execution goes. */
export class BankPaymentStatusDto {
  /** A move that a bank may announce (ranks rise, an end stays); another one is a 409, and nothing is sent. */
  @ApiProperty({ enum: isoCodes, example: 'ACSC' })
  @IsIn(isoCodes)
  status: IsoPaymentStatus;
  /** For the TPP and its user, where something went wrong. @example "Creditor account closed" */
  @IsOptional()
  @IsString()
  @Length(1, 140)
  reason?: string;
}

/** Your customer said yes, after an SCA on a page of your own. */
export class ConfirmDto {
  /** @example customer-7 */
  @IsString()
  @Length(1, 200)
  psuId: string;
  /** Which account pays, where the TPP left that to the customer and more than one can. @example acc-gbp-01 */
  @IsOptional()
  @Matches(/^[\w.-]{1,128}$/, { message: 'accountReference must be the reference of an account' })
  accountReference?: string;
}

export function bankPaymentView(row: BankPayment): BankPaymentDto {
  return {
    id: row.id,
    connectionId: row.connectionId,
    kind: row.kind,
    reference: row.reference,
    tppName: row.tppName,
    scheme: row.scheme,
    isoStatus: row.isoStatus,
    reason: row.reason,
    final: row.final,
    amount: moneyView({ minor: row.amountMinor, currency: row.currency }),
    debtorName: row.debtorName,
    debtorIdentifiers: row.debtorIdentifiers?.map(accountView) ?? null,
    debtorReference: row.debtorReference,
    psuId: row.psuId,
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    linkExpiresAt: row.linkExpiresAt.toISOString(),
    itemCount: row.itemCount,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function bankPaymentDetails(row: BankPayment, history: readonly BankPaymentStatus[]): BankPaymentDetailsDto {
  return Object.assign(bankPaymentView(row), {
    items: row.items.map(({ amountMinor, creditor, creditorIdentifiers, remittance }) => ({
      amount: moneyView({ minor: BigInt(amountMinor), currency: row.currency }),
      creditorName: creditor.name,
      creditorAccount: accountView(creditor.account),
      creditorIdentifiers: creditorIdentifiers.map(accountView),
      creditorAgent: creditor.agent ?? null,
      creditorAddress: addressView(creditor.address),
      remittance: remittance
        ? {
            ...(remittance.unstructured !== undefined && { unstructured: remittance.unstructured }),
            ...(remittance.structured !== undefined && { structured: remittance.structured }),
            ...(remittance.structuredType !== undefined && { structuredType: remittance.structuredType }),
          }
        : null,
    })),
    history: history.map(({ at, isoStatus, source, reason }) => ({ at: at.toISOString(), isoStatus, source, reason })),
  });
}

/** What is absent is left out. */
function addressView(address: PostalAddress | undefined): AddressDto | null {
  if (!address) return null;
  const { streetName, buildingNumber, townName, postCode, country } = address;
  return {
    ...(streetName !== undefined && { streetName }),
    ...(buildingNumber !== undefined && { buildingNumber }),
    ...(townName !== undefined && { townName }),
    ...(postCode !== undefined && { postCode }),
    country,
  };
}
