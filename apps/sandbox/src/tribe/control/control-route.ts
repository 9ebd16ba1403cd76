import type { FastifyInstance } from 'fastify';
import { ShapeError, Shape } from '../../kit/shape.js';
import type { Answer } from '../answer.js';
import { BankFailure } from '../bridge/call-bank.js';
import { Refusal } from '../refusal.js';
import { send } from '../send.js';
import { arrive, type Arrival, type Site } from '../site.js';

/** A call for testers: no credentials, errors as `{ error, field? }`. */
export interface ControlRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  handle(arrival: Arrival): Answer | Promise<Answer>;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });

/** The JSON body; an empty one is an object without fields. */
export function bodyOf({ bytes }: Arrival): Shape {
  if (bytes.length === 0) {
    return Shape.of({});
  }
  try {
    return Shape.of(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    throw error instanceof ShapeError ? error : new ShapeError('', 'The body is not JSON');
  }
}

export function unknown(what: string): Refusal {
  return new Refusal(404, 'RESOURCE_UNKNOWN', `No such ${what}`);
}

export function mountControls(scope: FastifyInstance, site: Site, routes: readonly ControlRoute[]): void {
  for (const route of routes) {
    scope.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const arrival = arrive(site, request);
        return send(reply, arrival ? await attempt(route, arrival) : refuse(404, 'No such hub'));
      },
    });
  }
}

async function attempt(route: ControlRoute, arrival: Arrival): Promise<Answer> {
  try {
    return await route.handle(arrival);
  } catch (error) {
    if (error instanceof ShapeError) {
      return refuse(400, `${error.path} ${error.message}`.trim(), error.path);
    }
    if (error instanceof Refusal) {
      return refuse(error.status, error.title);
    }
    if (error instanceof BankFailure) {
      return refuse(502, error.title);
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
