import { randomUUID } from 'node:crypto';
import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import { ApiError, invalidRequest, notFound } from '../api-error.js';
import type { Application, Developer } from '../application.js';
import { newClient, newSecret } from '../platform.js';
import type { Visit } from '../visit.js';
import { applicationSection, newApplicationForm } from './application-forms.js';
import { input, sheet, warning, type PageAnswer, type PageRoute } from './page-route.js';

/** The developer portal: register, get client id and secret, keep applications, ask to go live. */
export const portalPages: readonly PageRoute[] = [
  { method: 'GET', path: '/ui', handle: (visit) => front(visit) },
  { method: 'GET', path: '/ui/', handle: (visit) => front(visit) },
  { method: 'POST', path: '/ui/register', handle: register },
  { method: 'POST', path: '/ui/login', handle: logIn },
  { method: 'GET', path: '/ui/holding', handle: (visit) => holding(visit) },
  { method: 'GET', path: '/ui/portal/:session', handle: (visit) => desk(visit) },
  { method: 'POST', path: '/ui/portal/:session/applications', handle: (visit) => acting(visit, addApplication) },
  {
    method: 'POST',
    path: '/ui/portal/:session/applications/:id',
    handle: (visit) => acting(visit, () => changeApplication(visit)),
  },
  {
    method: 'POST',
    path: '/ui/portal/:session/applications/:id/go-live',
    handle: (visit) => acting(visit, () => requestGoLive(visit)),
  },
];

function front(visit: Visit, wrong?: string): PageAnswer {
  const action = (name: string) => safePath(`${visit.prefix}/ui/${name}`);
  const body = html`$${warning(wrong)}
    <p>Register to get a client id and secret. The sandbox works at once.</p>
    <form method="post" action="$${action('register')}">
      $${input('name', 'Your name')} $${input('email', 'E-mail')} $${input('company', 'Company')}
      <div class="buttons"><button>Register</button></div>
    </form>
    <h2>Log in</h2>
    <form method="post" action="$${action('login')}">
      $${input('clientId', 'Client ID')} $${input('clientSecret', 'Client Secret', '', 'password')}
      <div class="buttons"><button>Log in</button></div>
    </form>`;
  return sheet(visit, { title: 'Developer portal', body, status: wrong === undefined ? 200 : 400 });
}

function register(visit: Visit): PageAnswer {
  const { platform, form } = visit;
  const [name, email, company] = ['name', 'email', 'company'].map((field) => form.get(field).trim());
  if (!name || !company || !email || !/^[^@\s]+@[^@\s]+$/.test(email)) {
    return front(visit, 'Name, e-mail and company are needed.');
  }
  return enter(visit, platform.addDeveloper({ ...newClient(), name, email, company }));
}

function logIn(visit: Visit): PageAnswer {
  const developer = visit.platform.developers.get(visit.form.get('clientId').trim());
  if (!developer || developer.clientSecret !== visit.form.get('clientSecret').trim()) {
    return front(visit, 'Client ID or secret is wrong.');
  }
  return enter(visit, developer);
}

function enter({ platform, prefix }: Visit, developer: Developer): PageAnswer {
  const session = newSecret();
  platform.sessions.set(session, developer);
  return { redirect: `${prefix}/ui/portal/${session}` };
}

/** The default holding page: the outcome as text, for TPPs without a redirect URL. */
function holding(visit: Visit): PageAnswer {
  const { query } = visit;
  const code = query.get('authorisation_code');
  const authorised = code !== null && code !== '' && code !== 'null';
  const body = html`<p>This application has no redirect URL yet, so the answer is shown here.</p>
    <dl>
      <dt>Outcome</dt>
      <dd id="outcome">${authorised ? 'authorised' : 'not authorised'}</dd>
      <dt>intent-id</dt>
      <dd id="intent-id">${query.get('intent-id') ?? ''}</dd>
      <dt>uuid</dt>
      <dd id="uuid">${query.get('uuid') ?? ''}</dd>
      <dt>authorisation_code</dt>
      <dd id="authorisation_code">${code ?? 'null'}</dd>
    </dl>`;
  return sheet(visit, { title: 'Authorisation outcome', body });
}

function desk(visit: Visit, wrong?: string): PageAnswer {
  const developer = developerOf(visit);
  const base = safePath(`${visit.prefix}/ui/portal/${visit.params['session'] ?? ''}`);
  const body = html`$${warning(wrong)}
    <dl>
      <dt>Client ID</dt>
      <dd id="client-id">${developer.clientId}</dd>
      <dt>Client Secret</dt>
      <dd id="client-secret">${developer.clientSecret}</dd>
    </dl>
    <p class="note">Keep both safe. They are for calls to the authorisation and access-token endpoints.</p>
    <h2>Applications</h2>
    $${developer.applications.map((application) => applicationSection(application, base)).join('')}
    $${newApplicationForm(developer, base)}`;
  return sheet(visit, { title: developer.company, body, status: wrong === undefined ? 200 : 400 });
}

/** Does what a form asks and shows the desk again, with what was wrong. */
function acting(visit: Visit, act: (visit: Visit) => void): PageAnswer {
  developerOf(visit);
  try {
    act(visit);
  } catch (error) {
    if (error instanceof ApiError) {
      return desk(visit, error.message);
    }
    throw error;
  }
  return { redirect: `${visit.prefix}/ui/portal/${visit.params['session'] ?? ''}` };
}

function addApplication(visit: Visit): void {
  const developer = developerOf(visit);
  const name = visit.form.get('name').trim();
  if (name === '') {
    throw invalidRequest('Give the application a name.');
  }
  const [redirectUrl, certificate] = [readRedirectUrl(visit), readCertificate(visit, developer)];
  visit.platform.addApplication(developer, {
    id: randomUUID(),
    name,
    state: certificate === undefined ? 'draft' : 'sandbox',
    redirectUrl,
    certificate,
  });
}

function changeApplication(visit: Visit): void {
  const application = applicationOf(visit);
  const [redirectUrl, certificate] = [readRedirectUrl(visit), readCertificate(visit, application.developer)];
  application.redirectUrl = redirectUrl;
  if (certificate !== undefined) {
    application.certificate = certificate;
    application.state = application.state === 'draft' ? 'sandbox' : application.state;
  }
}

function requestGoLive(visit: Visit): void {
  const application = applicationOf(visit);
  const [legalName, competentAuthority, registrationNumber] = [
    'legalName',
    'competentAuthority',
    'registrationNumber',
  ].map((field) => visit.form.get(field).trim());
  if (!legalName || !competentAuthority || !registrationNumber) {
    throw invalidRequest('Going live needs legal name, competent authority and registration number.');
  }
  if (application.state !== 'sandbox' || application.redirectUrl === undefined) {
    throw invalidRequest('Going live needs a certificate and a redirect URL, and can be requested once.');
  }
  application.registration = { legalName, competentAuthority, registrationNumber };
  application.state = 'goLiveRequested';
}

/** The uploaded file byte for byte; a pasted text with plain line feeds, because browsers send others; or another application's. */
function readCertificate({ form }: Visit, developer: Developer): string | undefined {
  const file = form.get('certificateFile');
  const pasted = form.get('certificate').replaceAll('\r\n', '\n');
  const same = developer.applications.find(({ id }) => id === form.get('certificateOf'))?.certificate;
  return [file, pasted].find((text) => text.trim() !== '') ?? same;
}

function readRedirectUrl({ form }: Visit): string | undefined {
  const url = form.get('redirectUrl').trim();
  if (url !== '' && !URL.canParse(url)) {
    throw invalidRequest('The redirect URL must be absolute, such as https://tpp.example/back.');
  }
  return url === '' ? undefined : url;
}

function developerOf({ platform, params }: Visit): Developer {
  const developer = platform.sessions.get(params['session'] ?? '');
  if (!developer) {
    throw new ApiError(404, 'not_found', 'This login is over. Log in at the developer portal again.');
  }
  return developer;
}

function applicationOf(visit: Visit): Application {
  const application = developerOf(visit).applications.find(({ id }) => id === visit.params['id']);
  if (!application) {
    throw notFound('application');
  }
  return application;
}
