import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { notFound } from '@tributary/banking';
import type { IdPrefix } from '@tributary/domain';
import { isId } from '@tributary/platform';
import type { FastifyRequest } from 'fastify';

interface Wanted {
  readonly prefix: IdPrefix;
  readonly name: string;
}

/** A malformed id is as unknown as one that nobody has: the same 404. */
const PathId = createParamDecorator(({ prefix, name }: Wanted, context: ExecutionContext): string => {
  const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: Readonly<Record<string, unknown>> }>>();
  const value = params[name];
  if (typeof value === 'string' && isId(prefix, value)) return value;
  throw notFound();
});

/** Parameter: one of our ids out of the path, for example `@IdParam('con') id: string`. */
export function IdParam(prefix: IdPrefix, name = 'id'): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) throw new TypeError('@IdParam belongs to a method');
    PathId({ prefix, name })(target, key, index);
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    if (descriptor) ApiParam({ name, schema: idSchema(prefix) })(target, key, descriptor);
  };
}

/** OpenAPI schema of one of our ids. */
export function idSchema(prefix: IdPrefix): { type: 'string'; pattern: string; example: string } {
  return { type: 'string', pattern: `^${prefix}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`, example: exampleId(prefix) };
}

/** An id as the document shows it. */
export function exampleId(prefix: IdPrefix): string {
  return `${prefix}_01KAHX5V4Q0N6W2T8B7C9D3E5F`;
}
