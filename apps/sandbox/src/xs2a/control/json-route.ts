import type { FastifyInstance } from 'fastify';
import { ShapeError } from '../../kit/shape.js';
import type { Answer } from '../answer.js';
import type { Call } from '../call.js';
import { openCall, type Site } from '../open-call.js';
import { readBody } from '../received-body.js';
import { TppError } from '../tpp-error.js';

/** A call for testers, not for TPPs: no X-Request-ID, no faults, errors as `{ error, field? }`. */
export interface JsonRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  handle(call: Call, site: Site): Answer | Promise<Answer>;
}

export function mountJson(scope: FastifyInstance, site: Site, routes: readonly JsonRoute[]): void {
  for (const route of routes) {
    scope.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const call = openCall(site, request, await readBody(request));
        const answer = call
          ? await attempt(route, call, site)
          : refuse(404, 'No such bank: use a-z, 0-9 and - (at most 64 banks)');
        reply.code(answer.status).header('Content-Type', 'application/json; charset=utf-8');
        return reply.headers(answer.headers ?? {}).send(answer.body === undefined ? '' : JSON.stringify(answer.body));
      },
    });
  }
}

async function attempt(route: JsonRoute, call: Call, site: Site): Promise<Answer> {
  try {
    return await route.handle(call, site);
  } catch (error) {
    if (error instanceof ShapeError) {
      return refuse(400, `${error.path} ${error.message}`.trim(), error.path);
    }
    if (error instanceof TppError) {
      return refuse(error.status, error.text, error.path);
    }
    if (error instanceof RangeError) {
      return refuse(400, error.message);
    }
    throw error;
  }
}

function refuse(status: number, error: string, field?: string): Answer {
  return { status, body: { error, ...(field === undefined || field === '' ? {} : { field }) } };
}
