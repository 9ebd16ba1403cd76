import type { FastifyInstance, FastifyReply } from 'fastify';
import { Instances } from '../kit/instances.js';
import type { Upstream } from '../kit/upstream.js';
import { Bank } from './bank.js';
import { ENDPOINTS } from './endpoints.js';
import { pkiRoutes } from './control/pki-routes.js';
import { resourceRoutes } from './control/resource-routes.js';
import { controlRoutes } from './control/routes.js';
import { mountJson } from './control/json-route.js';
import type { Site } from './open-call.js';
import { travel } from './road.js';
import { internalRoutes } from './internal/routes.js';
import { adminPages } from './ui/admin.pages.js';
import { appPages } from './ui/app.pages.js';
import { authorisePages } from './ui/authorise.pages.js';
import { mountPages } from './ui/page-route.js';
import { scaPages } from './ui/sca.pages.js';
import { visitPages } from './ui/visit.pages.js';
import { TppError } from './tpp-error.js';

const PAGES = [...scaPages, ...visitPages, ...authorisePages, ...appPages, ...adminPages];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;

/** MockBank: Berlin Group NextGenPSD2 XS2A below `/xs2a`, further banks below `/xs2a@{name}`. */
export const xs2a: Upstream = {
  id: 'xs2a',
  label: 'MockBank (Berlin Group XS2A)',
  pages: [
    { path: '/xs2a/ui/admin', title: 'Customers, consents, payments and the clock' },
    { path: '/xs2a/ui/app', title: "The PSU's banking app" },
  ],
  badAddress: new TppError(400, 'FORMAT_ERROR', 'The address is not readable').body('tppMessages'),
  register(app, options) {
    const banks = new Instances((name) => new Bank(name, options.seed));
    app.addHook('preClose', async () => {
      for (const bank of banks.all().values()) {
        bank.stalls.releaseAll();
      }
    });
    const { publicUrl, authority, door, host } = options;
    const site: Site = { banks, publicUrl, authority, door, host };
    for (const name of ['xs2a', 'xs2a@:bank']) {
      void app.register(async (scope) => mountBank(scope, site), { prefix: `/${name}` });
      void app.register(async (scope) => mountControl(scope, site), { prefix: `/__control/${name}` });
    }
  },
};

function mountControl(scope: FastifyInstance, site: Site): void {
  takeBodiesAsBytes(scope);
  mountJson(scope, site, [...controlRoutes, ...resourceRoutes, ...pkiRoutes]);
}

/** Bodies are read later, so that a broken one gets the bank's own error, and digests are made of what really came. */
function takeBodiesAsBytes(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 1_048_576 }, (_request, body, done) =>
    done(null, body),
  );
}

function mountBank(scope: FastifyInstance, site: Site): void {
  takeBodiesAsBytes(scope);
  mountPages(scope, site, PAGES);
  mountJson(scope, site, internalRoutes);
  for (const endpoint of ENDPOINTS) {
    scope.route({
      method: endpoint.method,
      url: endpoint.path,
      handler: async (request, reply) => travel(site, endpoint, request, reply),
    });
  }
  for (const path of new Set(ENDPOINTS.map((endpoint) => endpoint.path))) {
    const served = ENDPOINTS.filter((endpoint) => endpoint.path === path).map(({ method }) => method as string);
    scope.route({
      method: METHODS.filter((method) => !served.includes(method)),
      url: path,
      exposeHeadRoute: false,
      handler: (_request, reply) =>
        refuse(reply, new TppError(405, 'SERVICE_INVALID', `This resource takes ${served.join(', ')}`)),
    });
  }
  scope.setNotFoundHandler((_request, reply) =>
    refuse(reply, new TppError(404, 'RESOURCE_UNKNOWN', 'No such resource')),
  );
  scope.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      request.log.error(error);
      return refuse(reply, new TppError(500, 'INTERNAL_SERVER_ERROR', 'A mistake of the simulator; see its log'));
    }
    const code = status === 415 ? 'UNSUPPORTED_MEDIA_TYPE' : 'FORMAT_ERROR';
    return refuse(reply, new TppError(status, code, status === 413 ? 'The body is too large' : 'Not readable'));
  });
}

function refuse(reply: FastifyReply, error: TppError): FastifyReply {
  return reply.code(error.status).send(error.body('tppMessages'));
}
