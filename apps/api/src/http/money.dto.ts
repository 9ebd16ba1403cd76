import { ApiProperty } from '@nestjs/swagger';
import { formatMoney, isCurrency, type Money, MoneyError, parseMoney } from '@tributary/domain';
import { IsString, registerDecorator, type ValidationArguments } from 'class-validator';

/** An amount of money: decimal text, never a JSON number. More than zero where an app sends one. */
export class MoneyDto {
  /** At most as many decimals as the currency has; answers always have all of them. */
  @ApiProperty({ type: 'string', pattern: String.raw`^\d{1,18}(\.\d{1,4})?$`, example: '12.34' })
  @IsString()
  @IsAmount()
  amount: string;

  /** ISO 4217 alphabetic code. */
  @ApiProperty({ type: 'string', pattern: '^[A-Z]{3}$', example: 'EUR' })
  @IsString()
  @IsCurrencyCode()
  currency: string;
}

/** What the validator let through, as money. */
export function toMoney({ amount, currency }: MoneyDto): Money {
  return parseMoney(amount, currency);
}

/** Money as every answer writes it. */
export function moneyView(money: Money): MoneyDto {
  return { amount: formatMoney(money), currency: money.currency };
}

/** Decimal text more than zero that fits the `currency` beside it. */
function IsAmount(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isAmount',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown, args?: ValidationArguments) => amountFault(value, args) === null,
        defaultMessage: (args?: ValidationArguments) =>
          `$property must be ${amountFault(args?.value, args) ?? 'right'}`,
      },
    });
}

function amountFault(value: unknown, args?: ValidationArguments): string | null {
  const currency: unknown = args && 'currency' in args.object ? args.object.currency : undefined;
  const known = typeof currency === 'string' && isCurrency(currency);
  try {
    // Without a currency only the form can be judged; KWD has the most decimals that are in use.
    const money = parseMoney(typeof value === 'string' ? value : '', known ? currency : 'KWD');
    return money.minor > 0n ? null : 'more than zero';
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    if (error.code === 'precision') return known ? `written with the decimals of ${currency}` : null;
    return error.code === 'range' ? 'at most 18 digits' : 'a decimal text such as "12.34"';
  }
}

/** An ISO 4217 code that the platform knows. */
export function IsCurrencyCode(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isCurrencyCode',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isCurrency(value),
        defaultMessage: () => '$property must be an ISO 4217 code such as EUR',
      },
    });
}
