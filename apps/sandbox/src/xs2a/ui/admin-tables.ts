import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import type { Call } from '../call.js';
import { available, ownerNameOf } from '../customer.js';
import { waitingRequests } from '../decoupled.js';
import { amountView } from '../money.js';
import { APPROACH_SETTINGS } from '../profile.js';

const NEWEST = 50;

/** The lists of the admin page; `action` gives the address of a form. */
export function adminTables(call: Call, action: (name: string) => string): string {
  return [
    profileForm(call, action('profile')),
    section('Requests in the app', ['Customer', 'What', 'Since', ''], requestRows(call, action('decide'))),
    section('Customers', ['Username', 'Password', 'Approach', 'Codes', 'Accounts'], customerRows(call)),
    section('Consents', ['Id', 'Customer', 'Access', 'Until', 'Status', ''], consentRows(call, action('revoke'))),
    section('Payments', ['Id', 'From', 'To', 'Amount', 'Status', 'Reason'], paymentRows(call)),
    section('OAuth clients', ['Client id', 'Secret', 'Redirect URIs'], clientRows(call)),
  ].join('');
}

function section(title: string, columns: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) {
    return html`<h2>${title}</h2>
      <p class="note">None.</p>`;
  }
  const heads = columns.map((column) => html`<th scope="col">${column}</th>`);
  return html`<h2>${title}</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${heads}
          </tr>
        </thead>
        <tbody>
          ${[...rows]}
        </tbody>
      </table>
    </div>`;
}

function profileForm(call: Call, action: string): string {
  const options = APPROACH_SETTINGS.map((setting) =>
    setting === call.bank.profile.approach
      ? html`<option selected>${setting}</option>`
      : html`<option>${setting}</option>`,
  );
  return html`<h2>SCA approach of the whole bank</h2>
    <form method="post" action="$${safePath(action)}">
      <div class="grid">
        <div>
          <label for="approach">wish: the customer's own, then what the TPP asks for</label>
          <select id="approach" name="approach">
            ${options}
          </select>
        </div>
      </div>
      <div class="buttons"><button>Set</button></div>
    </form>`;
}

function requestRows(call: Call, action: string): string[] {
  return waitingRequests(call.bank).map(
    ({ id, psu, subject, createdAt }) =>
      html`<tr>
        <td>${psu?.username ?? ''}</td>
        <td>${subject.kind} ${subject.id}</td>
        <td>${createdAt.toISOString()}</td>
        <td>
          <form method="post" action="$${safePath(action)}">
            <input type="hidden" name="id" value="${id}" />
            <button name="decision" value="approve">Approve</button>
            <button class="quiet" name="decision" value="reject">Reject</button>
          </form>
        </td>
      </tr>`,
  );
}

function customerRows(call: Call): string[] {
  return call.bank.customers.list().map((customer) => {
    const codes = customer.methods.map(
      ({ name, code, decoupled }) => html`<div>${name}: ${decoupled ? 'in the app' : code}</div>`,
    );
    const accounts = customer.accounts.map((account) => {
      const free = amountView(available(account), account.currency);
      return html`<div>${account.iban} ${free.amount} ${free.currency}</div>`;
    });
    return html`<tr>
      <td>${customer.username}</td>
      <td>${customer.password}</td>
      <td>${customer.approach}</td>
      <td>${codes}</td>
      <td>${accounts}</td>
    </tr>`;
  });
}

function consentRows(call: Call, action: string): string[] {
  const newest = [...call.bank.consents.values()].toReversed().slice(0, NEWEST);
  return newest.map((consent) => {
    const revoke = html`<form method="post" action="$${safePath(action)}">
      <button class="quiet" name="id" value="${consent.id}">Revoke</button>
    </form>`;
    return html`<tr>
      <td>${consent.id}</td>
      <td>${consent.psu?.username ?? ''}</td>
      <td>${consent.access.shape}</td>
      <td>${consent.validUntil}</td>
      <td>${consent.status}</td>
      <td>$${consent.status === 'valid' ? revoke : ''}</td>
    </tr>`;
  });
}

function paymentRows(call: Call): string[] {
  const newest = [...call.bank.payments.values()].toReversed().slice(0, NEWEST);
  return newest.map((payment) => {
    const { amount, currency } = amountView(payment.amount, payment.currency);
    return html`<tr>
      <td>${payment.id}</td>
      <td>${ownerNameOf(payment.debtor)}</td>
      <td>${payment.transfers.map(({ creditorName }) => html`<div>${creditorName}</div>`)}</td>
      <td>${amount} ${currency}</td>
      <td>${payment.status}</td>
      <td>${payment.reason ?? ''}</td>
    </tr>`;
  });
}

function clientRows(call: Call): string[] {
  return [...call.bank.oauth.clients.values()].map(
    ({ id, secret, redirectUris }) =>
      html`<tr>
        <td>${id}</td>
        <td>${secret}</td>
        <td>${redirectUris.map((uri) => html`<div>${uri}</div>`)}</td>
      </tr>`,
  );
}
