import type { AccountIdentifier, AccountScheme } from '@tributary/domain';
import { IsOptional, IsString, Matches, registerDecorator, type ValidationOptions } from 'class-validator';
import { isValidIBAN } from 'ibantools';

/** The ways to name an account, and the fields that each needs. */
const ways = {
  iban: ['iban'],
  bban: ['bban'],
  sortCodeAccountNumber: ['sortCode', 'accountNumber'],
  bankgiro: ['bankgiro'],
  plusgiro: ['plusgiro'],
} as const satisfies Partial<Record<AccountScheme, readonly (keyof AccountDto)[]>>;

type Way = keyof typeof ways;

/** An account number, in exactly one of the ways: `iban`, `bban`, `sortCode` with `accountNumber`, `bankgiro`, `plusgiro`. */
export class AccountDto {
  /** IBAN without blanks (ISO 13616). @example DE89370400440532013000 */
  @IsOptional()
  @IsString()
  @IsIban()
  iban?: string;

  /** National account number where there is no IBAN. @example '370400440532013000' */
  @IsOptional()
  @Matches(/^[A-Za-z0-9]{1,30}$/, { message: 'bban must be 1 to 30 letters and digits' })
  bban?: string;

  /** United Kingdom sort code, six digits; goes with `accountNumber`. @example '040004' */
  @IsOptional()
  @Matches(/^\d{6}$/, { message: 'sortCode must be six digits' })
  sortCode?: string;

  /** United Kingdom account number, eight digits; goes with `sortCode`. @example '00123456' */
  @IsOptional()
  @Matches(/^\d{8}$/, { message: 'accountNumber must be eight digits' })
  accountNumber?: string;

  /** Swedish bankgiro number, digits only. @example '9912346' */
  @IsOptional()
  @Matches(/^\d{7,8}$/, { message: 'bankgiro must be seven or eight digits' })
  bankgiro?: string;

  /** Swedish plusgiro number, digits only. @example '4789018' */
  @IsOptional()
  @Matches(/^\d{2,8}$/, { message: 'plusgiro must be two to eight digits' })
  plusgiro?: string;
}

/** What the validator let through, as the domain names it. */
export function toIdentifier(account: AccountDto): AccountIdentifier {
  const way = wayOf(account);
  if (way === null) throw new TypeError('an account that names itself in no way, or in several');
  return { scheme: way, value: ways[way].map((field) => account[field] ?? '').join('') };
}

/** The identifier in the words of the REST contract; other schemes than those of a payment are not written. */
export function accountView({ scheme, value }: AccountIdentifier): AccountDto {
  if (scheme === 'sortCodeAccountNumber') return { sortCode: value.slice(0, 6), accountNumber: value.slice(6) };
  return scheme in ways ? { [scheme]: value } : {};
}

function wayOf(account: AccountDto): Way | null {
  const given = new Set(Object.entries(account).flatMap(([field, value]) => (value === undefined ? [] : [field])));
  const fits = Object.entries(ways).filter(
    ([, fields]) => fields.length === given.size && fields.every((field) => given.has(field)),
  );
  const [way] = fits[0] ?? [];
  return (way as Way | undefined) ?? null;
}

/** A field that must be an account, or with `each` a list of them. */
export function IsAccount(options?: ValidationOptions): PropertyDecorator {
  return rule(
    'isAccount',
    (value) => typeof value === 'object' && value !== null && wayOf(value) !== null,
    '$property must name the account in exactly one way: iban, bban, sortCode with accountNumber, bankgiro or plusgiro',
    options,
  );
}

function IsIban(): PropertyDecorator {
  return rule('isIban', (value) => typeof value === 'string' && isValidIBAN(value), '$property must be an IBAN');
}

function rule(
  name: string,
  holds: (value: unknown) => boolean,
  message: string,
  options?: ValidationOptions,
): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      options,
      validator: { validate: holds, defaultMessage: () => message },
    });
}
