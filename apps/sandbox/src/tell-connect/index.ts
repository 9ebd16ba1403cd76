import type { FastifyInstance, FastifyReply } from 'fastify';
import { Instances } from '../kit/instances.js';
import type { Upstream } from '../kit/upstream.js';
import { accountEndpoints } from './accounts.endpoints.js';
import { ApiError } from './api-error.js';
import type { Environment } from './consent.js';
import { mountControls } from './control/control-route.js';
import { resourceControls } from './control/resource.controls.js';
import { controls } from './control/controls.js';
import { demoCertificate } from './demo-certificate.js';
import type { Endpoint } from './endpoint.js';
import { intentEndpoints } from './intents.endpoints.js';
import { paymentEndpoints } from './payments.endpoints.js';
import { Platform } from './platform.js';
import { documentedProfile } from './profile.js';
import { errorAnswer, travel } from './road.js';
import { tokenEndpoints } from './tokens.endpoints.js';
import { adminPages } from './ui/admin.pages.js';
import { authorisePages } from './ui/authorise.pages.js';
import { mountPages } from './ui/page-route.js';
import { portalPages } from './ui/portal.pages.js';
import { statisticsPages } from './ui/statistics.pages.js';
import { openParts, type Site } from './visit.js';

const ENDPOINTS: readonly Endpoint[] = [
  ...intentEndpoints,
  ...tokenEndpoints,
  ...accountEndpoints,
  ...paymentEndpoints,
];
const PAGES = [...authorisePages, ...portalPages, ...statisticsPages, ...adminPages];

/** The segment of the path that the signature leaves out, and what it leads to. */
const VERSIONS: readonly (readonly [string, Environment])[] = [
  ['dev', 'sandbox'],
  ['v1', 'production'],
];

/** tell.connect in front of one bank below `/tell-connect`; further independent ones below `/tell-connect@{name}`. */
export const tellConnect: Upstream = {
  id: 'tell-connect',
  label: 'tell.connect (Pockit)',
  pages: [
    { path: '/tell-connect/ui/', title: 'Developer portal' },
    { path: '/tell-connect/ui/admin', title: 'Customers, consents and payments' },
    { path: '/tell-connect/ui/statistics', title: 'Statistics' },
  ],
  badAddress: { code: 'invalid_request', error: 'The address is not readable' },
  register(app, { seed, publicUrl }) {
    void app.register(async (scope) => {
      const certificate = await demoCertificate(seed);
      const platforms = new Instances((name) => new Platform(name, seed, certificate));
      const site: Site = { platforms, publicUrl };
      for (const prefix of ['/tell-connect', '/tell-connect@:instance']) {
        void scope.register(async (below) => mountPlatform(below, site), { prefix });
        void scope.register(async (below) => mountControl(below, site), { prefix: `/__control${prefix}` });
      }
      scope.addHook('preClose', async () => {
        for (const platform of platforms.all().values()) {
          platform.stalls.releaseAll();
        }
      });
    });
  },
};

function mountControl(scope: FastifyInstance, site: Site): void {
  takeBodiesAsBytes(scope);
  mountControls(scope, site, [...controls, ...resourceControls]);
}

/** Signatures are compared with what really came. */
function takeBodiesAsBytes(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 262_144 }, (_request, body, done) =>
    done(null, body),
  );
}

function mountPlatform(scope: FastifyInstance, site: Site): void {
  takeBodiesAsBytes(scope);
  mountPages(scope, site, PAGES);
  for (const [version, environment] of VERSIONS) {
    for (const endpoint of ENDPOINTS) {
      scope.route({
        method: endpoint.method,
        url: `/${version}${endpoint.path}`,
        handler: async (request, reply) =>
          travel(endpoint, await openParts(site, request, environment, version), request, reply),
      });
    }
  }
  scope.setNotFoundHandler((_request, reply) =>
    refuse(reply, new ApiError(404, 'not_found', 'No such resource; the API is below /dev (sandbox) and /v1')),
  );
  scope.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (error instanceof ApiError || status < 500) {
      return refuse(reply, error instanceof ApiError ? error : new ApiError(status, 'invalid_request', 'Not readable'));
    }
    request.log.error(error);
    return refuse(reply, new ApiError(500, 'server_error', 'A mistake of the simulator; see its log'));
  });
}

function refuse(reply: FastifyReply, error: ApiError): FastifyReply {
  return reply.code(error.status).send(errorAnswer(error, documentedProfile()).body);
}
