import type { FastifyInstance } from 'fastify';
import { Shape, ShapeError } from '../../kit/shape.js';
import { ApiError } from '../api-error.js';
import type { Answer } from '../endpoint.js';
import { openVisit, type Site, type Visit } from '../visit.js';

/** A call for testers, not for TPPs: no login, no faults, errors as `{ error, field? }`. */
export interface Control {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  handle(visit: Visit, site: Site): Answer;
}

export function mountControls(scope: FastifyInstance, site: Site, controls: readonly Control[]): void {
  for (const control of controls) {
    scope.route({
      method: control.method,
      url: control.path,
      handler: async (request, reply) => {
        let answer: Answer;
        try {
          answer = control.handle(await openVisit(site, request), site);
        } catch (error) {
          answer = refusal(error);
        }
        reply.code(answer.status).header('Content-Type', 'application/json; charset=utf-8');
        return reply.send(JSON.stringify(answer.body));
      },
    });
  }
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** @throws ShapeError when it is no JSON object. */
export function jsonOf({ body }: Visit): Shape {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new ShapeError('', 'The body must be JSON');
  }
  return Shape.of(value);
}

function refusal(error: unknown): Answer {
  if (error instanceof ShapeError) {
    const field = error.path === '' ? {} : { field: error.path };
    return { status: 400, body: { error: `${error.path} ${error.message}`.trim(), ...field } };
  }
  if (error instanceof ApiError || error instanceof RangeError) {
    return { status: error instanceof ApiError ? error.status : 400, body: { error: error.message } };
  }
  throw error;
}
