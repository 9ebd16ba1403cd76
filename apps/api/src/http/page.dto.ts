import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { type PageRequest, Refusal } from '@tributary/banking';
import { isId } from '@tributary/platform';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';

/** Query of every list. Extend it with the filters of the list. */
export class PageQuery {
  /** Most rows to return. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 500, default: 100, example: 100 })
  @Transform(({ value }: { value: unknown }) => wholeNumber(value))
  @IsInt()
  @Min(1)
  @Max(500)
  limit: number = 100;

  /** `nextCursor` of the page before, untouched. Good for the same list with the same filters. */
  @ApiPropertyOptional({ type: 'string', maxLength: 400, pattern: '^[A-Za-z0-9_-]*$' })
  @IsOptional()
  @IsString()
  @Matches(/^[\w-]{1,400}$/, { message: 'cursor must be the nextCursor of the page before' })
  cursor?: string;
}

/** Query text that is a whole number becomes one; anything else stays as it is for the validator to refuse. */
export function wholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
}

/** Where a page stands in its list. */
export class PageInfo {
  /** Hand it back as `cursor` to get the next page; null on the last one. */
  @ApiPropertyOptional({ type: 'string', nullable: true, example: null })
  nextCursor: string | null;
  /** Whether there are rows after this page. */
  hasMore: boolean;
}

export interface Page<Row> {
  data: Row[];
  page: PageInfo;
}

/** Whether a text can be the key of a row of a list: what its cursors hold. */
export type KeyForm = (key: string) => boolean;

/** Lists in the order of their ids. */
export const idKey =
  (prefix: string): KeyForm =>
  (key) =>
    isId(prefix, key);

/** Payments of both kinds in one list. */
export const paymentKey: KeyForm = (key) => isId('pay', key) || isId('blk', key);

/** Lists in the order of names that apps give: visible ASCII. */
export const wordKey: KeyForm = (key) => /^[\x21-\x7e]{1,200}$/.test(key);

/** Lists in the order in which their rows came: a number that the database can count to. */
export const sequenceKey: KeyForm = (key) => /^\d{1,15}$/.test(key);

/** The query as a service takes it. @throws Refusal if the cursor is not one of this list. */
export function pageRequest(query: PageQuery, keyForm: KeyForm): PageRequest {
  if (query.cursor === undefined) return { limit: query.limit, after: null };
  const key = Buffer.from(query.cursor, 'base64url');
  const after = key.toString('ascii');
  // Node skips what it cannot decode; the way back must give the same text.
  if (key.toString('base64url') === query.cursor && keyForm(after)) return { limit: query.limit, after };
  throw new Refusal('invalid_request', 'The cursor is not a nextCursor of this list: start again without it.', {
    errors: [
      { pointer: '/query/cursor', code: 'invalid', message: 'cursor must be the nextCursor of the page before' },
    ],
  });
}

/**
 * The page that an app gets out of up to `limit + 1` rows of a service.
 * @param keyOf what the service takes as `after` to go on behind a row; visible ASCII.
 */
export function pageOf<Row, View>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string,
  view: (row: Row) => View,
): Page<View> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  const nextCursor = hasMore && last ? cursorAt(keyOf(last)) : null;
  return { data: shown.map(view), page: { nextCursor, hasMore } };
}

/** The opaque cursor behind the row with this key. */
export function cursorAt(key: string): string {
  return Buffer.from(key, 'ascii').toString('base64url');
}

/** Documents a page of `row`. */
export const ApiPage = (row: Type<unknown>, description: string): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(row, PageInfo),
    ApiOkResponse({
      description,
      schema: {
        type: 'object',
        required: ['data', 'page'],
        properties: {
          data: { type: 'array', items: { $ref: getSchemaPath(row) } },
          page: { $ref: getSchemaPath(PageInfo) },
        },
      },
    }),
  );
