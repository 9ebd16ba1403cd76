import { IsISO31661Alpha2, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { AccountDto, IsAccount } from '../http/account.dto.js';
import { Nested } from '../http/nested.js';

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
