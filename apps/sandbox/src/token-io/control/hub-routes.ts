import { ShapeError } from '../../kit/shape.js';
import { ok, type Answer } from '../answer.js';
import { ApiError } from '../api-error.js';
import type { Call } from '../call.js';
import { changeProfile } from '../profile.js';
import type { Site } from '../site.js';
import type { JsonRoute } from './json-route.js';
import { accountView, clockView, ledgerView } from './views.js';

/** Controls of one hub: what exists, time, faults, behaviour. */
export const hubRoutes: readonly JsonRoute[] = [
  { method: 'GET', path: '/', handle: ({ hub }, { hubs }) => ok({ hub: hub.name, hubs: [...hubs.all().keys()] }) },
  { method: 'GET', path: '/customers', handle: listCustomers },
  { method: 'GET', path: '/clock', handle: ({ hub }) => ok(clockView(hub)) },
  { method: 'POST', path: '/clock', handle: moveClock },
  { method: 'GET', path: '/ledger', handle: ({ hub }) => ok(ledgerView(hub)) },
  { method: 'GET', path: '/profile', handle: ({ hub }) => ok(hub.profile) },
  { method: 'PUT', path: '/profile', handle: setProfile },
  { method: 'GET', path: '/faults', handle: ({ hub }) => ok({ faults: hub.faults.list() }) },
  { method: 'POST', path: '/faults', handle: (call) => ({ status: 201, body: call.hub.faults.add(call.json()) }) },
  { method: 'DELETE', path: '/faults', handle: (call) => removeFaults(call) },
  { method: 'DELETE', path: '/faults/:id', handle: (call) => removeFaults(call, call.param('id')) },
  { method: 'POST', path: '/reset', handle: reset },
];

/** `?bankId=` shows the accounts there. */
function listCustomers(call: Call): Answer {
  const bank = call.hub.banks.get(call.query('bankId') ?? '');
  const customers = call.hub.customers.map((customer) => {
    const { username, password, code, fullName } = customer;
    const accounts = bank ? call.hub.accountsOf(customer, bank).map(accountView) : undefined;
    return { username, password, code, fullName, ...(accounts ? { accounts } : {}) };
  });
  return ok({ customers });
}

/** One of `advanceSeconds`, `set` (an instant), `run` (true or false). */
function moveClock(call: Call): Answer {
  const shape = call.body();
  shape.only(['advanceSeconds', 'set', 'run']);
  const { clock } = call.hub;
  if (shape.has('run')) {
    if (shape.boolean('run')) {
      clock.run();
    } else {
      clock.stop();
    }
  }
  if (shape.has('set')) {
    const instant = Date.parse(shape.text('set', { max: 40 }));
    if (Number.isNaN(instant)) {
      throw new ShapeError('set', 'must be an instant such as 2030-01-31T12:00:00Z');
    }
    clock.set(instant);
  }
  if (shape.has('advanceSeconds')) {
    clock.advance(shape.number('advanceSeconds', 0, 3_153_600_000, false) * 1000);
  }
  call.hub.catchUp();
  return ok(clockView(call.hub));
}

function setProfile(call: Call): Answer {
  call.hub.profile = changeProfile(call.hub.profile, call.json());
  return ok(call.hub.profile);
}

/** Removing faults also lets go what hangs: those connections are cut. */
function removeFaults(call: Call, id?: string): Answer {
  const removed = call.hub.faults.remove(id);
  if (id !== undefined && removed === 0) {
    throw new ApiError(404, 'No such fault');
  }
  call.hub.stalls.releaseAll();
  return ok({ removed });
}

function reset({ hub }: Call, { hubs }: Site): Answer {
  hub.close();
  return ok({ hub: hubs.renew(hub.name).name });
}
