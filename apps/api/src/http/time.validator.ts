import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { registerDecorator } from 'class-validator';

const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
/** RFC 3339 section 5.6, years that PostgreSQL and JavaScript agree on. */
const instantPattern =
  /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Whether a text is a day of the calendar, written YYYY-MM-DD: no week dates, no 30 February, no year 0. */
export function isBankDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = datePattern.exec(text) ?? [];
  if (year < '1000') return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

/** Whether a text is an instant of RFC 3339 with an offset. */
export function isInstant(text: string): boolean {
  const date = instantPattern.exec(text)?.[1];
  return date !== undefined && isBankDate(date);
}

/** A bank's date, YYYY-MM-DD. */
export function IsBankDate(): PropertyDecorator {
  return applyDecorators(
    textRule('isBankDate', isBankDate, '$property must be a date such as 2026-02-28'),
    ApiProperty({ type: 'string', format: 'date' }),
  );
}

/** An instant, RFC 3339. */
export function IsInstant(): PropertyDecorator {
  return applyDecorators(
    textRule('isInstant', isInstant, '$property must be an instant such as 2026-02-28T12:00:00Z'),
    ApiProperty({ type: 'string', format: 'date-time' }),
  );
}

function textRule(name: string, holds: (text: string) => boolean, message: string): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown) => typeof value === 'string' && holds(value),
        defaultMessage: () => message,
      },
    });
}
