import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import type { BuiltInBank, Visit } from '../built-in/bank.js';
import type { BankPayment } from '../built-in/payment.js';
import { askAbout, beginVisit, choosable, decide, wayBack } from '../built-in/psu.js';
import { Refusal } from '../refusal.js';
import type { Arrival } from '../site.js';
import { isUnconfirmed } from '../statuses.js';
import { accountChoice, orderSummary, scopeList } from './order-summary.js';
import { framed, warning, type PageAnswer, type PageRoute } from './page-route.js';

/** The pages of the built-in banks: login, then look and answer with a code. */
export const bankPages: readonly PageRoute[] = [
  { method: 'GET', path: '/ui/banks/:identifier/authorize', handle: authorizePage },
  { method: 'POST', path: '/ui/banks/:identifier/authorize', handle: authorizeLogin },
  { method: 'GET', path: '/ui/banks/:identifier/confirm/:key', handle: confirmPage },
  { method: 'POST', path: '/ui/banks/:identifier/confirm/:key', handle: confirmLogin },
  {
    method: 'GET',
    path: '/ui/banks/:identifier/visits/:key',
    handle: (arrival) => visitPage(bankOf(arrival), visitOf(arrival)),
  },
  { method: 'POST', path: '/ui/banks/:identifier/visits/:key', handle: answerVisit },
];

function bankOf(arrival: Arrival): BuiltInBank {
  const bank = arrival.hub.builtIn.get(arrival.param('identifier'));
  if (!bank) {
    throw new Refusal(404, 'RESOURCE_UNKNOWN', 'No such bank here');
  }
  return bank;
}

/** The address on which the PSU arrived, byte for byte. */
function requestUrlOf({ hub, request }: Arrival): string {
  return new URL(hub.address).origin + request.url;
}

function authorizePage(arrival: Arrival): PageAnswer {
  const bank = bankOf(arrival);
  const shown = askAbout(bank, requestUrlOf(arrival));
  return loginPage(
    bank,
    arrival,
    html`<p><strong>${String(shown['tppName'])}</strong> asks for access. Log in to see more.</p>`,
  );
}

function authorizeLogin(arrival: Arrival): PageAnswer {
  const bank = bankOf(arrival);
  const requestUrl = requestUrlOf(arrival);
  const shown = askAbout(bank, requestUrl);
  if (arrival.form.get('decision') === 'refuse') {
    return { redirect: String(shown['cancelUrl']) };
  }
  return enter(bank, arrival, { kind: 'consent', requestUrl, shown });
}

function paymentOf(bank: BuiltInBank, arrival: Arrival): BankPayment {
  const payment = [...bank.payments.values()].find(({ key }) => key === arrival.param('key'));
  if (!payment) {
    throw new Refusal(404, 'RESOURCE_UNKNOWN', 'This link is not known');
  }
  return payment;
}

function confirmPage(arrival: Arrival): PageAnswer {
  const bank = bankOf(arrival);
  const payment = paymentOf(bank, arrival);
  return isUnconfirmed(payment.status)
    ? loginPage(bank, arrival, html`<p>Log in to check and confirm your payment.</p>`)
    : overPage(bank, payment);
}

function confirmLogin(arrival: Arrival): PageAnswer {
  const bank = bankOf(arrival);
  const payment = paymentOf(bank, arrival);
  if (!isUnconfirmed(payment.status)) {
    return overPage(bank, payment);
  }
  return enter(bank, arrival, { kind: 'payment', payment });
}

function overPage(bank: BuiltInBank, payment: BankPayment): PageAnswer {
  const text = payment.message ?? 'This payment was answered before.';
  const body = html`<p>${text}</p>
    <p><a href="$${safePath(wayBack(payment)).replaceAll('&', '&amp;')}">Back to where you came from</a></p>`;
  return framed(bank.plan.name, 'Nothing to confirm', body, 410);
}

function loginPage(bank: BuiltInBank, arrival: Arrival, intro: string, wrong?: string): PageAnswer {
  const body = html`$${warning(wrong)} $${intro}
    <form method="post" action="$${safePath(arrival.request.url)}">
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
  return framed(bank.plan.name, 'Log in', body, wrong === undefined ? 200 : 401);
}

function enter(bank: BuiltInBank, arrival: Arrival, about: Visit['about']): PageAnswer {
  const { form } = arrival;
  if (form.get('decision') === 'refuse' && about.kind === 'payment') {
    const nobody = { username: '', password: '', code: '', fullName: '', accounts: [] };
    return { redirect: decide(bank, beginVisit(bank, nobody, about), false, []) };
  }
  const customer = bank.login(form.get('username') ?? '', form.get('password') ?? '');
  if (!customer) {
    return loginPage(bank, arrival, '', 'Username or password is wrong.');
  }
  const visit = beginVisit(bank, customer, about);
  if (choosable(visit).length === 0) {
    bank.visits.delete(visit.key);
    return loginPage(bank, arrival, '', 'None of your accounts fits this request.');
  }
  return { redirect: `${bank.pages}/visits/${visit.key}` };
}

function visitOf(arrival: Arrival): Visit {
  const visit = bankOf(arrival).visits.get(arrival.param('key'));
  if (!visit) {
    throw new Refusal(404, 'RESOURCE_UNKNOWN', 'This page was answered before, or is not known');
  }
  return visit;
}

function visitPage(bank: BuiltInBank, visit: Visit, wrong?: string): PageAnswer {
  const { about, customer, key } = visit;
  const consent = about.kind === 'consent';
  const what = consent
    ? html`<p>
          <strong>${String(about.shown['tppName'])}</strong> (${String(about.shown['tppRegistrationNumber'])}) wants to:
        </p>
        $${scopeList(about.shown)}`
    : orderSummary(about.payment.order);
  const body = html`$${warning(wrong)}
    <p class="note">${customer.fullName}</p>
    $${what}
    <form method="post" action="$${safePath(new URL(`${bank.pages}/visits/${key}`).pathname)}">
      $${accountChoice(choosable(visit), consent ? 'checkbox' : 'radio')}
      <label for="code">Code from your phone</label>
      <input type="text" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required />
      <div class="buttons">
        <button name="decision" value="confirm">${consent ? 'Allow' : 'Confirm payment'}</button>
        <button class="quiet" name="decision" value="refuse" formnovalidate>Refuse</button>
      </div>
    </form>`;
  return framed(bank.plan.name, consent ? 'Allow access?' : 'Confirm payment', body, wrong === undefined ? 200 : 401);
}

function answerVisit(arrival: Arrival): PageAnswer {
  const bank = bankOf(arrival);
  const visit = visitOf(arrival);
  const { form } = arrival;
  if (form.get('decision') === 'refuse') {
    return { redirect: decide(bank, visit, false, []) };
  }
  if (form.get('code')?.trim() !== visit.customer.code) {
    return visitPage(bank, visit, 'The code is wrong.');
  }
  const chosen = choosable(visit).filter(({ id }) => form.getAll('accounts').includes(id));
  if (chosen.length === 0) {
    return visitPage(bank, visit, 'Choose an account.');
  }
  return { redirect: decide(bank, visit, true, chosen) };
}
