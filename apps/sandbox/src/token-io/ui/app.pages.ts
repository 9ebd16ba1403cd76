import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import type { Authorisation } from '../authorisation/authorisation.js';
import { decide } from '../authorisation/decision.js';
import type { Call } from '../call.js';
import { messagePage, pathOf, sitePage, type PageAnswer, type PageRoute } from './page-route.js';
import { summaryBody, summaryTitle } from './summary.js';

/** The PSU's banking app: what waits there to be confirmed at decoupled banks. */
export const appPages: readonly PageRoute[] = [
  { method: 'GET', path: '/ui/banking-app', handle: show },
  { method: 'POST', path: '/ui/banking-app/:id', handle: answer },
];

function waiting({ hub }: Call): Authorisation[] {
  return [...hub.authorisations.values()].filter(
    ({ bank, state, step, customer }) =>
      bank.approach === 'decoupled' && state === 'open' && step === undefined && customer !== undefined,
  );
}

function show(call: Call): PageAnswer {
  const username = call.query('username');
  const items = waiting(call).filter(({ customer }) => username === undefined || customer?.username === username);
  const forms = items.map(
    (one) =>
      html`<form method="post" action="$${safePath(`${pathOf(call)}/ui/banking-app/${one.id}`)}">
        <h2>${summaryTitle(one.summary)}</h2>
        <p class="note">${one.customer?.fullName ?? ''} at ${one.bank.name}</p>
        $${summaryBody(one.summary)}
        <div class="buttons">
          <button name="decision" value="approve">Confirm</button>
          <button class="quiet" name="decision" value="refuse">Refuse</button>
        </div>
      </form>`,
  );
  const body = forms.length > 0 ? forms.join('<hr />') : html`<p>Nothing waits to be confirmed.</p>`;
  return sitePage(call, 'Banking app', 'Your requests', body);
}

function answer(call: Call): PageAnswer {
  const found = waiting(call).find(({ id }) => id === call.param('id'));
  if (!found) {
    return messagePage(call, 'Not found', 'The request was answered, or it took too long.', 410, 'Banking app');
  }
  decide(call.hub, call.base, found, call.form().get('decision') === 'approve');
  return { redirect: `${pathOf(call)}/ui/banking-app` };
}
