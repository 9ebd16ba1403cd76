import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import type { Authorisation } from '../authorisation.js';
import type { Call } from '../call.js';
import { decide, waitingRequests } from '../decoupled.js';
import { loginPage, logIn, openVisit } from './login.js';
import { bankPage, messagePage, type PageAnswer, type PageRoute } from './page-route.js';
import { summary } from './summary.js';
import { chosenAccounts } from './visit.pages.js';
import type { Visit } from './visit.js';

/** The bank's app for decoupled requests, as pages: log in, see what waits, approve or reject. */
export const appPages: readonly PageRoute[] = [
  { method: 'GET', path: '/ui/app', handle: (call) => loginPage(call, `${call.links.prefix}/ui/app`) },
  { method: 'POST', path: '/ui/app', handle: enter },
  { method: 'GET', path: '/ui/app/:key', handle: (call) => withVisit(call, (visit) => list(call, visit)) },
  {
    method: 'POST',
    path: '/ui/app/:key/:authorisationId',
    handle: (call) => withVisit(call, (visit) => post(call, visit)),
  },
];

function enter(call: Call): PageAnswer {
  const customer = call.form().get('decision') === 'refuse' ? '' : logIn(call);
  if (typeof customer === 'string') {
    return loginPage(call, `${call.links.prefix}/ui/app`, customer === '' ? undefined : customer);
  }
  return { redirect: `${call.links.prefix}/ui/app/${openVisit(call, customer).key}` };
}

function list(call: Call, visit: Visit): PageAnswer {
  const requests = waitingRequests(call.bank, visit.psu);
  const greeting = html`<p class="note">Logged in as ${visit.psu.fullName}</p>`;
  if (requests.length === 0) {
    return bankPage(
      call,
      'Requests',
      html`$${greeting}
        <p>Nothing waits for you. Reload the page to look again.</p>`,
    );
  }
  const forms = requests.map((request) => requestForm(call, visit, request));
  return bankPage(call, 'Requests', html`$${greeting}${forms}`);
}

function requestForm(call: Call, visit: Visit, request: Authorisation): string {
  const { title, body } = summary(request.subject, visit.psu);
  const action = safePath(`${call.links.prefix}/ui/app/${visit.key}/${request.id}`);
  return html`<form method="post" action="$${action}">
    <h2>${title}</h2>
    $${body}
    <div class="buttons">
      <button name="decision" value="approve">Approve</button>
      <button class="quiet" name="decision" value="reject">Reject</button>
    </div>
  </form>`;
}

function post(call: Call, visit: Visit): PageAnswer {
  const decision = call.form().get('decision');
  const request = waitingRequests(call.bank, visit.psu).find(({ id }) => id === call.param('authorisationId'));
  if (!request || (decision !== 'approve' && decision !== 'reject')) {
    return messagePage(call, 'Nothing to decide', 'The request was answered already, or it took too long.', 409);
  }
  decide(call.bank, request, decision, chosenAccounts(visit.psu, call.form()));
  return { redirect: `${call.links.prefix}/ui/app/${visit.key}` };
}

function withVisit(call: Call, act: (visit: Visit) => PageAnswer): PageAnswer {
  const visit = call.bank.visits.get(call.param('key'));
  if (!visit || visit.authorisation || visit.oauth) {
    return messagePage(call, 'Please log in again', 'This page is no longer valid.', 404);
  }
  return act(visit);
}
