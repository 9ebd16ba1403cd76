import { clockView, moveClock } from '../../kit/clock-control.js';
import type { Answer } from '../answer.js';
import type { Arrival } from '../site.js';
import { SWITCHES, changeSettings } from '../settings.js';
import { bodyOf, ok, unknown, type ControlRoute } from './control-route.js';
import { ledgerView } from './views.js';

/** Clock, settings, faults, ledger, reset. */
export const timeRoutes: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/',
    handle: ({ hub, site }) => ok({ hub: hub.name, hubs: [...site.hubs.all().keys()], address: hub.address }),
  },
  { method: 'GET', path: '/clock', handle: ({ hub }) => ok(clockView(hub.clock)) },
  { method: 'POST', path: '/clock', handle: advance },
  { method: 'GET', path: '/settings', handle: ({ hub }) => ok(hub.settings) },
  { method: 'PUT', path: '/settings', handle: setSettings },
  { method: 'GET', path: '/switches', handle: () => ok({ switches: SWITCHES }) },
  { method: 'GET', path: '/faults', handle: ({ hub }) => ok({ faults: hub.faults.list() }) },
  {
    method: 'POST',
    path: '/faults',
    handle: (arrival) => ({ status: 201, body: arrival.hub.faults.add(bodyOf(arrival).plain()) }),
  },
  { method: 'DELETE', path: '/faults', handle: (arrival) => removeFaults(arrival) },
  { method: 'DELETE', path: '/faults/:id', handle: (arrival) => removeFaults(arrival, arrival.param('id')) },
  { method: 'GET', path: '/ledger', handle: ({ hub }) => ok(ledgerView(hub)) },
  { method: 'POST', path: '/reset', handle: reset },
];

function reset({ hub, site }: Arrival): Answer {
  hub.close();
  return ok({ hub: site.hubs.renew(hub.name).name });
}

function setSettings(arrival: Arrival): Answer {
  const { hub } = arrival;
  hub.settings = changeSettings(hub.settings, bodyOf(arrival).plain());
  return ok(hub.settings);
}

/** One of `advanceSeconds`, `set` (an instant), `run` (true or false). Answers when webhooks that fell due were tried. */
async function advance(arrival: Arrival): Promise<Answer> {
  const { hub } = arrival;
  moveClock(hub.clock, bodyOf(arrival).plain());
  hub.catchUp();
  await hub.outbox.settled();
  return ok(clockView(hub.clock));
}

/** Removing faults also lets go what hangs. */
function removeFaults({ hub }: Arrival, id?: string): Answer {
  const removed = hub.faults.remove(id);
  if (id !== undefined && removed === 0) {
    throw unknown('fault');
  }
  hub.stalls.releaseAll();
  return ok({ removed });
}
