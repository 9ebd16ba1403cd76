import html from 'html-template-tag';
import type { Json } from '../answer.js';
import { amountText } from '../money.js';
import type { Account, AccountIdentifiers } from '../built-in/customer.js';
import { availableOn } from '../built-in/customer.js';
import type { ReadOrder } from '../built-in/read-order.js';

const SHOWN_TRANSFERS = 5;

const SCOPE_WORDS: Readonly<Record<string, string>> = {
  accounts: 'See the list and details of your accounts',
  'accounts.balances': 'See your balances',
  'accounts.transactions': 'See your transactions',
  'payments.single': 'Start single payments, which you confirm one by one',
  'payments.bulk': 'Start collective payments, which you confirm one by one',
  funds_confirmations: 'Ask whether an amount is available',
};

/** What a TPP asks for, in words. */
export function scopeList(shown: Json): string {
  const scopes = Array.isArray(shown['scopes']) ? shown['scopes'].map(String) : [];
  const items = scopes.map((scope) => html`<li>${SCOPE_WORDS[scope] ?? scope}</li>`).join('');
  return html`<ul>
    $${items}
  </ul>`;
}

/** An order of a PSU, to be checked by eye: amount first. */
export function orderSummary(order: ReadOrder): string {
  const { transfers, total, currency, scheme } = order;
  const rows = transfers.slice(0, SHOWN_TRANSFERS).map(
    ({ creditorName, creditor, reference, amount }) =>
      html`<dt>To</dt>
        <dd>
          ${creditorName}<br /><span class="note">${accountText(creditor)}</span>${
            transfers.length > 1 ? ` - ${amountText(amount, currency)} ${currency}` : ''
          }
        </dd>
        <dt>Reference</dt>
        <dd>${reference ?? '-'}</dd>`,
  );
  const more = transfers.length - SHOWN_TRANSFERS;
  return html`<p class="amount">${amountText(total, currency)} ${currency}</p>
    <dl>
      $${rows.join('')}
      <dt>Payment</dt>
      <dd>${scheme}${transfers.length > 1 ? `, ${transfers.length} transfers` : ''}</dd>
    </dl>
    $${more > 0 ? html`<p class="note">and ${String(more)} more</p>` : ''}`;
}

function accountText({ iban, bban, sortCode, accountNumber }: AccountIdentifiers): string {
  return iban ?? bban ?? `${sortCode ?? ''} ${accountNumber ?? ''}`;
}

/** Boxes (several may be chosen) or buttons (one). */
export function accountChoice(accounts: readonly Account[], kind: 'checkbox' | 'radio'): string {
  const boxes = accounts.map((account, index) => {
    const mark = kind === 'checkbox' || index === 0 ? 'checked' : '';
    const amount = `${amountText(availableOn(account), account.currency)} ${account.currency}`;
    return html`<label
      ><input type="${kind}" name="accounts" value="${account.id}" ${mark} />
      <span>${account.name}, ${amount}<br /><span class="note">${account.iban}</span></span></label
    >`;
  });
  return html`<fieldset>
    <legend>${kind === 'checkbox' ? 'Your accounts' : 'Pay from'}</legend>
    $${boxes.join('')}
  </fieldset>`;
}
