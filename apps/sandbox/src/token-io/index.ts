import type { FastifyInstance } from 'fastify';
import { Instances } from '../kit/instances.js';
import type { Upstream } from '../kit/upstream.js';
import { ApiError } from './api-error.js';
import { hubRoutes } from './control/hub-routes.js';
import { mountJson } from './control/json-route.js';
import { memberRoutes } from './control/member-routes.js';
import { resourceRoutes } from './control/resource-routes.js';
import { webhookRoutes } from './control/webhook-routes.js';
import { ENDPOINTS } from './endpoints.js';
import { Hub } from './hub.js';
import { send, travel } from './road.js';
import type { Site } from './site.js';
import { adminPages } from './ui/admin.pages.js';
import { appPages } from './ui/app.pages.js';
import { bankPages } from './ui/bank.pages.js';
import { hostedPages } from './ui/hosted.pages.js';
import { mountPages } from './ui/page-route.js';

const OPERATIONS = ENDPOINTS.map(({ operation }) => operation);
const CONTROLS = [...hubRoutes, ...memberRoutes, ...resourceRoutes, ...webhookRoutes];
const PAGES = [...bankPages, ...hostedPages, ...appPages, ...adminPages];

/** Token.io's Open Banking API for TPPs below `/token-io`, further hubs below `/token-io@{name}`. */
export const tokenIo: Upstream = {
  id: 'token-io',
  label: 'Token.io (Open Banking API for TPPs)',
  pages: [
    { path: '/token-io/ui/admin', title: 'Everything at a glance' },
    { path: '/token-io/ui/banking-app', title: "The PSU's banking app" },
  ],
  badAddress: new ApiError(400, 'The address is not readable').body('plain', 'none'),
  register(app, { seed, publicUrl }) {
    const hubs = new Instances((name) => new Hub(name, seed, OPERATIONS));
    app.addHook('preClose', async () => {
      for (const hub of hubs.all().values()) {
        hub.close();
      }
    });
    const site: Site = { hubs, publicUrl };
    for (const name of ['token-io', 'token-io@:hub']) {
      void app.register(async (scope) => mountHub(scope, site), { prefix: `/${name}` });
      void app.register(async (scope) => mountControl(scope, site), { prefix: `/__control/${name}` });
    }
  },
};

function mountControl(scope: FastifyInstance, site: Site): void {
  takeBodiesAsBytes(scope);
  mountJson(scope, site, CONTROLS);
}

/** Bodies are read later: signatures are made over what really came. */
function takeBodiesAsBytes(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 1_048_576 }, (_request, body, done) =>
    done(null, body),
  );
}

function mountHub(scope: FastifyInstance, site: Site): void {
  takeBodiesAsBytes(scope);
  mountPages(scope, site, PAGES);
  for (const endpoint of ENDPOINTS) {
    scope.route({
      method: endpoint.method,
      url: endpoint.path,
      exposeHeadRoute: false,
      handler: async (request, reply) => travel(site, endpoint, request, reply),
    });
  }
  scope.setNotFoundHandler((_request, reply) => send(reply, new ApiError(404, 'No such resource')));
  scope.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      request.log.error(error);
      return send(reply, new ApiError(500, 'A mistake of the simulator; see its log'));
    }
    return send(reply, new ApiError(400, status === 413 ? 'The body is too large' : 'Not readable'));
  });
}
