import { applyDecorators, createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { ReadList } from '@tributary/banking';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Page, PageInfo, pageOf } from '../http/page.dto.js';
import { upstreamWords } from '../http/upstream-words.js';

/** A row of the bank that could not be read; the others were. */
export class UnreadableRowDto {
  /** @example amount is not a decimal */
  why: string;
  /** The bank's own words: a row in JSON, or the text of an entry (XML, or lines of an MT940). */
  @ApiProperty(upstreamWords)
  raw: unknown;
}

/** A page of data of a bank. */
export interface ReadPage<Row> extends Page<Row> {
  /** Only after a live read, and only where there are some. */
  unreadable?: readonly UnreadableRowDto[];
}

const dataAsOf = 'x-data-as-of';

/** The page that an app gets of a list that was read; says in a header how old it is. */
export function readPageOf<Row, View>(
  { rows, asOf, unreadable }: ReadList<Row>,
  limit: number,
  keyOf: (row: Row) => string,
  view: (row: Row) => View,
  reply: FastifyReply,
): ReadPage<View> {
  sayAge(reply, asOf);
  return { ...pageOf(rows, limit, keyOf, view), ...(unreadable.length > 0 && { unreadable }) };
}

/** When the bank said it. */
export function sayAge(reply: FastifyReply, asOf: Date | null): void {
  void reply.header('cache-control', 'no-store');
  if (asOf) void reply.header(dataAsOf, asOf.toISOString());
}

/** Documents the header that says how old an answer is. */
export const dataAsOfHeader = {
  'X-Data-As-Of': {
    description: 'When the bank said it (RFC 3339).',
    schema: { type: 'string' as const, format: 'date-time' },
  },
};

/** Documents a page of data of a bank. */
export const ApiReadPage = (row: Type<unknown>, description: string): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(row, PageInfo, UnreadableRowDto),
    ApiOkResponse({
      description,
      headers: dataAsOfHeader,
      schema: {
        type: 'object',
        required: ['data', 'page'],
        properties: {
          data: { type: 'array', items: { $ref: getSchemaPath(row) } },
          page: { $ref: getSchemaPath(PageInfo) },
          unreadable: {
            type: 'array',
            items: { $ref: getSchemaPath(UnreadableRowDto) },
            description: 'Rows of this live read that could not be read. Absent where there are none.',
          },
        },
      },
    }),
  );

/** Parameter: whether the app wants a live read although there is something in store. */
export const Fresh = createParamDecorator(
  (_: unknown, context: ExecutionContext): boolean => {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const directives = (headers['cache-control'] ?? '').split(',').map((part) => part.trim().toLowerCase());
    return directives.includes('no-cache');
  },
  [documentHeader],
);

function documentHeader(target: object, key: string | symbol | undefined): void {
  const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
  if (key === undefined || !descriptor) return;
  ApiHeader({
    name: 'Cache-Control',
    required: false,
    description: '`no-cache` has the bank asked now. It counts against the daily limit unless the call is attended.',
    schema: { type: 'string', example: 'no-cache' },
  })(target, key, descriptor);
}
