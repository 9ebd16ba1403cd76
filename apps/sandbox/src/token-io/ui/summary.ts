import html from 'html-template-tag';
import type { AuthorisationSummary } from '../authorisation/authorisation.js';

const RESOURCES: Readonly<Record<string, string>> = {
  ACCOUNTS: 'Accounts',
  BALANCES: 'Balances',
  TRANSACTIONS: 'Transactions',
  TRANSFER_DESTINATIONS: 'Beneficiaries',
  STANDING_ORDERS: 'Standing orders',
};

export function summaryTitle({ kind }: AuthorisationSummary): string {
  return {
    payment: 'Confirm the payment',
    standingOrder: 'Confirm the standing order',
    access: 'Confirm the access to your accounts',
  }[kind];
}

/** What the PSU is asked to confirm, as safe HTML. */
export function summaryBody({
  kind,
  payee,
  creditor,
  amount,
  currency,
  remittance,
  resources,
}: AuthorisationSummary): string {
  if (kind === 'access') {
    const names = (resources ?? []).map((resource) => RESOURCES[resource] ?? resource).join(', ');
    return html`<p>${payee ?? 'The provider'} wants to read:</p>
      <dl>
        <dt>What</dt>
        <dd>${names}</dd>
        <dt>How long</dt>
        <dd>90 days</dd>
      </dl>`;
  }
  return html`<p class="amount">${amount ?? ''} ${currency ?? ''}</p>
    <dl>
      <dt>To</dt>
      <dd>${payee ?? ''}</dd>
      <dt>Account</dt>
      <dd>${creditor ?? ''}</dd>
      <dt>Reference</dt>
      <dd>${remittance ?? ''}</dd>
    </dl>`;
}
