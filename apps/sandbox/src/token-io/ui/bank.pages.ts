import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import { eligibleAccounts, identify } from '../authorisation/accounts-choice.js';
import { MAX_TRIES, type Authorisation } from '../authorisation/authorisation.js';
import { decide, takeCallback } from '../authorisation/decision.js';
import type { Call } from '../call.js';
import { messagePage, pathOf, sitePage, warning, type PageAnswer, type PageRoute } from './page-route.js';
import { summaryBody, summaryTitle } from './summary.js';

const PATH = '/ui/bank/:key';

/** The bank's pages: login, what is asked, the code, and the way back; and the hub's address to which banks return. */
export const bankPages: readonly PageRoute[] = [
  { method: 'GET', path: PATH, handle: (call) => withAuthorisation(call, (found) => show(call, found)) },
  { method: 'POST', path: PATH, handle: (call) => withAuthorisation(call, (found) => post(call, found)) },
  { method: 'GET', path: '/callback', handle: callback },
];

function show(call: Call, authorisation: Authorisation, wrong?: string): PageAnswer {
  if (!authorisation.customer) {
    return loginPage(call, authorisation, wrong);
  }
  return authorisation.confirmed ? codePage(call, authorisation, wrong) : reviewPage(call, authorisation, wrong);
}

function post(call: Call, authorisation: Authorisation): PageAnswer {
  const form = call.form();
  if (form.get('decision') === 'refuse') {
    return leave(call, authorisation, false);
  }
  if (!authorisation.customer) {
    return logIn(call, authorisation, form);
  }
  return authorisation.confirmed
    ? takeCode(call, authorisation, (form.get('code') ?? '').trim())
    : takeAnswer(call, authorisation, form);
}

function logIn(call: Call, authorisation: Authorisation, form: URLSearchParams): PageAnswer {
  const customer = call.hub.customers.find(({ username }) => username === form.get('username'));
  if (!customer || customer.password !== form.get('password')) {
    return tryAgain(call, authorisation, 'User name or password is wrong.');
  }
  const problem = identify(call.hub, authorisation, customer);
  return problem === undefined ? here(call) : loginPage(call, authorisation, problem);
}

/** Field `accounts`: ids of accounts; for a payment the first counts. */
function takeAnswer(call: Call, authorisation: Authorisation, form: URLSearchParams): PageAnswer {
  const { customer } = authorisation;
  if (form.get('decision') !== 'confirm' || !customer) {
    return show(call, authorisation, 'Please confirm or refuse.');
  }
  const wanted = form.getAll('accounts');
  const eligible = eligibleAccounts(call.hub, authorisation, customer);
  const chosen = eligible.filter(({ id, numbers }) => wanted.includes(id) || wanted.includes(numbers.iban));
  if (chosen.length > 0) {
    authorisation.accounts = authorisation.summary.kind === 'access' ? chosen : chosen.slice(0, 1);
  }
  authorisation.confirmed = true;
  return here(call);
}

function takeCode(call: Call, authorisation: Authorisation, code: string): PageAnswer {
  return code === authorisation.customer?.code
    ? leave(call, authorisation, true)
    : tryAgain(call, authorisation, 'The code is wrong.');
}

function tryAgain(call: Call, authorisation: Authorisation, wrong: string): PageAnswer {
  authorisation.wrongTries += 1;
  return authorisation.wrongTries < MAX_TRIES ? show(call, authorisation, wrong) : leave(call, authorisation, false);
}

function leave(call: Call, authorisation: Authorisation, approved: boolean): PageAnswer {
  const back = decide(call.hub, call.base, authorisation, approved);
  return back === undefined
    ? messagePage(call, 'Done', 'You can close this page.', 200, authorisation.bank.name)
    : { redirect: back };
}

/** The bank sends the browser here when the hub owns the callback; from here it goes on to the TPP. */
function callback(call: Call): PageAnswer {
  const authorisation = takeCallback(call.hub, new URLSearchParams(call.queryText));
  return authorisation
    ? { redirect: authorisation.returnUrl() }
    : messagePage(call, 'Link not known', 'Please go back to the app or site that sent you here.', 404);
}

function loginPage(call: Call, { bank }: Authorisation, wrong: string | undefined): PageAnswer {
  const body = html`$${warning(wrong)}
    <p>Log in to see and confirm what you are asked for.</p>
    <form method="post" action="$${action(call)}">
      <label for="username">User name</label>
      <input
        type="text"
        id="username"
        name="username"
        autocomplete="username"
        autocapitalize="none"
        required
        autofocus
      />
      <label for="password">Password</label>
      <input type="password" id="password" name="password" autocomplete="current-password" required />
      <div class="buttons">
        <button>Log in</button>
        <button class="quiet" name="decision" value="refuse" formnovalidate>Cancel</button>
      </div>
    </form>`;
  return sitePage(call, bank.name, 'Log in', body, wrong === undefined ? 200 : 401);
}

function reviewPage(call: Call, authorisation: Authorisation, wrong: string | undefined): PageAnswer {
  const { bank, summary, customer, accounts } = authorisation;
  const eligible = customer ? eligibleAccounts(call.hub, authorisation, customer) : [];
  const type = summary.kind === 'access' ? 'checkbox' : 'radio';
  const choices = eligible
    .map(
      (account) =>
        html`<label
          ><input
            type="${type}"
            name="accounts"
            value="${account.id}"
            $${accounts.includes(account) ? 'checked' : ''}
          />
          ${account.name}, ${account.numbers.iban} (${account.booked.toFixed(2)} ${account.currency})</label
        >`,
    )
    .join('');
  const body = html`$${warning(wrong)}
    <p class="note">Logged in as ${customer?.fullName ?? ''}</p>
    <form method="post" action="$${action(call)}">
      $${summaryBody(summary)}
      <fieldset>
        <legend>${summary.kind === 'access' ? 'Which accounts?' : 'From which account?'}</legend>
        $${choices}
      </fieldset>
      <div class="buttons">
        <button name="decision" value="confirm">Confirm</button>
        <button class="quiet" name="decision" value="refuse">Refuse</button>
      </div>
    </form>`;
  return sitePage(call, bank.name, summaryTitle(summary), body, wrong === undefined ? 200 : 400);
}

function codePage(call: Call, { bank }: Authorisation, wrong: string | undefined): PageAnswer {
  const body = html`$${warning(wrong)}
    <form method="post" action="$${action(call)}">
      <label for="code">Code from the text message</label>
      <input type="text" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus />
      <div class="buttons">
        <button>Confirm</button>
        <button class="quiet" name="decision" value="refuse" formnovalidate>Refuse</button>
      </div>
    </form>`;
  return sitePage(call, bank.name, 'Enter the code', body, wrong === undefined ? 200 : 401);
}

function withAuthorisation(call: Call, act: (authorisation: Authorisation) => PageAnswer): PageAnswer {
  const authorisation = call.hub.authorisations.get(call.param('key'));
  if (!authorisation || authorisation.bank.approach !== 'redirect') {
    return messagePage(call, 'Link not known', 'Please go back to the app or site that sent you here.', 404);
  }
  if (authorisation.state !== 'open') {
    return messagePage(call, 'Link no longer valid', 'The request was answered, or it took too long.', 410);
  }
  return act(authorisation);
}

function action(call: Call): string {
  return safePath(`${pathOf(call)}/ui/bank/${call.param('key')}`);
}

function here(call: Call): PageAnswer {
  return { redirect: `${pathOf(call)}/ui/bank/${call.param('key')}` };
}
