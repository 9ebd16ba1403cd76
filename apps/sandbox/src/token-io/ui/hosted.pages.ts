import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import { askedFields, challengeOf, type AskedField } from '../authorisation/embedded.js';
import type { Bank } from '../banks/bank.js';
import type { Call } from '../call.js';
import { paymentSession, requestSession, type HostedSession } from './hosted-session.js';
import { pathOf, sitePage, warning, type PageAnswer, type PageRoute } from './page-route.js';
import { summaryBody, summaryTitle } from './summary.js';

type Open = (call: Call) => { session: HostedSession; path: string };

const openPayment: Open = (call) => ({
  session: paymentSession(call, call.param('id')),
  path: `${pathOf(call)}/ui/session/${call.param('id')}`,
});
const openRequest: Open = (call) => ({
  session: requestSession(call, call.param('id')),
  path: `${pathOf(call)}/ui/app/request-token/${call.param('id')}`,
});

/** The hub's own pages for the PSU: choosing the bank, agreeing, and the bank's questions. */
export const hostedPages: readonly PageRoute[] = [
  { method: 'GET', path: '/ui/session/:id', handle: (call) => show(call, openPayment) },
  { method: 'POST', path: '/ui/session/:id', handle: (call) => post(call, openPayment) },
  { method: 'GET', path: '/ui/app/request-token/:id', handle: (call) => show(call, openRequest) },
  { method: 'POST', path: '/ui/app/request-token/:id', handle: (call) => post(call, openRequest) },
];

function show(call: Call, open: Open): PageAnswer {
  const { session, path } = open(call);
  const { authorisation } = session;
  if (!session.open) {
    return { redirect: session.returnUrl() };
  }
  if (!authorisation || authorisation.state === 'closed') {
    return startPage(call, session, path);
  }
  if (authorisation.bank.approach === 'redirect') {
    return { redirect: `${pathOf(call)}/ui/bank/${authorisation.key}` };
  }
  return authorisation.step === undefined ? waitPage(call, path) : fieldsPage(call, session, path);
}

/** Fields: `decision=cancel`; or `bankId` and `decision=continue`; or what the bank asks for, by its names. */
function post(call: Call, open: Open): PageAnswer {
  const { session, path } = open(call);
  const form = call.form();
  if (!session.open || form.get('decision') === 'cancel') {
    if (session.open) {
      session.cancel();
    }
    return { redirect: session.returnUrl() };
  }
  if (session.authorisation?.step !== undefined && session.authorisation.state === 'open') {
    session.provide(Object.fromEntries(form));
    return { redirect: path };
  }
  if (session.authorisation?.state === 'open') {
    return { redirect: path };
  }
  const bank = call.hub.banks.get(session.bankId ?? form.get('bankId') ?? '');
  if (!bank) {
    return startPage(call, session, path, 'Please choose your bank.');
  }
  session.begin(bank);
  return { redirect: path };
}

function startPage(call: Call, session: HostedSession, path: string, wrong?: string): PageAnswer {
  const chosen = call.hub.banks.get(session.bankId ?? '');
  const body = html`$${warning(wrong)}
    <form method="post" action="$${safePath(path)}">
      $${summaryBody(session.summary)} $${chosen ? bankLine(chosen) : bankChoice(call, session)}
      <p class="note">You agree that Token.io passes this on to your bank.</p>
      <div class="buttons">
        <button name="decision" value="continue">Continue</button>
        <button class="quiet" name="decision" value="cancel" formnovalidate>Cancel</button>
      </div>
    </form>`;
  return sitePage(call, 'Token.io', summaryTitle(session.summary), body, wrong === undefined ? 200 : 400);
}

function bankLine({ name }: Bank): string {
  return html`<dl>
    <dt>Bank</dt>
    <dd>${name}</dd>
  </dl>`;
}

function bankChoice({ hub }: Call, session: HostedSession): string {
  const options = [...hub.banks.values()]
    .filter((bank) => session.takes(bank))
    .filter((bank) => session.countries.length === 0 || bank.countries.some((code) => session.countries.includes(code)))
    .map(({ id, name, countries }) => html`<option value="${id}">${name} (${countries.join(', ')})</option>`)
    .join('');
  return html`<label for="bankId">Your bank</label>
    <select id="bankId" name="bankId" required>
      <option value="">Choose</option>
      $${options}
    </select>`;
}

function fieldsPage(call: Call, { authorisation }: HostedSession, path: string): PageAnswer {
  if (!authorisation?.step) {
    return waitPage(call, path);
  }
  const { description } = challengeOf(authorisation);
  const body = html`$${warning(authorisation.isRetry ? 'That was not right. Please try again.' : undefined)}
    <p>${description}</p>
    <form method="post" action="$${safePath(path)}">
      $${askedFields(authorisation.step).map(input).join('')}
      <div class="buttons">
        <button>Continue</button>
        <button class="quiet" name="decision" value="cancel" formnovalidate>Cancel</button>
      </div>
    </form>`;
  return sitePage(call, 'Token.io', authorisation.bank.name, body);
}

function input({ id, kind, displayName, options }: AskedField): string {
  if (kind === 'choice') {
    const list = (options ?? []).map((option) => html`<option>${option}</option>`).join('');
    return html`<label for="${id}">${displayName}</label
      ><select id="${id}" name="${id}">
        $${list}
      </select>`;
  }
  return html`<label for="${id}">${displayName}</label>
    <input type="${kind === 'password' ? 'password' : 'text'}" id="${id}" name="${id}" required />`;
}

function waitPage(call: Call, path: string): PageAnswer {
  const body = html`<p>Open the app of your bank and confirm there. Then continue here.</p>
    <p>
      <a href="$${safePath(`${pathOf(call)}/ui/banking-app`)}" target="_blank" rel="noreferrer">The simulated app</a>
    </p>
    <form method="get" action="$${safePath(path)}">
      <div class="buttons"><button>Continue</button></div>
    </form>`;
  return sitePage(call, 'Token.io', 'Confirm in your app', body);
}
