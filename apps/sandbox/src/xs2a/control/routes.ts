import { Shape, ShapeError, checkText } from '../../kit/shape.js';
import type { Answer } from '../answer.js';
import type { Call } from '../call.js';
import { moveConsent } from '../consent-life.js';
import { publicPasswordKey } from '../password-key.js';
import { decide } from '../decoupled.js';
import { moveFundsConsent } from '../funds/funds-consent.js';
import { isOver } from '../payments/payment.js';
import { PRESETS, presetProfile } from '../presets.js';
import { changeProfile } from '../profile.js';
import { rejectPayment } from '../payments/settlement.js';
import { TppError } from '../tpp-error.js';
import { STATUS_NUMBERS } from '../wire-style.js';
import type { JsonRoute } from './json-route.js';
import {
  authorisationView,
  basketView,
  clockView,
  consentView,
  fundsConsentView,
  customerView,
  ledgerView,
  paymentView,
} from './views.js';

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
  { method: 'GET', path: '/clock', handle: ({ bank }) => ok(clockView(bank)) },
  { method: 'POST', path: '/clock', handle: moveClock },
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
  {
    method: 'GET',
    path: '/consents',
    handle: ({ bank }) => ok({ consents: [...bank.consents.values()].map(consentView) }),
  },
  { method: 'POST', path: '/consents/:id', handle: endConsent },
  {
    method: 'GET',
    path: '/funds-consents',
    handle: ({ bank }) => ok({ consents: [...bank.fundsConsents.values()].map(fundsConsentView) }),
  },
  { method: 'POST', path: '/funds-consents/:id', handle: endFundsConsent },
  {
    method: 'GET',
    path: '/baskets',
    handle: ({ bank }) => ok({ baskets: [...bank.baskets.values()].map(basketView) }),
  },
  {
    method: 'GET',
    path: '/payments',
    handle: ({ bank }) => ok({ payments: [...bank.payments.values()].map(paymentView) }),
  },
  { method: 'POST', path: '/payments/:id', handle: forcePayment },
  {
    method: 'GET',
    path: '/authorisations',
    handle: ({ bank }) => ok({ authorisations: [...bank.authorisations.values()].map(authorisationView) }),
  },
  { method: 'POST', path: '/authorisations/:id', handle: decideAuthorisation },
];

function reset(name: string, bank: Call['bank'], banks: Parameters<JsonRoute['handle']>[1]['banks']): string {
  bank.stalls.releaseAll();
  return banks.renew(name).name;
}

/** One of `advanceSeconds`, `set` (an instant), `run` (true or false). */
function moveClock(call: Call): Answer {
  const shape = call.body();
  shape.only(['advanceSeconds', 'set', 'run']);
  const { clock } = call.bank;
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
  call.bank.catchUp();
  return ok(clockView(call.bank));
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

/** `{ status: revokedByPsu | expired }`. */
function endConsent(call: Call): Answer {
  const consent = call.bank.consents.get(call.param('id'));
  if (!consent) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such consent');
  }
  const status = call.body().choice('status', ['revokedByPsu', 'expired'] as const);
  if (!moveConsent(call.bank, consent, status)) {
    throw new TppError(409, 'STATUS_INVALID', `The consent is ${consent.status}: it cannot become ${status}`);
  }
  return ok(consentView(consent));
}

/** The same for a confirmation-of-funds consent. */
function endFundsConsent(call: Call): Answer {
  const consent = call.bank.fundsConsents.get(call.param('id'));
  if (!consent) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such consent');
  }
  const status = call.body().choice('status', ['revokedByPsu', 'expired'] as const);
  if (!moveFundsConsent(consent, status)) {
    throw new TppError(409, 'STATUS_INVALID', `The consent is ${consent.status}: it cannot become ${status}`);
  }
  return ok(fundsConsentView(consent));
}

/** `{ reject: AC04 }` ends it for real; `{ show: ACTV }` only shows another word (null takes it back). */
function forcePayment(call: Call): Answer {
  const payment = call.bank.payments.get(call.param('id'));
  if (!payment) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such payment');
  }
  const shape: Shape = call.body();
  shape.only(['reject', 'show']);
  if (shape.has('show')) {
    payment.arrangement.forcedStatus = shape.raw('show') === null ? undefined : shape.text('show', { max: 35 });
  }
  if (shape.has('reject')) {
    if (isOver(payment)) {
      throw new TppError(409, 'STATUS_INVALID', `The payment is ${payment.status}: that is final`);
    }
    rejectPayment(call.bank, payment, shape.text('reject', { max: 4 }));
  }
  return ok(paymentView(payment));
}

/** `{ decision: approve | reject, accounts?: [iban] }`, as the PSU in the app. */
function decideAuthorisation(call: Call): Answer {
  const authorisation = call.bank.authorisations.get(call.param('id'));
  if (!authorisation) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such authorisation');
  }
  const shape = call.body();
  const ibans = shape.optionalList('accounts', (item, path) => checkText(item, path)) ?? [];
  const chosen = authorisation.psu?.accounts.filter(({ iban }) => ibans.includes(iban)) ?? [];
  decide(call.bank, authorisation, shape.choice('decision', ['approve', 'reject'] as const), chosen);
  return ok(authorisationView(authorisation));
}
