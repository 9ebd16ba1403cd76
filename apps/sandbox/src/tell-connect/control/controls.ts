import { clockView, moveClock } from '../../kit/clock-control.js';
import { notFound } from '../api-error.js';
import type { Answer } from '../endpoint.js';
import { changeProfile } from '../profile.js';
import { SERVICES } from '../statistics.js';
import type { Visit } from '../visit.js';
import { jsonOf, ok, type Control } from './control-route.js';
import { customerView } from './views.js';

/** Controls of one instance, below `/__control/tell-connect` or `/__control/tell-connect@{name}`. */
export const controls: readonly Control[] = [
  {
    method: 'GET',
    path: '/',
    handle: ({ platform }, { platforms }) => ok({ instance: platform.name, instances: [...platforms.all().keys()] }),
  },
  {
    method: 'GET',
    path: '/customers',
    handle: ({ platform }) => ok({ customers: platform.customers.map(customerView) }),
  },
  { method: 'GET', path: '/clock', handle: ({ platform }) => ok(clockView(platform.clock)) },
  { method: 'POST', path: '/clock', handle: setClock },
  { method: 'GET', path: '/profile', handle: ({ platform }) => ok(platform.profile) },
  { method: 'PUT', path: '/profile', handle: setProfile },
  { method: 'GET', path: '/faults', handle: ({ platform }) => ok({ faults: platform.faults.list() }) },
  {
    method: 'POST',
    path: '/faults',
    handle: (visit) => ({ status: 201, body: visit.platform.faults.add(jsonOf(visit).plain()) }),
  },
  { method: 'DELETE', path: '/faults', handle: (visit) => removeFaults(visit) },
  { method: 'DELETE', path: '/faults/:id', handle: (visit) => removeFaults(visit, visit.params['id']) },
  { method: 'GET', path: '/ledger', handle: ({ platform }) => ok(ledgerView(platform)) },
  { method: 'POST', path: '/downtime', handle: noteDowntime },
  {
    method: 'POST',
    path: '/reset',
    handle: ({ platform }, { platforms }) => {
      platform.stalls.releaseAll();
      return ok({ instance: platforms.renew(platform.name).name });
    },
  },
];

function setClock(visit: Visit): Answer {
  const { platform } = visit;
  moveClock(platform.clock, jsonOf(visit).plain());
  platform.catchUp();
  return ok(clockView(platform.clock));
}

function setProfile(visit: Visit): Answer {
  const { platform } = visit;
  platform.profile = changeProfile(platform.profile, jsonOf(visit).plain());
  return ok(platform.profile);
}

/** Removing faults also lets go what hangs: those connections are cut. */
function removeFaults({ platform }: Visit, id?: string): Answer {
  const removed = platform.faults.remove(id);
  if (id !== undefined && removed === 0) {
    throw notFound('fault');
  }
  platform.stalls.releaseAll();
  return ok({ removed });
}

/** `{ service: ais | pis | funds, seconds }`: the interface was down today. */
function noteDowntime(visit: Visit): Answer {
  const shape = jsonOf(visit);
  shape.only(['service', 'seconds']);
  const { platform } = visit;
  const service = shape.choice('service', SERVICES);
  platform.statistics.wasDown(platform.today(), service, shape.number('seconds', 1, 86_400));
  return ok(platform.statistics.view(platform.today()));
}

function ledgerView({ ledger }: Visit['platform']): Record<string, unknown> {
  const { initiations, postings, calls, repeatedSignatures } = ledger;
  const count = (outcome: string) => initiations.filter((initiation) => initiation.outcome === outcome).length;
  return {
    counts: {
      initiations: initiations.length,
      accepted: count('accepted'),
      refused: count('refused'),
      postings: postings.length,
    },
    calls: Object.fromEntries(calls),
    initiations,
    postings,
    repeatedSignatures,
  };
}
