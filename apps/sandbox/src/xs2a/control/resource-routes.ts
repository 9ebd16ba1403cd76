import { type Shape, checkText } from '../../kit/shape.js';
import type { Answer } from '../answer.js';
import type { Call } from '../call.js';
import { moveConsent } from '../consent-life.js';
import { decide } from '../decoupled.js';
import { moveFundsConsent } from '../funds/funds-consent.js';
import { isOver } from '../payments/payment.js';
import { rejectPayment } from '../payments/settlement.js';
import { TppError } from '../tpp-error.js';
import type { JsonRoute } from './json-route.js';
import { authorisationView, basketView, consentView, fundsConsentView, paymentView } from './views.js';

const ok = (body: unknown): Answer => ({ status: 200, body });

/** What TPPs have made, and what a tester does to it in the place of the PSU or the bank. */
export const resourceRoutes: readonly JsonRoute[] = [
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
