import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import { isAnswered, type Authorisation } from '../authorisation.js';
import type { Call } from '../call.js';
import type { Account, Customer } from '../customer.js';
import { clientUrl } from '../oauth/authorise-request.js';
import { completeOAuth } from '../oauth/completion.js';
import { fail, finaliseAtBank } from '../sca-outcome.js';
import { bankPage, messagePage, warning, type PageAnswer, type PageRoute } from './page-route.js';
import { leave } from './sca.pages.js';
import { accessSummary, summary } from './summary.js';
import type { Visit } from './visit.js';

const PATH = '/ui/visits/:key';
const TOKEN_ACCESS = {
  shape: 'allPsd2',
  scope: 'allAccounts',
  lists: {},
  ownerNames: false,
  beneficiaries: false,
} as const;

/** After the login: what is asked, yes or no, the code, and the way back. */
export const visitPages: readonly PageRoute[] = [
  { method: 'GET', path: PATH, handle: (call) => withVisit(call, (visit) => show(call, visit)) },
  { method: 'POST', path: PATH, handle: (call) => withVisit(call, (visit) => post(call, visit)) },
];

function show(call: Call, visit: Visit, wrong?: string): PageAnswer {
  return visit.stage === 'code' ? codePage(call, visit, wrong) : reviewPage(call, visit, wrong);
}

function post(call: Call, visit: Visit): PageAnswer {
  const form = call.form();
  if (form.get('decision') === 'refuse') {
    return end(call, visit, false);
  }
  if (visit.stage === 'code') {
    return postCode(call, visit, (form.get('code') ?? '').trim());
  }
  if (form.get('decision') !== 'confirm') {
    return show(call, visit, 'Please confirm or refuse.');
  }
  visit.chosen = chosenAccounts(visit.psu, form);
  if (isBankOffered(visit) && visit.chosen.length === 0) {
    return show(call, visit, 'Please choose at least one account.');
  }
  visit.method = visit.psu.methods.find(({ decoupled }) => !decoupled);
  if (!visit.method) {
    return end(call, visit, true);
  }
  visit.stage = 'code';
  return { redirect: here(call) };
}

function postCode(call: Call, visit: Visit, code: string): PageAnswer {
  if (code === visit.method?.code) {
    return end(call, visit, true);
  }
  visit.wrongCodes += 1;
  const left = call.bank.profile.maxTries - visit.wrongCodes;
  return left > 0 ? show(call, visit, `The code is wrong, ${left} more to try.`) : end(call, visit, false);
}

/** Writes down the PSU's answer and sends the browser back. */
function end(call: Call, visit: Visit, confirmed: boolean): PageAnswer {
  const { authorisation, oauth } = visit;
  call.bank.visits.delete(visit.key);
  const code = authorisation && answer(call, visit, authorisation, confirmed);
  if (oauth) {
    return {
      redirect: confirmed
        ? completeOAuth(call.bank, visit)
        : clientUrl(oauth, { error: 'access_denied', error_description: 'The PSU refused' }),
    };
  }
  return authorisation ? leave(call, authorisation, code) : messagePage(call, 'Done', 'You can close this page.');
}

function answer(call: Call, visit: Visit, authorisation: Authorisation, confirmed: boolean): string | undefined {
  if (confirmed) {
    return finaliseAtBank(call.bank, authorisation, visit.chosen);
  }
  fail(call.bank, authorisation);
  return undefined;
}

function reviewPage(call: Call, visit: Visit, wrong: string | undefined): PageAnswer {
  const { title, body } = visit.authorisation
    ? summary(visit.authorisation.subject, visit.psu)
    : { title: 'Confirm the access', body: tokenSummary(visit) };
  const scopes = visit.oauth ? html`<p class="note">Scopes: ${visit.oauth.scope}</p>` : '';
  const form = html`$${warning(wrong)}
    <p class="note">Logged in as ${visit.psu.fullName}</p>
    <form method="post" action="$${safePath(here(call))}">
      $${body} $${scopes}
      <div class="buttons">
        <button name="decision" value="confirm">Confirm</button>
        <button class="quiet" name="decision" value="refuse">Refuse</button>
      </div>
    </form>`;
  return bankPage(call, title, form, wrong === undefined ? 200 : 400);
}

function tokenSummary(visit: Visit): string {
  const scope = visit.oauth?.scope ?? '';
  const payments = /\bPIS\b/.test(scope) ? html`<p>It may also ask you to confirm payments.</p>` : '';
  return /\bAIS\b/.test(scope) ? accessSummary(TOKEN_ACCESS, visit.psu, 'for 90 days') + payments : payments;
}

function codePage(call: Call, visit: Visit, wrong: string | undefined): PageAnswer {
  const form = html`$${warning(wrong)}
    <form method="post" action="$${safePath(here(call))}">
      <label for="code">Code from: ${visit.method?.name ?? ''}</label>
      <input type="text" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus />
      <div class="buttons">
        <button>Confirm</button>
        <button class="quiet" name="decision" value="refuse" formnovalidate>Refuse</button>
      </div>
    </form>`;
  return bankPage(call, 'Enter the code', form, wrong === undefined ? 200 : 401);
}

/** Fields `accounts`: IBANs of this customer; without any of them all are meant when nothing was offered to choose. */
export function chosenAccounts(psu: Customer, form: URLSearchParams): Account[] {
  return psu.accounts.filter(({ iban }) => form.getAll('accounts').includes(iban));
}

function isBankOffered({ authorisation }: Visit): boolean {
  return authorisation?.subject.kind === 'consent' && authorisation.subject.access.shape === 'bankOffered';
}

function withVisit(call: Call, act: (visit: Visit) => PageAnswer): PageAnswer {
  const visit = call.bank.visits.get(call.param('key'));
  if (!visit) {
    return messagePage(call, 'Page no longer valid', 'Please begin again at the app or site that sent you.', 404);
  }
  if (visit.authorisation && isAnswered(visit.authorisation)) {
    call.bank.visits.delete(visit.key);
    return leave(call, visit.authorisation);
  }
  return act(visit);
}

function here(call: Call): string {
  return `${call.links.prefix}/ui/visits/${call.param('key')}`;
}
