import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import { notFound } from '../api-error.js';
import { authorise, DECISION_MS, isAnswered, turnDown, wayBack } from '../authorising.js';
import type { Intent } from '../consent.js';
import type { Account, Customer } from '../customer.js';
import { newSecret } from '../platform.js';
import type { Visit } from '../visit.js';
import { input, messagePage, sheet, warning, type PageAnswer, type PageRoute } from './page-route.js';

const WRONG_TRIES = 3;

/** The way of a user's browser: login, then the consent with the second factor, then back to the TPP. */
export const authorisePages: readonly PageRoute[] = [
  { method: 'GET', path: '/ui/authorise/:key', handle: begin },
  { method: 'POST', path: '/ui/authorise/:key', handle: logIn },
  {
    method: 'GET',
    path: '/ui/visits/:visit',
    handle: (visit) => withLogin(visit, (intent, user) => ask(visit, intent, user)),
  },
  {
    method: 'POST',
    path: '/ui/visits/:visit',
    handle: (visit) => withLogin(visit, (intent, user) => decide(visit, intent, user)),
  },
];

function begin(visit: Visit): PageAnswer {
  const { platform } = visit;
  const intent = [...platform.intents.values()].find(({ browserKey }) => browserKey === visit.params['key']);
  if (!intent) {
    throw notFound('authorisation');
  }
  if (isAnswered(intent)) {
    return messagePage(visit, 'Page no longer valid', 'This request was answered already.', 410);
  }
  if (isTooLate(visit, intent)) {
    return leave(visit, intent, undefined, 'expired');
  }
  if (intent.state === 'created') {
    intent.state = 'shown';
    intent.deadlineMs = platform.clock.nowMs() + DECISION_MS;
  }
  return intent.sandboxSca ? answerByItself(visit, intent) : loginPage(visit, intent);
}

/** `sandbox_sca`: nobody is asked; the first customer answers with all accounts, for a payment with the first one. */
function answerByItself(visit: Visit, intent: Intent): PageAnswer {
  const [customer] = visit.platform.customers;
  if (!customer || visit.platform.profile.sandboxOutcome === 'decline') {
    return leave(visit, intent, undefined, 'declined');
  }
  const accounts = intent.kind === 'aisp' ? customer.accounts : customer.accounts.slice(0, 1);
  return leave(visit, intent, authorise(visit.platform, intent, customer, accounts));
}

function loginPage(visit: Visit, intent: Intent, wrong?: string): PageAnswer {
  const action = safePath(`${visit.prefix}/ui/authorise/${intent.browserKey}`);
  const body = html`$${warning(wrong)}
    <p><strong>${intent.application.name}</strong> sent you. Log in to see what it asks for.</p>
    <form method="post" action="$${action}">
      $${input('username', 'Username')} $${input('password', 'Password', '', 'password')}
      <div class="buttons">
        <button>Log in</button>
        <button class="quiet" name="decision" value="decline">Decline</button>
      </div>
    </form>`;
  return sheet(visit, { title: 'Log in', body, status: wrong === undefined ? 200 : 401 });
}

function logIn(visit: Visit): PageAnswer {
  const intent = [...visit.platform.intents.values()].find(({ browserKey }) => browserKey === visit.params['key']);
  if (!intent || isAnswered(intent)) {
    return messagePage(visit, 'Page no longer valid', 'Please begin again at the app or site that sent you.', 410);
  }
  if (isTooLate(visit, intent)) {
    return leave(visit, intent, undefined, 'expired');
  }
  if (visit.form.get('decision') === 'decline') {
    return leave(visit, intent, undefined, 'declined');
  }
  const customer = visit.platform.customer(visit.form.get('username'));
  if (!customer || customer.password !== visit.form.get('password')) {
    return countWrong(visit, intent, () => loginPage(visit, intent, 'Username or password is wrong.'));
  }
  intent.customer = customer;
  intent.visitKey = newSecret();
  return { redirect: `${visit.prefix}/ui/visits/${intent.visitKey}` };
}

function ask(visit: Visit, intent: Intent, customer: Customer, wrong?: string): PageAnswer {
  const action = safePath(`${visit.prefix}/ui/visits/${intent.visitKey ?? ''}`);
  const forPayment = intent.kind === 'pisp';
  const wish = forPayment
    ? html`<p>
        <strong>${intent.application.name}</strong> asks to make <strong>one payment</strong> for you. It sends amount
        and payee after you agree.
      </p>`
    : html`<p>
        <strong>${intent.application.name}</strong> asks to read balances, transactions, payees, standing orders and
        direct debits of the accounts that you choose, for up to 90 days.
      </p>`;
  const body = html`$${warning(wrong)} $${wish}
    <form method="post" action="$${action}">
      <fieldset>
        <legend>${forPayment ? 'Pay from' : 'Which accounts?'}</legend>
        $${customer.accounts.map((account, index) => accountChoice(account, forPayment, index === 0)).join('')}
      </fieldset>
      $${input('code', 'Code from your app')}
      <div class="buttons">
        <button name="decision" value="accept">Accept</button>
        <button class="quiet" name="decision" value="decline">Decline</button>
      </div>
    </form>`;
  const title = forPayment ? 'Allow a payment' : 'Share your accounts';
  return sheet(visit, { title, body, status: wrong === undefined ? 200 : 400 });
}

function accountChoice(account: Account, single: boolean, first: boolean): string {
  const kind = single ? 'radio' : 'checkbox';
  const words = `${account.nickname}, ${account.identification}, ${account.booked.toFixed(2)} ${account.currency}`;
  return !single || first
    ? html`<label><input type="${kind}" name="accounts" value="${account.id}" checked />${words}</label>`
    : html`<label><input type="${kind}" name="accounts" value="${account.id}" />${words}</label>`;
}

function decide(visit: Visit, intent: Intent, customer: Customer): PageAnswer {
  const { form } = visit;
  if (form.get('decision') === 'decline') {
    return leave(visit, intent, undefined, 'declined');
  }
  if (form.get('code').trim() !== customer.code) {
    return countWrong(visit, intent, () => ask(visit, intent, customer, 'The code is wrong.'));
  }
  const accounts = customer.accounts.filter(({ id }) => form.getAll('accounts').includes(id));
  if (accounts.length === 0) {
    return ask(visit, intent, customer, 'Choose at least one account.');
  }
  return leave(visit, intent, authorise(visit.platform, intent, customer, accounts));
}

/** The third wrong password or code ends the authorisation: the user could not authenticate. */
function countWrong(visit: Visit, intent: Intent, again: () => PageAnswer): PageAnswer {
  intent.wrong += 1;
  return intent.wrong < WRONG_TRIES ? again() : leave(visit, intent, undefined, 'declined');
}

/** Ends the visit and sends the browser back; without a code the authorisation ends in `state`. */
function leave(
  visit: Visit,
  intent: Intent,
  code: string | undefined,
  state: 'declined' | 'expired' = 'declined',
): PageAnswer {
  if (code === undefined) {
    turnDown(intent, state);
  }
  if (visit.platform.profile.redirect === 'dropped') {
    return messagePage(visit, 'Thank you', 'We could not send you back. Please return by yourself.');
  }
  return { redirect: wayBack(visit.platform, intent, code, `${visit.site}/ui/holding`) };
}

function withLogin(visit: Visit, act: (intent: Intent, customer: Customer) => PageAnswer): PageAnswer {
  const intent = [...visit.platform.intents.values()].find(
    ({ visitKey }) => visitKey !== undefined && visitKey === visit.params['visit'],
  );
  if (!intent?.customer || isAnswered(intent)) {
    return messagePage(visit, 'Page no longer valid', 'Please begin again at the app or site that sent you.', 410);
  }
  return isTooLate(visit, intent) ? leave(visit, intent, undefined, 'expired') : act(intent, intent.customer);
}

function isTooLate({ platform }: Visit, { deadlineMs }: Intent): boolean {
  return platform.clock.nowMs() >= deadlineMs;
}
