import type { FastifyInstance } from 'fastify';
import { Refusal } from '../refusal.js';
import { errorAnswer, send } from '../send.js';
import { arrive, type Site } from '../site.js';
import { accountEndpoints } from './accounts.endpoints.js';
import { bankEndpoints } from './banks.endpoints.js';
import { directEndpoints } from './direct.endpoints.js';
import type { Endpoint } from './endpoint.js';
import { fundsEndpoints } from './funds.endpoints.js';
import { paymentEndpoints } from './payments.endpoints.js';
import { travel } from './road.js';

const ENDPOINTS: readonly Endpoint[] = [
  ...accountEndpoints,
  ...paymentEndpoints,
  ...directEndpoints,
  ...fundsEndpoints,
  ...bankEndpoints,
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The TPP API. */
export function tppPlane(scope: FastifyInstance, site: Site): void {
  for (const endpoint of ENDPOINTS) {
    scope.route({
      method: endpoint.method,
      url: endpoint.path,
      exposeHeadRoute: false,
      handler: async (request, reply) => travel(site, endpoint, request, reply),
    });
  }
  const notAllowed = new Refusal(405, 'SERVICE_INVALID', 'Used HTTP method not supported for current action');
  for (const shape of shapesOf(ENDPOINTS)) {
    scope.route({
      method: METHODS.filter((method) => !shape.methods.includes(method)),
      url: shape.path,
      exposeHeadRoute: false,
      handler: (request, reply) => refuse(site, notAllowed, request, reply),
    });
  }
  scope.setNotFoundHandler((request, reply) =>
    refuse(site, new Refusal(404, 'RESOURCE_NOT_FOUND', 'No such resource'), request, reply),
  );
  scope.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      request.log.error(error);
      return refuse(
        site,
        new Refusal(500, 'INTERNAL_ERROR', 'A mistake of the simulator; see its log'),
        request,
        reply,
      );
    }
    return refuse(site, new Refusal(status, 'FORMAT_ERROR', 'The request is not readable'), request, reply);
  });
}

/** Paths that differ only in the names of their parameters are one. */
function shapesOf(endpoints: readonly Endpoint[]): { path: string; methods: string[] }[] {
  const shapes = new Map<string, { path: string; methods: string[] }>();
  for (const { path, method } of endpoints) {
    const key = path.replaceAll(/:[A-Za-z]+/g, ':');
    const shape = shapes.get(key) ?? { path, methods: [] };
    shape.methods.push(method);
    shapes.set(key, shape);
  }
  return [...shapes.values()];
}

function refuse(
  site: Site,
  refusal: Refusal,
  request: Parameters<typeof arrive>[1],
  reply: Parameters<typeof send>[0],
): Parameters<typeof send>[0] {
  const arrival = arrive(site, request);
  if (!arrival) {
    return reply.code(404).send({ error: 'No such hub' });
  }
  return send(reply, errorAnswer(arrival.hub, 'tpp', refusal, arrival.header('X-Request-Id')));
}
