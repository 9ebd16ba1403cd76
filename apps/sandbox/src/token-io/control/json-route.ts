import type { FastifyInstance } from 'fastify';
import { ShapeError } from '../../kit/shape.js';
import type { Answer } from '../answer.js';
import { ApiError } from '../api-error.js';
import type { Call } from '../call.js';
import { openCall, type Site } from '../site.js';

/** A call for testers, not for TPPs: no authentication, no faults, errors as `{ error, field? }`. */
export interface JsonRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  handle(call: Call, site: Site): Answer;
}

export function mountJson(scope: FastifyInstance, site: Site, routes: readonly JsonRoute[]): void {
  for (const route of routes) {
    scope.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => {
        const call = openCall(site, request);
        const answer = call
          ? attempt(route, call, site)
          : refuse(404, 'No such hub: use a-z, 0-9 and - (at most 64 hubs)');
        call?.hub.catchUp();
        return reply
          .code(answer.status)
          .header('Content-Type', 'application/json; charset=utf-8')
          .send(JSON.stringify(answer.body));
      },
    });
  }
}

function attempt(route: JsonRoute, call: Call, site: Site): Answer {
  try {
    return route.handle(call, site);
  } catch (error) {
    if (error instanceof ShapeError) {
      return refuse(400, `${error.path} ${error.message}`.trim(), error.path);
    }
    if (error instanceof ApiError) {
      return refuse(error.status, error.message, error.details.paths?.[0]);
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
