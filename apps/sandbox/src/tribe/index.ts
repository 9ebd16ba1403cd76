import type { FastifyInstance } from 'fastify';
import { Instances } from '../kit/instances.js';
import type { Upstream } from '../kit/upstream.js';
import { travelAction } from './actions/road.js';
import { mountControls } from './control/control-route.js';
import { partyRoutes } from './control/party-routes.js';
import { psuRoutes } from './control/psu-routes.js';
import { resourceRoutes } from './control/resource-routes.js';
import { timeRoutes } from './control/time-routes.js';
import { FurnishedHub } from './furnished-hub.js';
import { token } from './oauth/token.js';
import { ACTIONS } from './operations.js';
import { Refusal } from './refusal.js';
import { errorAnswer, send, sendEffect } from './send.js';
import { arrive, type Site } from './site.js';
import { tppPlane } from './tpp/plane.js';
import { bankPages } from './ui/bank.pages.js';
import { hubPages } from './ui/hub.pages.js';
import { mountPages } from './ui/page-route.js';
import { tppPages } from './ui/tpp.pages.js';
import { actFaults } from './wire-faults.js';

const BODY_LIMIT = 4_194_304;
const TICK_MS = 250;

/** Tribe Open Banking on all four planes, below `/tribe`; further hubs below `/tribe@{name}`. */
export const tribe: Upstream = {
  id: 'tribe',
  label: 'Tribe Open Banking',
  pages: [{ path: '/tribe/ui/tpp', title: 'A TPP that sends people to the pages of a bank' }],
  badAddress: { code: 'PARAMETER_NOT_CONSISTENT', title: 'The address is not readable', additionalErrors: [] },
  register(app, options) {
    const hubs = new Instances((name) => new FurnishedHub(name, options.seed));
    const { publicUrl, authority, door } = options;
    const site: Site = { hubs, publicUrl, authority, door };
    keepTime(app, hubs);
    for (const name of ['tribe', 'tribe@:hub']) {
      void app.register(async (scope) => tppPlane(takeBodiesAsBytes(scope), site), { prefix: `/${name}/tpp/v2` });
      void app.register(async (scope) => bankPlane(takeBodiesAsBytes(scope), site), { prefix: `/${name}/bank/v2` });
      void app.register(async (scope) => rest(takeBodiesAsBytes(scope), site), { prefix: `/${name}` });
      void app.register(
        async (scope) =>
          mountControls(takeBodiesAsBytes(scope), site, [
            ...timeRoutes,
            ...partyRoutes,
            ...resourceRoutes,
            ...psuRoutes,
          ]),
        { prefix: `/__control/${name}` },
      );
    }
  },
};

/** While it listens, due things happen without anybody asking: webhooks must come by themselves. */
function keepTime(app: FastifyInstance, hubs: Site['hubs']): void {
  let timer: NodeJS.Timeout | undefined;
  app.addHook('onListen', async () => {
    timer ??= setInterval(() => {
      for (const hub of hubs.all().values()) {
        hub.catchUp();
      }
    }, TICK_MS).unref();
  });
  app.addHook('preClose', async () => {
    clearInterval(timer);
    for (const hub of hubs.all().values()) {
      hub.close();
    }
  });
}

/** Signatures and digests are over what really came. */
function takeBodiesAsBytes(scope: FastifyInstance): FastifyInstance {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
    done(null, body),
  );
  return scope;
}

function bankPlane(scope: FastifyInstance, site: Site): void {
  for (const action of ACTIONS) {
    scope.post(`/${action}`, async (request, reply) => travelAction(site, action, request, reply));
  }
  // Also for a wrong method: this plane knows no 404 and no 405 for actions.
  scope.setNotFoundHandler(async (request, reply) => travelAction(site, undefined, request, reply));
}

function rest(scope: FastifyInstance, site: Site): void {
  mountPages(scope, site, [...hubPages, ...bankPages, ...tppPages]);
  scope.post('/oauth/token', async (request, reply) => {
    const arrival = arrive(site, request);
    if (!arrival) {
      return reply.code(404).send({ error: 'No such hub' });
    }
    const { hub } = arrival;
    hub.ledger.called('oauth.token');
    const faults = hub.faults.strike({ method: 'POST', path: '/oauth/token', operation: 'oauth.token' });
    const spoiled = (status: number, code: string | undefined, title: string) =>
      errorAnswer(hub, 'tpp', new Refusal(status, code ?? 'INTERNAL_ERROR', title), undefined);
    const before = await actFaults(hub, reply.raw, faults, 'before');
    if (before) {
      return sendEffect(request, reply, before, spoiled);
    }
    const answer = token(arrival);
    const after = await actFaults(hub, reply.raw, faults, 'after');
    return after ? sendEffect(request, reply, after, spoiled) : send(reply, answer);
  });
}
