import { ShapeError, checkText, type Shape } from '../../kit/shape.js';
import { ApiError, notFound } from '../api-error.js';
import { APPLICATION_STATES, type Application } from '../application.js';
import { authorise, turnDown } from '../authorising.js';
import type { Answer } from '../endpoint.js';
import { isOver } from '../payment.js';
import { newClient } from '../platform.js';
import { randomUUID } from 'node:crypto';
import { reject } from '../settlement.js';
import type { Visit } from '../visit.js';
import { jsonOf, ok, type Control } from './control-route.js';
import { applicationView, consentView, developerView, intentView, paymentView } from './views.js';

/** What TPPs have made, and what a tester does to it in the place of the user, the staff or the bank. */
export const resourceControls: readonly Control[] = [
  { method: 'GET', path: '/application', handle: ({ platform, site }) => ok(applicationView(platform.demo, site)) },
  {
    method: 'GET',
    path: '/applications',
    handle: ({ platform, site }) =>
      ok({
        developers: [...platform.developers.values()].map(developerView),
        applications: [...platform.applications.values()].map((application) => applicationView(application, site)),
      }),
  },
  { method: 'POST', path: '/applications', handle: addApplication },
  { method: 'PUT', path: '/applications/:id', handle: changeApplication },
  {
    method: 'GET',
    path: '/intents',
    handle: ({ platform, site }) =>
      ok({ intents: [...platform.intents.values()].map((intent) => intentView(intent, site)) }),
  },
  { method: 'POST', path: '/intents/:id', handle: decideIntent },
  {
    method: 'GET',
    path: '/consents',
    handle: ({ platform }) => ok({ consents: [...platform.consents.values()].map(consentView) }),
  },
  { method: 'POST', path: '/consents/:id', handle: endConsent },
  {
    method: 'GET',
    path: '/payments',
    handle: ({ platform }) => ok({ payments: [...platform.payments.values()].map(paymentView) }),
  },
  { method: 'POST', path: '/payments/:id', handle: forcePayment },
];

/** A new application of the demo developer, or with `developer: "new"` of a new one. */
function addApplication(visit: Visit): Answer {
  const { platform, site } = visit;
  const shape = jsonOf(visit);
  shape.only(['name', 'developer', 'redirectUrl', 'certificate', 'state']);
  const name = shape.text('name', { max: 70 });
  const developer =
    shape.optionalChoice('developer', ['demo', 'new'] as const) === 'new'
      ? platform.addDeveloper({ ...newClient(), name, email: 'new@tpp.example', company: name })
      : platform.demo.developer;
  const application = platform.addApplication(developer, { id: randomUUID(), name, state: 'draft' });
  change(application, shape);
  return { status: 201, body: applicationView(application, site) };
}

function changeApplication(visit: Visit): Answer {
  const { platform, site, params } = visit;
  const application = platform.applications.get(params['id'] ?? '');
  if (!application) {
    throw notFound('application');
  }
  const shape = jsonOf(visit);
  shape.only(['redirectUrl', 'certificate', 'state']);
  change(application, shape);
  return ok(applicationView(application, site));
}

/** `redirectUrl: null` brings the portal's own page back. The certificate is taken byte for byte. */
function change(application: Application, shape: Shape): void {
  if (shape.has('redirectUrl')) {
    application.redirectUrl = shape.raw('redirectUrl') === null ? undefined : readUrl(shape);
  }
  if (shape.has('certificate')) {
    application.certificate = shape.text('certificate', { max: 20_000 });
    application.state = application.state === 'draft' ? 'sandbox' : application.state;
  }
  application.state = shape.optionalChoice('state', APPLICATION_STATES) ?? application.state;
}

function readUrl(shape: Shape): string {
  const url = shape.text('redirectUrl', { max: 2000 });
  if (!URL.canParse(url)) {
    throw new ShapeError('redirectUrl', 'must be an absolute URL');
  }
  return url;
}

/** `{ decision: accept | decline, username, accounts?: [id] }`, as the user at the consent page. Answers with the code. */
function decideIntent(visit: Visit): Answer {
  const { platform, params, site } = visit;
  const intent = platform.intents.get(params['id'] ?? '');
  if (!intent) {
    throw notFound('intent');
  }
  const shape = jsonOf(visit);
  shape.only(['decision', 'username', 'accounts']);
  if (shape.choice('decision', ['accept', 'decline'] as const) === 'decline') {
    turnDown(intent, 'declined');
    return ok({ ...intentView(intent, site), authorisationCode: null });
  }
  const customer = platform.customer(shape.text('username'));
  if (!customer) {
    throw new ShapeError('username', 'is no customer');
  }
  const ids = shape.optionalList('accounts', (item, path) => checkText(item, path));
  const accounts = customer.accounts.filter(({ id }, index) =>
    ids ? ids.includes(id) : intent.kind === 'aisp' || index === 0,
  );
  const authorisationCode = authorise(platform, intent, customer, accounts);
  return ok({ ...intentView(intent, site), authorisationCode });
}

/** `{ state: revoked | expired }`: silently, the TPP is not told. */
function endConsent(visit: Visit): Answer {
  const consent = visit.platform.consents.get(visit.params['id'] ?? '');
  if (!consent) {
    throw notFound('consent');
  }
  consent.state = jsonOf(visit).choice('state', ['revoked', 'expired'] as const);
  return ok(consentView(consent));
}

/** `{ reject: reason }` ends it for real; `{ show: word }` only shows another word (null takes it back). */
function forcePayment(visit: Visit): Answer {
  const payment = visit.platform.payments.get(visit.params['id'] ?? '');
  if (!payment) {
    throw notFound('payment');
  }
  const shape = jsonOf(visit);
  shape.only(['reject', 'show']);
  if (shape.has('show')) {
    payment.shown = shape.raw('show') === null ? undefined : shape.text('show', { max: 35 });
  }
  if (shape.has('reject')) {
    if (isOver(payment)) {
      throw new ApiError(409, 'final', `The payment is ${payment.state}: that is final`);
    }
    reject(payment, shape.text('reject', { max: 70 }));
  }
  return ok(paymentView(payment));
}
