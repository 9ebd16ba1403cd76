import { randomBytes } from 'node:crypto';
import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import { isFinal, type Authorisation } from '../authorisation.js';
import type { Call } from '../call.js';
import type { Customer } from '../customer.js';
import { assertNotSigned, assertOwns, assertSamePsu } from '../subject-rules.js';
import { wrongCredentials } from '../sca-steps.js';
import { TppError } from '../tpp-error.js';
import { bankPage, warning, type PageAnswer } from './page-route.js';
import type { OAuthRequest, Visit } from './visit.js';

/** The login form; `action` is where it is sent (fields `username`, `password`, or `decision=refuse`). */
export function loginPage(call: Call, action: string, wrong?: string): PageAnswer {
  const body = html`$${warning(wrong)}
    <p>Log in to see and confirm what you are asked for.</p>
    <form method="post" action="$${safePath(action)}">
      <label for="username">Username</label>
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
  return bankPage(call, 'Log in', body, wrong === undefined ? 200 : 401);
}

/**
 * Checks the posted login.
 * @returns the customer, or the words that say what was wrong.
 */
export function logIn(call: Call, authorisation?: Authorisation): Customer | string {
  const form = call.form();
  const customer = call.bank.customers.named(form.get('username') ?? '');
  if (!customer || customer.password !== form.get('password')) {
    return countWrong(call, authorisation);
  }
  if (authorisation) {
    try {
      assertSamePsu(authorisation.subject, customer);
      assertOwns(authorisation.subject, customer);
      assertNotSigned(authorisation.subject, customer);
    } catch (error) {
      if (error instanceof TppError) {
        return error.text;
      }
      throw error;
    }
    authorisation.psu = customer;
    authorisation.subject.psu ??= customer;
  }
  return customer;
}

/** Begins the walk through the pages. */
export function openVisit(call: Call, psu: Customer, authorisation?: Authorisation, oauth?: OAuthRequest): Visit {
  const key = randomBytes(18).toString('base64url');
  const visit: Visit = { key, stage: 'review', psu, authorisation, oauth, chosen: [], wrongCodes: 0 };
  call.bank.visits.set(key, visit);
  return visit;
}

function countWrong(call: Call, authorisation: Authorisation | undefined): string {
  if (!authorisation || isFinal(authorisation.status)) {
    return 'Username or password is wrong.';
  }
  authorisation.subject.wrongPasswords += 1;
  return wrongCredentials(call.bank, authorisation, authorisation.subject.wrongPasswords, 'password').text;
}
