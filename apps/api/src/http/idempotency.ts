import {
  applyDecorators,
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyService, Refusal } from '@tributary/banking';
import { sha256Hex } from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { ApiProblems } from './api-problems.js';
import { principalOf } from './principal.js';

const visible = /^[\x21-\x7e]{1,255}$/;
const keySchema = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]{1,255}$' } as const;

/** The header, checked; undefined when the request has none. @throws Refusal */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && visible.test(key)) return key;
  throw new Refusal('invalid_request', 'Send an Idempotency-Key of 1 to 255 visible ASCII characters.', {
    errors: [{ pointer: '/headers/Idempotency-Key', code: 'invalid', message: '1 to 255 visible ASCII characters' }],
  });
}

/** What makes two requests the same one: operation, path and body. Order of JSON members counts. */
export function requestHashOf(request: FastifyRequest): string {
  return sha256Hex(JSON.stringify([request.method, request.url, request.body ?? null]));
}

/** Parameter: the required Idempotency-Key of an operation that moves money. */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => {
    const key = idempotencyKeyOf(context.switchToHttp().getRequest<FastifyRequest>());
    if (key !== undefined) return key;
    throw new Refusal(
      'idempotency_key_required',
      'Send an Idempotency-Key header, for example a UUID, and the same one when you repeat the request.',
    );
  },
  [
    (target, key) => {
      const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
      if (key === undefined || !descriptor) return;
      ApiHeader({
        name: 'Idempotency-Key',
        required: true,
        description: 'Names this request. The same key with the same body gives the first answer again, for ever.',
        schema: { ...keySchema, example: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
      })(target, key, descriptor);
    },
  ],
);

/** Parameter: the hash that goes with the key. */
export const RequestHash = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  requestHashOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Keeps the answer to a POST under its optional Idempotency-Key and gives it again to the same request. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly records: IdempotencyService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = idempotencyKeyOf(request);
    if (key === undefined) return next.handle();
    return from(this.once(request, http.getResponse<FastifyReply>(), key, next));
  }

  private async once(request: FastifyRequest, reply: FastifyReply, key: string, next: CallHandler): Promise<unknown> {
    const { appId } = principalOf(request);
    const operation = `${request.method} ${request.routeOptions.url ?? ''}`;
    const earlier = await this.records.begin(appId, operation, key, requestHashOf(request));
    if (earlier) {
      void reply.status(earlier.httpStatus).header('idempotent-replayed', 'true');
      return earlier.answer;
    }
    try {
      const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await this.records.finish(appId, operation, key, { httpStatus: reply.statusCode, answer: answer ?? null });
      return answer;
    } catch (error) {
      // A refused request made nothing: its key is free again for the corrected one.
      await this.records.release(appId, operation, key);
      throw error;
    }
  }
}

/** For every POST that moves no money: an optional Idempotency-Key. */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Optional. The same key with the same body gives the first answer again.',
      schema: { ...keySchema, example: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
    }),
    ApiProblems('idempotency_in_progress', 'idempotency_mismatch'),
  );
