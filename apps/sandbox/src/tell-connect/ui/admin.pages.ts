import html from 'html-template-tag';
import { X509Certificate } from 'node:crypto';
import { safePath } from '../../kit/page.js';
import { invalidRequest, notFound } from '../api-error.js';
import type { Application } from '../application.js';
import type { Visit } from '../visit.js';
import { sheet, type PageAnswer, type PageRoute } from './page-route.js';

/** Staff and testers on one page: who banks here, which applications wait, which consents live, the clock. */
export const adminPages: readonly PageRoute[] = [
  { method: 'GET', path: '/ui/admin', handle: show },
  { method: 'POST', path: '/ui/admin/release', handle: release },
  { method: 'POST', path: '/ui/admin/revoke', handle: revoke },
  { method: 'POST', path: '/ui/admin/clock', handle: advance },
];

/** Production wants a certificate that is one and is valid; the sandbox takes any text. */
function release(visit: Visit): PageAnswer {
  const application = visit.platform.applications.get(visit.form.get('id'));
  if (application?.state !== 'goLiveRequested') {
    throw notFound('application that asks to go live');
  }
  assertValidCertificate(application, visit.platform.now());
  application.state = 'released';
  return back(visit);
}

function assertValidCertificate({ certificate = '' }: Application, now: Date): void {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch {
    throw invalidRequest('Not released: the certificate is no X.509 certificate in PEM.');
  }
  if (now < new Date(parsed.validFrom) || now > new Date(parsed.validTo)) {
    throw invalidRequest('Not released: the certificate is not valid at this time.');
  }
}

function revoke(visit: Visit): PageAnswer {
  const consent = visit.platform.consents.get(visit.form.get('id'));
  if (!consent) {
    throw notFound('consent');
  }
  consent.state = 'revoked';
  return back(visit);
}

function advance(visit: Visit): PageAnswer {
  const seconds = Number(visit.form.get('advanceSeconds'));
  if (!(seconds > 0 && seconds <= 31_536_000)) {
    throw invalidRequest('advanceSeconds must be a number from 1 to 31536000');
  }
  visit.platform.clock.advance(seconds * 1000);
  visit.platform.catchUp();
  return back(visit);
}

function back({ prefix }: Visit): PageAnswer {
  return { redirect: `${prefix}/ui/admin` };
}

function show(visit: Visit): PageAnswer {
  const { platform, prefix } = visit;
  const action = (name: string) => safePath(`${prefix}/ui/admin/${name}`);
  const body = html`<form method="post" action="$${action('clock')}">
      <p>
        Time: <strong>${platform.now().toISOString()}</strong>
        <button class="quiet" name="advanceSeconds" value="60">+ 1 minute</button>
        <button class="quiet" name="advanceSeconds" value="86400">+ 1 day</button>
      </p>
    </form>
    <h2>Customers</h2>
    $${table(
      ['Username', 'Password', 'Code', 'Accounts'],
      platform.customers.map(({ username, password, code, accounts }) => [
        username,
        password,
        code,
        accounts.map(({ nickname, booked, currency }) => `${nickname} ${booked.toFixed(2)} ${currency}`).join('; '),
      ]),
    )}
    <h2>Applications</h2>
    $${table(
      ['Name', 'Id', 'State', 'Company', ''],
      [...platform.applications.values()].map(({ name, id, state, developer }) => [name, id, state, developer.company]),
      (row) => (row[2] === 'goLiveRequested' ? button(action('release'), row[1], 'Release') : ''),
    )}
    <h2>Consents</h2>
    $${table(
      ['Id', 'Scope', 'State', 'Customer', ''],
      [...platform.consents.values()].map(({ id, intent, state, customer }) => [
        id,
        intent.kind,
        state,
        customer.username,
      ]),
      (row) => (row[2] === 'active' ? button(action('revoke'), row[0], 'Revoke') : ''),
    )}
    <h2>Payments</h2>
    $${table(
      ['Id', 'Amount', 'State', 'Reference'],
      [...platform.payments.values()].map(({ id, amount, currency, state, reference }) => [
        id,
        `${amount.toFixed(2)} ${currency}`,
        state,
        reference,
      ]),
    )}`;
  return sheet(visit, { title: 'Admin', body, wide: true });
}

function table(heads: readonly string[], rows: readonly string[][], last?: (row: readonly string[]) => string): string {
  const head = heads.map((word) => html`<th>${word}</th>`).join('');
  const lines = rows.map(
    (row) =>
      html`<tr>
        $${row.map((cell) => html`<td>${cell}</td>`).join('')} $${last ? html`<td>$${last(row)}</td>` : ''}
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <tr>
        $${head}
      </tr>
      $${lines.join('')}
    </table>
  </div>`;
}

function button(action: string, id = '', word = ''): string {
  return html`<form method="post" action="$${action}"><button name="id" value="${id}">${word}</button></form>`;
}
