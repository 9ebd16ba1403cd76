import { Big } from 'big.js';
import html from 'html-template-tag';
import { rightsOf, type AccountAccess } from '../access.js';
import type { ScaSubject } from '../authorisation.js';
import type { SigningBasket } from '../baskets/basket.js';
import type { Consent } from '../consent.js';
import type { Account, Customer } from '../customer.js';
import type { FundsConsent } from '../funds/funds-consent.js';
import { amountView } from '../money.js';
import { totalOf, type Payment, type Transfer } from '../payments/payment.js';
import type { PaymentService } from '../payments/services.js';

/** What the PSU is asked to confirm, in plain words. */
export function summary(subject: ScaSubject, psu: Customer): { title: string; body: string } {
  switch (subject.kind) {
    case 'payment':
      return { title: PAYMENT_TITLES[subject.service], body: paymentSummary(subject) };
    case 'cancellation':
      return { title: 'Cancel a payment', body: paymentSummary(subject.payment) };
    case 'consent':
      return consentSummary(subject, psu);
    case 'basket':
      return { title: 'Confirm all of this', body: basketSummary(subject, psu) };
    case 'fundsConsent':
      return { title: 'Let a card issuer ask for funds', body: fundsSummary(subject) };
  }
}

function basketSummary({ payments, consents }: SigningBasket, psu: Customer): string {
  const members = [...payments, ...consents].map((member) => summary(member, psu));
  return members
    .map(
      ({ title, body }) =>
        html`<h2>${title}</h2>
          $${body}`,
    )
    .join('');
}

function fundsSummary({ account }: FundsConsent): string {
  return html`<p>A third party may ask whether an amount is on this account. It does not see the balance.</p>
    <dl>
      <dt>${account.name}</dt>
      <dd>${account.iban} (${account.currency})</dd>
    </dl>`;
}

const PAYMENT_TITLES: Readonly<Record<PaymentService, string>> = {
  payments: 'Confirm a payment',
  'bulk-payments': 'Confirm several payments',
  'periodic-payments': 'Confirm a standing order',
};
const SHOWN_TRANSFERS = 20;

function paymentSummary(payment: Payment): string {
  const { amount, currency } = amountView(payment.amount, payment.currency);
  const { transfers, debtor, plan } = payment;
  const rows = transfers.slice(0, SHOWN_TRANSFERS).map((transfer) => transferRows(transfer, transfers.length > 1));
  const more = transfers.length > rows.length ? html`<p>and ${String(transfers.length - rows.length)} more</p>` : '';
  const days = plan ? `${plan.frequency}, from ${plan.startDate} ${plan.endDate ? `until ${plan.endDate}` : ''}` : '';
  return html`<p class="amount">${amount} ${currency}</p>
    <dl>
      $${rows.join('')}
      <dt>From</dt>
      <dd>${debtor.name}, ${debtor.iban}</dd>
      <dt>On</dt>
      <dd>${plan ? days : (payment.requestedExecutionDate ?? 'today')}</dd>
      $${costRows(payment)}
    </dl>
    $${more}`;
}

function transferRows(transfer: Transfer, withAmount: boolean): string {
  const { creditorName, creditorIban, unstructured, structured, endToEndIdentification } = transfer;
  const { amount, currency } = amountView(transfer.amount, transfer.currency);
  return html`<dt>To</dt>
    <dd>${creditorName}${withAmount ? `, ${amount} ${currency}` : ''}</dd>
    <dt>Account</dt>
    <dd>${creditorIban ?? 'see the order'}</dd>
    <dt>Reference</dt>
    <dd>${unstructured ?? structured ?? endToEndIdentification ?? 'none'}</dd>`;
}

/** Fees and, after an exchange of currencies, what leaves the account in all. */
function costRows({ transfers, debtor }: Payment): string {
  const total = transfers.reduce((sum, transfer) => sum.plus(totalOf(transfer)), new Big(0));
  const debit = transfers.reduce((sum, transfer) => sum.plus(transfer.debit), new Big(0));
  if (total.eq(debit) && transfers.every(({ rate }) => rate === undefined)) {
    return '';
  }
  return html`<dt>Fees</dt>
    <dd>${amountView(total.minus(debit), debtor.currency).amount} ${debtor.currency}</dd>
    <dt>In all</dt>
    <dd>${amountView(total, debtor.currency).amount} ${debtor.currency}</dd>`;
}

function consentSummary(subject: Consent, psu: Customer): { title: string; body: string } {
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
