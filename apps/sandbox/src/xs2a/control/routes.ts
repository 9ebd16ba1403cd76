import { clockView, moveClock } from '../../kit/clock-control.js';
import { ShapeError, checkText } from '../../kit/shape.js';
import type { Answer } from '../answer.js';
import type { Call } from '../call.js';
import { publicPasswordKey } from '../password-key.js';
import { PRESETS, presetProfile } from '../presets.js';
import { changeProfile } from '../profile-settings.js';
import { TppError } from '../tpp-error.js';
import { STATUS_NUMBERS } from '../wire-style.js';
import type { JsonRoute } from './json-route.js';
import { customerView, ledgerView } from './views.js';

const ok = (body: unknown): Answer => ({ status: 200, body });

/** Controls of one bank instance, below `/__control/xs2a` or `/__control/xs2a@{name}`. */
export const controlRoutes: readonly JsonRoute[] = [
  {
    method: 'GET',
    path: '/',
    handle: ({ bank }, { banks }) => ok({ bank: bank.name, banks: [...banks.all().keys()] }),
  },
  {
    method: 'GET',
    path: '/customers',
    handle: ({ bank }) => ok({ customers: bank.customers.list().map(customerView), manager: bank.oauth.manager }),
  },
  { method: 'GET', path: '/clock', handle: ({ bank }) => ok(clockView(bank.clock)) },
  { method: 'POST', path: '/clock', handle: setClock },
  { method: 'GET', path: '/ledger', handle: ({ bank }) => ok(ledgerView(bank)) },
  { method: 'POST', path: '/reset', handle: ({ bank }, { banks }) => ok({ bank: reset(bank.name, bank, banks) }) },
  { method: 'GET', path: '/faults', handle: ({ bank }) => ok({ faults: bank.faults.list() }) },
  { method: 'POST', path: '/faults', handle: (call) => ({ status: 201, body: call.bank.faults.add(call.json()) }) },
  { method: 'DELETE', path: '/faults', handle: (call) => removeFaults(call) },
  { method: 'DELETE', path: '/faults/:id', handle: (call) => removeFaults(call, call.param('id')) },
  { method: 'GET', path: '/profile', handle: ({ bank }) => ok(bank.profile) },
  { method: 'PUT', path: '/profile', handle: setProfile },
  { method: 'GET', path: '/presets', handle: () => ok({ presets: PRESETS, statusNumbers: STATUS_NUMBERS }) },
  {
    method: 'GET',
    path: '/password-key',
    handle: ({ bank }) => ok({ key: publicPasswordKey(bank.passwordKey) }),
  },
  { method: 'GET', path: '/clients', handle: ({ bank }) => ok({ clients: [...bank.oauth.clients.values()] }) },
  { method: 'POST', path: '/clients', handle: registerClient },
];

function reset(name: string, bank: Call['bank'], banks: Parameters<JsonRoute['handle']>[1]['banks']): string {
  bank.stalls.releaseAll();
  return banks.renew(name).name;
}

function setClock(call: Call): Answer {
  const { bank } = call;
  moveClock(bank.clock, call.body().plain());
  bank.catchUp();
  return ok(clockView(bank.clock));
}

/** Removing faults also lets go what hangs: those connections are cut. */
function removeFaults(call: Call, id?: string): Answer {
  const removed = call.bank.faults.remove(id);
  if (id !== undefined && removed === 0) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such fault');
  }
  call.bank.stalls.releaseAll();
  return ok({ removed });
}

/** Settings by name; with `preset` they are put upon that bank instead of the present one. */
function setProfile(call: Call): Answer {
  const { preset, ...settings } = call.body().plain();
  const start = preset === undefined ? call.bank.profile : presetProfile(preset);
  call.bank.profile = changeProfile(start, settings);
  return ok(call.bank.profile);
}

/** Registers a TPP at the authorisation server, or replaces one with the same id. */
function registerClient(call: Call): Answer {
  const shape = call.body();
  shape.only(['id', 'secret', 'name', 'redirectUris']);
  const client = {
    id: shape.text('id', { max: 100 }),
    secret: shape.text('secret', { max: 200 }),
    name: shape.optionalText('name', { max: 70 }) ?? 'TPP',
    redirectUris: shape.list('redirectUris', (item, path) => {
      const uri = checkText(item, path, { max: 2000 });
      if (!URL.canParse(uri)) {
        throw new ShapeError(path, 'must be an absolute URI');
      }
      return uri;
    }),
  };
  call.bank.oauth.clients.set(client.id, client);
  return { status: 201, body: client };
}
