import html from 'html-template-tag';
import { rightsOf, type AccountAccess } from '../access.js';
import type { ScaSubject } from '../authorisation.js';
import type { Account, Customer } from '../customer.js';
import { amountView } from '../money.js';

/** What the PSU is asked to confirm, in plain words. */
export function summary(subject: ScaSubject, psu: Customer): { title: string; body: string } {
  if (subject.kind === 'payment') {
    const { amount, currency } = amountView(subject.amount, subject.currency);
    return {
      title: 'Confirm a payment',
      body: html`<p class="amount">${amount} ${currency}</p>
        <dl>
          <dt>To</dt>
          <dd>${subject.creditorName}</dd>
          <dt>Account</dt>
          <dd>${subject.creditorIban ?? 'see the order'}</dd>
          <dt>From</dt>
          <dd>${subject.debtor.name}, ${subject.debtor.iban}</dd>
          <dt>Reference</dt>
          <dd>${subject.unstructured ?? subject.structured ?? subject.endToEndIdentification ?? 'none'}</dd>
          <dt>On</dt>
          <dd>${subject.requestedExecutionDate ?? 'today'}</dd>
        </dl>`,
    };
  }
  const often = subject.recurring ? `until ${subject.validUntil}` : 'once';
  return { title: 'Give access to your accounts', body: accessSummary(subject.access, psu, often) };
}

/** The accounts and what may be seen of them; for bank-offered access a choice (field `accounts`, the IBANs). */
export function accessSummary(access: AccountAccess, psu: Customer, often: string): string {
  const rights = rightsOf(access, psu, psu.accounts);
  const kinds = [
    'account details',
    ...(rights.balances.length > 0 ? ['balances'] : []),
    ...(rights.transactions.length > 0 ? ['transactions'] : []),
  ];
  const list = access.shape === 'bankOffered' ? choice(rights.accounts) : named(rights.accounts);
  return html`<p>A third party asks to read your ${kinds.join(', ')}, ${often}.</p>
    $${list}`;
}

function named(accounts: readonly Account[]): string {
  return html`<dl>
    ${accounts.map(
      (account) =>
        html`<dt>${account.name}</dt>
          <dd>${account.iban} (${account.currency})</dd>`,
    )}
  </dl>`;
}

function choice(accounts: readonly Account[]): string {
  const boxes = accounts.map(
    (account) =>
      html`<label
        ><input type="checkbox" name="accounts" value="${account.iban}" checked />${account.name},
        ${account.iban}</label
      >`,
  );
  return html`<fieldset>
    <legend>Which accounts?</legend>
    ${boxes}
  </fieldset>`;
}
