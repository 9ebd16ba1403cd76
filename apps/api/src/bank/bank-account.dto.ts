import {
  type AccountIdentifier,
  accountSchemes,
  formatMoney,
  isCurrency,
  MoneyError,
  parseMoney,
  paymentSchemes,
} from '@tributary/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { PutBankAccount, PutBankTransaction } from '@tributary/banking';
import type { BankAccount, BankTransaction } from '@tributary/persistence';
import { Type } from 'class-transformer';
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
  registerDecorator,
  ValidateNested,
  type ValidationArguments,
} from 'class-validator';
import { isValidIBAN } from 'ibantools';
import { IsCurrencyCode, MoneyDto, moneyView, toMoney } from '../http/money.dto.js';
import { Nested } from '../http/nested.js';
import { PageQuery } from '../http/page.dto.js';
import { IsBankDate } from '../http/time.validator.js';

/** Berlin Group's words for balances, as a bank puts them. */
export const balanceTypes = [
  'openingBooked',
  'closingBooked',
  'interimBooked',
  'interimAvailable',
  'forwardAvailable',
  'expected',
  'nonInvoiced',
] as const;
const namedSchemes = accountSchemes.filter((scheme) => ['iban', 'bban', 'sortCodeAccountNumber'].includes(scheme));

/** One of the names of an account. */
export class HeldIdentifierDto {
  @ApiProperty({ enum: namedSchemes, example: 'iban' })
  @IsIn(namedSchemes)
  scheme: AccountIdentifier['scheme'];
  /** Without blanks: an IBAN, a BBAN, or sort code and account number as 14 digits. @example GB29NWBK60161331926819 */
  @IsString()
  @Length(1, 34)
  @IsIdentifier()
  value: string;
}

/** A signed amount: negative is overdrawn. */
export class SignedMoneyDto {
  @ApiProperty({ type: 'string', pattern: String.raw`^-?\d{1,18}(\.\d{1,4})?$`, example: '1500.00' })
  @IsString()
  @IsSignedAmount()
  amount: string;
  /** ISO 4217 alphabetic code. @example GBP */
  @IsString()
  @IsCurrencyCode()
  currency: string;
}

export class HeldBalanceDto {
  /** `interimAvailable` is what funds checks look at. */
  @ApiProperty({ enum: balanceTypes, example: 'interimAvailable' })
  @IsIn(balanceTypes)
  type: string;
  @Nested(() => SignedMoneyDto)
  amount: SignedMoneyDto;
}

/** An account as the bank holds it: all of it, every time. One account per currency. */
export class PutBankAccountDto {
  /** The customer, as the bank names them. It never changes. @example customer-7 */
  @IsString()
  @Length(1, 200)
  psuId: string;

  @ApiProperty({ type: [HeldIdentifierDto], minItems: 1, maxItems: 5 })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(5)
  @ValidateNested({ each: true })
  @Type(() => HeldIdentifierDto)
  identifiers: HeldIdentifierDto[];

  /** ISO 4217 alphabetic code. It never changes. @example GBP */
  @IsString()
  @IsCurrencyCode()
  currency: string;

  /** @example "Current account" */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  name?: string;

  /** How payments can leave this account. */
  @ApiProperty({ isArray: true, enum: paymentSchemes, example: ['FASTER_PAYMENTS'] })
  @IsArray()
  @ArrayUnique()
  @IsIn(paymentSchemes, { each: true })
  schemes: string[];

  /** Absent: as they are. Payments that were confirmed before are taken to be in them. */
  @ApiPropertyOptional({ type: [HeldBalanceDto], maxItems: 7 })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(7)
  @ArrayUnique((balance: HeldBalanceDto) => balance.type, { message: 'balances must have one of each type' })
  @ValidateNested({ each: true })
  @Type(() => HeldBalanceDto)
  balances?: HeldBalanceDto[];
}

export class BankAccountDto {
  /** @example acc-gbp-01 */
  reference: string;
  /** @example customer-7 */
  psuId: string;
  @ApiProperty({ type: [HeldIdentifierDto] })
  identifiers: HeldIdentifierDto[];
  /** @example GBP */
  currency: string;
  @ApiProperty({ type: 'string', nullable: true, example: 'Current account' })
  name: string | null;
  @ApiProperty({ isArray: true, enum: paymentSchemes, example: ['FASTER_PAYMENTS'] })
  schemes: string[];
  @ApiProperty({ type: [HeldBalanceDto] })
  balances: HeldBalanceDto[];
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  balancesAt: string | null;
  @ApiProperty({ type: 'string', format: 'date-time' })
  createdAt: string;
  @ApiProperty({ type: 'string', format: 'date-time' })
  updatedAt: string;
}

export class BankAccountQuery extends PageQuery {
  /** Only accounts of this customer. @example customer-7 */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  psuId?: string;
}

const entryReference = /^[\x21-\x7e]{1,255}$/;

/** Who is on the other side of an entry. */
export class BankCounterpartyDto {
  /** @example "Corner Shop" */
  @IsOptional()
  @IsString()
  @Length(1, 70)
  name?: string;
  @IsOptional()
  @Nested(() => HeldIdentifierDto)
  account?: HeldIdentifierDto;
}

export class BankRemittanceDto {
  /** @example "Tea" */
  @IsOptional()
  @IsString()
  @Length(1, 140)
  unstructured?: string;
  /** @example RF18539007547034 */
  @IsOptional()
  @IsString()
  @Length(1, 35)
  structured?: string;
}

export class BankTransactionDto {
  /** The bank's own name of the entry, unique in its account; the same again replaces it. @example t-1 */
  @IsString()
  @Matches(entryReference, { message: 'reference must be 1 to 255 visible ASCII characters' })
  reference: string;
  @ApiProperty({ enum: ['booked', 'pending'], example: 'booked' })
  @IsIn(['booked', 'pending'])
  status: 'booked' | 'pending';
  /** @example 2026-11-18 */
  @IsOptional()
  @IsBankDate()
  bookedOn?: string;
  /** @example 2026-11-18 */
  @IsOptional()
  @IsBankDate()
  valueOn?: string;
  /** Unsigned; `direction` says which way. */
  @Nested(() => MoneyDto)
  amount: MoneyDto;
  @ApiProperty({ enum: ['credit', 'debit'], example: 'debit' })
  @IsIn(['credit', 'debit'])
  direction: 'credit' | 'debit';
  @IsOptional()
  @Nested(() => BankCounterpartyDto)
  counterparty?: BankCounterpartyDto;
  @IsOptional()
  @Nested(() => BankRemittanceDto)
  remittance?: BankRemittanceDto;
}

/** An entry as you put it. */
export class PutBankTransactionDto extends BankTransactionDto {
  /** The pending entry whose place it takes, where that had another name: it goes in the same step. @example p-1 */
  @IsOptional()
  @IsString()
  @Matches(entryReference, { message: 'replaces must be 1 to 255 visible ASCII characters' })
  replaces?: string;
}

export class PutBankTransactionsDto {
  @ApiProperty({ type: [PutBankTransactionDto], minItems: 1, maxItems: 500 })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ArrayUnique((entry: PutBankTransactionDto) => entry.reference, {
    message: 'transactions must have unique references',
  })
  @ValidateNested({ each: true })
  @Type(() => PutBankTransactionDto)
  transactions: PutBankTransactionDto[];
}

export class BankTransactionsDto {
  @ApiProperty({ type: [BankTransactionDto] })
  data: BankTransactionDto[];
}

/** What the validator let through, as the desk takes it. */
export function toPutAccount({ balances, ...account }: PutBankAccountDto): PutBankAccount {
  return {
    ...account,
    identifiers: account.identifiers.map(identifierOf),
    balances: balances?.map(({ type, amount }) => ({ type, amount: parseMoney(amount.amount, amount.currency) })),
  };
}

export function toPutTransaction({
  amount,
  counterparty,
  remittance,
  ...entry
}: PutBankTransactionDto): PutBankTransaction {
  return {
    ...entry,
    amount: toMoney(amount),
    counterpartyName: counterparty?.name,
    counterpartyAccount: counterparty?.account && identifierOf(counterparty.account),
    remittance: remittance && { unstructured: remittance.unstructured, structured: remittance.structured },
  };
}

function identifierOf({ scheme, value }: HeldIdentifierDto): AccountIdentifier {
  return { scheme, value };
}

export function bankAccountView(account: BankAccount): BankAccountDto {
  const { appId: _owner, balances, balancesAt, createdAt, updatedAt, identifiers, ...rest } = account;
  return {
    ...rest,
    identifiers: [...identifiers],
    balances: balances.map(({ type, minor }) => ({
      type,
      amount: {
        amount: formatMoney({ minor: BigInt(minor), currency: account.currency }),
        currency: account.currency,
      },
    })),
    balancesAt: balancesAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export function bankTransactionView(row: BankTransaction): BankTransactionDto {
  const { counterpartyName, counterpartyAccount, remittance, bookedOn, valueOn } = row;
  return {
    reference: row.reference,
    status: row.status,
    ...(bookedOn !== null && { bookedOn }),
    ...(valueOn !== null && { valueOn }),
    amount: moneyView({ minor: row.amountMinor, currency: row.currency }),
    direction: row.direction,
    ...((counterpartyName !== null || counterpartyAccount !== null) && {
      counterparty: {
        ...(counterpartyName !== null && { name: counterpartyName }),
        ...(counterpartyAccount !== null && { account: { ...counterpartyAccount } }),
      },
    }),
    ...(remittance !== null && { remittance: { ...remittance } }),
  };
}

function IsIdentifier(): PropertyDecorator {
  return rule(
    'isIdentifier',
    '$property must fit the scheme: an IBAN, 1 to 30 letters and digits, or 14 digits',
    (value, args) => {
      const scheme: unknown = args && 'scheme' in args.object ? args.object.scheme : undefined;
      if (typeof value !== 'string') return false;
      if (scheme === 'iban') return isValidIBAN(value);
      return (scheme === 'sortCodeAccountNumber' ? /^\d{14}$/ : /^[A-Za-z0-9]{1,30}$/).test(value);
    },
  );
}

function IsSignedAmount(): PropertyDecorator {
  return rule('isSignedAmount', '$property must be a decimal text with the decimals of the currency', (value, args) => {
    const currency: unknown = args && 'currency' in args.object ? args.object.currency : undefined;
    try {
      parseMoney(
        typeof value === 'string' ? value : '',
        typeof currency === 'string' && isCurrency(currency) ? currency : 'KWD',
      );
      return true;
    } catch (error) {
      if (error instanceof MoneyError) return false;
      throw error;
    }
  });
}

function rule(
  name: string,
  message: string,
  holds: (value: unknown, args?: ValidationArguments) => boolean,
): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      validator: { validate: holds, defaultMessage: () => message },
    });
}
