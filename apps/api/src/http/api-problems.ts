import type { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { Problem } from './problem.dto.js';
import { type ProblemCode, problemKinds, problemType } from './problem.js';

const documented = new WeakMap<object, Set<ProblemCode>>();

/**
 * Documents the problems that an operation can answer with, one example each. On a controller: on all its operations.
 * Decorators that each name some codes add up: a status is documented once, with all its codes.
 */
export function ApiProblems(...codes: readonly ProblemCode[]): ReturnType<typeof applyDecorators> {
  return <T>(target: object, key?: string | symbol, descriptor?: TypedPropertyDescriptor<T>) => {
    if (key !== undefined && descriptor) document(target, key, descriptor, codes);
    if (typeof target !== 'function') return;
    const prototype: object = target.prototype;
    for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name !== 'constructor' && typeof method.value === 'function') document(prototype, name, method, codes);
    }
  };
}

function document<T>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<T>,
  codes: readonly ProblemCode[],
): void {
  const method = descriptor.value;
  if (typeof method !== 'function') return;
  const all = new Set([...(documented.get(method) ?? []), ...codes]);
  documented.set(method, all);
  const statuses = new Set(codes.map((code) => problemKinds[code].status));
  const responses = [...statuses].map((status) =>
    responseFor(
      status,
      [...all].filter((code) => problemKinds[code].status === status),
    ),
  );
  for (const decorate of [ApiExtraModels(Problem), ...responses]) decorate(target, key, descriptor);
}

function responseFor(status: number, codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  return ApiResponse({
    status,
    description: codes.map((code) => `\`${code}\`: ${problemKinds[code].title}.`).join(' '),
    content: {
      'application/problem+json': {
        schema: { $ref: getSchemaPath(Problem) },
        examples: Object.fromEntries(
          codes.map((code) => [code, { summary: problemKinds[code].title, value: problemExample(code) }]),
        ),
      },
    },
  });
}

/** A problem with this code, as the document shows it. */
export function problemExample(code: ProblemCode): Problem {
  const { status, title, source, retrySafe = false, retryAfterSeconds = null } = problemKinds[code];
  return {
    type: problemType(code),
    title,
    status,
    detail: `${title}.`,
    instance: '/v1/...',
    code,
    source,
    traceId: '0f8b2c1e-5f43-4b3a-9a57-0f6f3c6f1d2a',
    retry: { safe: retrySafe, afterSeconds: retryAfterSeconds },
  };
}
