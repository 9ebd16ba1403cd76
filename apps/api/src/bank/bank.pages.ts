import type { BankPage, PageSubject } from '@tributary/banking';
import { bankPermissions, formatMoney, type AccountIdentifier } from '@tributary/domain';
import type { BankAccount, BankPayment } from '@tributary/persistence';
import html from 'html-template-tag';
import { style } from './bank-page.style.js';

/** What the forms of a page carry back. */
export interface PageForm {
  /** Where the form is sent to. */
  readonly action: string;
  readonly csrf: string;
  /** What went wrong with what was sent last. */
  readonly alert?: string | undefined;
}

type Shown = Exclude<BankPage, { state: 'decided' }>;

/** The page for what a customer has to see now. */
export function bankPage(page: Shown, form: PageForm, demoCode: string): string {
  switch (page.state) {
    case 'login':
      return frame(page, 'Log in', loginBody(page, form, demoCode), page.way.type === 'none' ? 4 : undefined);
    case 'decide':
      return page.subject.type === 'payment'
        ? frame(page, 'Confirm payment', confirmBody(page, page.subject.payment, form))
        : frame(page, 'Allow access', consentBody(page, page.subject, form));
    case 'ended':
      return frame(page, endings[page.why].title, endedBody(page));
  }
}

/** For a browser of which nothing is known: it leads nowhere. */
export function strayPage(title: string, text: string, reference: string): string {
  const body = html`<div class="card">
    <h1>${title}</h1>
    <p>${text}</p>
    <p class="soft">Reference: ${reference}</p>
  </div>`;
  return document(title, '', body, '');
}

type Login = Extract<Shown, { state: 'login' }>;

function loginBody({ subject, way, institution }: Login, form: PageForm, demoCode: string): string {
  const who = whoAsks(subject);
  const here = way.type !== 'none';
  const what =
    subject.type === 'payment'
      ? html`<h1>${here ? 'Log in to see a payment' : 'A payment waits for you'}</h1>
          <p><b>${who}</b> has prepared a payment of ${money(subject.payment)} for you to confirm.</p>`
      : html`<h1>${who} asks for access to your accounts</h1>
          <p>
            ${here ? `Log in to ${institution.name} to see what it asks for. ` : ''}Nothing is shared before you agree.
          </p>`;
  const refuse = subject.type === 'authorisation' ? refuseForm(form, 'Cancel and go back') : '';
  switch (way.type) {
    case 'redirect':
      return html`$${alert(form)}
        <div class="card">
          $${what}
          <form method="post" action="$${address(form.action)}">
            <input type="hidden" name="csrf" value="${form.csrf}" />
            <button class="go" name="act" value="leave">Continue to log in</button>
          </form>
          $${refuse}
        </div>`;
    case 'none':
      return html`<div class="card">
        $${what}
        <h2>Waiting for your bank</h2>
        <p>Decide in the app of ${institution.name}. This page goes on by itself.</p>
        $${refuse}
      </div>`;
    case 'demo':
      return html`$${alert(form)}
        <div class="card">
          $${what}
          <form method="post" action="$${address(form.action)}">
            <input type="hidden" name="csrf" value="${form.csrf}" />
            <label class="field"
              >Customer number
              <input
                class="text"
                name="username"
                autocomplete="username"
                autocapitalize="none"
                required
                maxlength="200"
              />
            </label>
            <label class="field"
              >Code
              <input
                class="text"
                name="code"
                inputmode="numeric"
                autocomplete="one-time-code"
                required
                maxlength="20"
              />
            </label>
            <p class="soft">Sandbox: any customer who has accounts here, with the code ${demoCode}.</p>
            <button class="go" name="act" value="login">Log in</button>
          </form>
          $${refuse}
        </div>`;
  }
}

type Decide = Extract<Shown, { state: 'decide' }>;

function consentBody(
  { accounts, institution }: Decide,
  { authorisation }: Extract<PageSubject, { type: 'authorisation' }>,
  form: PageForm,
): string {
  const { tppName, tppRegistration, permissions, unknownScopes } = authorisation;
  const name = tppName ?? 'An app';
  const possible = accounts.length > 0 && unknownScopes.length === 0;
  const impossible =
    unknownScopes.length > 0
      ? `${name} asks for something that ${institution.name} does not offer. Nothing can be shared.`
      : 'You have no account here that could be shared.';
  return html`$${alert(form)}
    <form method="post" action="$${address(form.action)}">
      <input type="hidden" name="csrf" value="${form.csrf}" />
      <div class="card">
        <h1>Allow ${name} to use your accounts?</h1>
        <p class="soft">
          ${name}${tppRegistration === null ? '' : `, registration ${tppRegistration}`}. You can only allow all of this,
          or none of it.
        </p>
        <h2>It will be able to</h2>
        <ul class="grants">
          $${permissions.map((permission) => html`<li>$${tick}<span>${bankPermissions[permission].meaning}</span></li>`).join('')}
        </ul>
        <p class="soft">It can never see your login or your codes, and cannot move money without you.</p>
      </div>
      <div class="card">
        ${possible ? '' : impossible} $${possible ? html`<h2>For these accounts</h2>` : ''}
        $${possible ? accounts.map((account) => choice(account, 'checkbox')).join('') : ''}
        $${possible ? html`<button class="go" name="act" value="approve">Allow access</button>` : ''}
        <button class="no" name="act" value="refuse" formnovalidate>Do not allow</button>
      </div>
    </form>`;
}

function confirmBody({ accounts }: Decide, payment: BankPayment, form: PageForm): string {
  const [only] = accounts;
  const from =
    accounts.length === 0 || !only
      ? html`<div class="alert">This payment cannot be made from an account of yours.</div>`
      : accounts.length === 1
        ? html`<dl>
              <div>
                <dt>From</dt>
                <dd>${only.name ?? 'Account'}<small>${numberOf(only.identifiers)}</small></dd>
              </div>
            </dl>
            <input type="hidden" name="account" value="${only.reference}" />`
        : html`<h2>Pay from</h2>
            $${accounts.map((account) => choice(account, 'radio')).join('')}`;
  return html`$${alert(form)}
    <form method="post" action="$${address(form.action)}">
      <input type="hidden" name="csrf" value="${form.csrf}" />
      <div class="card">
        <h1>${payment.kind === 'bulk' ? `Confirm ${payment.itemCount} payments` : 'Confirm payment'}</h1>
        <p class="amount">$${bigMoney(payment)}</p>
        $${payment.kind === 'bulk' ? bulkDetails(payment) : singleDetails(payment)}
        <dl>
          <div>
            <dt>Prepared by</dt>
            <dd>${whoAsks({ type: 'payment', payment })}</dd>
          </div>
        </dl>
        $${from} $${only ? html`<button class="go" name="act" value="approve">Confirm and pay</button>` : ''}
        <button class="no" name="act" value="refuse" formnovalidate>Do not pay</button>
      </div>
    </form>`;
}

function singleDetails({ items, scheme, debtorName }: BankPayment): string {
  const [item] = items;
  if (!item) return '';
  const { creditor, creditorIdentifiers } = item;
  return html`<dl>
    <div>
      <dt>To</dt>
      <dd>
        ${creditor.name || 'Unnamed'}$${smallLines([...creditorIdentifiers.map((one) => numberOf([one])), addressOf(item)])}
      </dd>
    </div>
    $${creditor.agent === undefined ? '' : row('Their bank', agentLines(creditor.agent))}
    $${row('Reference', referenceOf(item))} $${row('Payer', [debtorName ?? ''])}
    $${row('Payment type', [schemeNames[scheme] ?? scheme])}
  </dl>`;
}

/** All of them: who confirms has to be able to see each. */
function bulkDetails({ items, scheme, currency, itemCount, debtorName }: BankPayment): string {
  const payees = items.map(
    (item) =>
      html`<div>
        <dt>
          ${item.creditor.name || 'Unnamed'}$${smallLines([
            ...item.creditorIdentifiers.map((one) => numberOf([one])),
            ...(item.creditor.agent === undefined ? [] : agentLines(item.creditor.agent)),
            addressOf(item),
            ...referenceOf(item),
          ])}
        </dt>
        <dd>${money({ amountMinor: BigInt(item.amountMinor), currency })}</dd>
      </div>`,
  );
  return html`<dl>
      $${row('Payments', [String(itemCount)])} $${row('Payer', [debtorName ?? ''])}
      $${row('Payment type', [schemeNames[scheme] ?? scheme])}
    </dl>
    <details ${itemCount <= 5 ? 'open' : ''}>
      <summary>Who is paid</summary>
      <dl class="payees" tabindex="0">$${payees.join('')}</dl>
    </details>`;
}

type Item = BankPayment['items'][number];

/** A line of a list; nothing where there is nothing to say. */
function row(title: string, [first = '', ...more]: readonly string[]): string {
  if (first === '') return '';
  return html`<div>
    <dt>${title}</dt>
    <dd>${first}$${smallLines(more)}</dd>
  </div>`;
}

const smallLines = (lines: readonly string[]): string =>
  lines.map((line) => (line === '' ? '' : html`<small>${line}</small>`)).join('');

function agentLines({ name = '', bic = '', country = '' }: NonNullable<Item['creditor']['agent']>): string[] {
  return [name, [bic, country].filter((one) => one !== '').join(', ')].filter((one) => one !== '');
}

function addressOf({ creditor: { address: place } }: Item): string {
  if (!place) return '';
  const { streetName = '', buildingNumber = '', postCode = '', townName = '', country } = place;
  const lines = [`${streetName} ${buildingNumber}`, `${postCode} ${townName}`, country];
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(', ');
}

function referenceOf({ remittance }: Item): string[] {
  const { unstructured = '', structured = '', structuredType = '' } = remittance ?? {};
  return [unstructured, `${structured} ${structuredType && `(${structuredType})`}`.trim()].filter((one) => one !== '');
}

const endings = {
  expired: {
    title: 'This link has expired',
    reason: 'For your safety it is good for a short time, and for one decision.',
  },
  locked: {
    title: 'This link is locked',
    reason: 'The login failed too often. For your safety the link cannot be used any more.',
  },
  failed: {
    title: 'This could not be completed',
    reason: 'Your consent did not get through, and cannot be sent again from here.',
  },
} as const;

function endedBody({ subject, redirectTo, why }: Extract<Shown, { state: 'ended' }>): string {
  const unpaid = why === 'locked' ? 'The payment is not confirmed.' : 'The payment was not made.';
  const nothing = subject.type === 'payment' ? unpaid : 'Nothing was shared.';
  const { title, reason } = endings[why];
  return html`<div class="card">
    <h1>${title}</h1>
    <p>${reason} ${redirectTo === null ? '' : nothing}</p>
    $${
      redirectTo === null
        ? html`<p class="soft">Go back to the app that sent you: it shows how things stand.</p>`
        : html`<p>Go back to the app, and start again there if you want to.</p>
            <a class="button go" href="$${address(redirectTo)}">Go back</a>`
    }
  </div>`;
}

function refuseForm({ action, csrf }: PageForm, label: string): string {
  return html`<form method="post" action="$${address(action)}">
    <input type="hidden" name="csrf" value="${csrf}" />
    <button class="no" name="act" value="refuse">${label}</button>
  </form>`;
}

/** Access is offered for all accounts; which one pays is for the customer to say, and nothing is said for them. */
function choice({ reference, name, identifiers, currency }: BankAccount, type: 'checkbox' | 'radio'): string {
  return html`<label class="choice">
    <input type="${type}" name="account" value="${reference}" ${type === 'checkbox' ? 'checked' : 'required'} />
    <span>${name ?? 'Account'} (${currency})<small>${numberOf(identifiers)}</small></span>
  </label>`;
}

function alert({ alert: text }: PageForm): string {
  return text === undefined ? '' : html`<div class="alert" role="alert">${text}</div>`;
}

function whoAsks(subject: PageSubject): string {
  const name = subject.type === 'payment' ? subject.payment.tppName : subject.authorisation.tppName;
  return name ?? 'An app';
}

/** An address in an attribute, which the template leaves to us: escaped, and of the web only. */
function address(url: string): string {
  return /^https?:\/\//.test(url) ? html`${url}` : '';
}

/** As people read it: an IBAN in fours, a sort code in pairs. */
function numberOf(identifiers: readonly AccountIdentifier[]): string {
  const [first] = identifiers;
  if (!first) return '';
  if (first.scheme === 'iban') return first.value.replaceAll(/(.{4})(?=.)/g, '$1 ');
  if (first.scheme !== 'sortCodeAccountNumber') return first.value;
  const [a, b, c] = [first.value.slice(0, 2), first.value.slice(2, 4), first.value.slice(4, 6)];
  return `${a}-${b}-${c}  ${first.value.slice(6)}`;
}

interface Amount {
  readonly amountMinor: bigint;
  readonly currency: string;
}

function decimal({ amountMinor: minor, currency }: Amount): string {
  const [whole = '', fraction] = formatMoney({ minor, currency }).split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const money = (amount: Amount): string => `${decimal(amount)} ${amount.currency}`;
const bigMoney = (amount: Amount): string => html`${decimal(amount)} <small>${amount.currency}</small>`;

const schemeNames: Readonly<Record<string, string>> = {
  SEPA_CREDIT_TRANSFER: 'SEPA transfer',
  SEPA_INSTANT: 'SEPA instant transfer',
  FASTER_PAYMENTS: 'Faster Payment',
  BACS: 'Bacs payment',
  CHAPS: 'CHAPS payment',
  SWIFT: 'International transfer',
};

const tick = html`<svg width="18" height="18" viewBox="0 0 20 20" aria-hidden="true">
  <path
    fill="none"
    stroke="currentColor"
    stroke-width="2.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    d="M4 10.5l4 4 8-9"
  />
</svg>`;

function frame({ institution, sandbox }: Shown, title: string, body: string, refreshSeconds?: number): string {
  const { name } = institution;
  const top = html`$${sandbox ? html`<div class="sandbox">Sandbox: no real money, no real customers.</div>` : ''}
    <header>
      <div>
        <div class="mark" aria-hidden="true">${name.slice(0, 1).toUpperCase()}</div>
        <b>${name}</b>
      </div>
    </header>`;
  const foot = html`<footer>
    <p>${name} never asks you for a code on the phone or by e-mail.</p>
    <p>Not you? Refuse, or close this page: nothing happens then.</p>
  </footer>`;
  return document(`${title} - ${name}`, top, body + foot, refreshSeconds === undefined ? '' : String(refreshSeconds));
}

/** Byte for byte what its hash in the Content-Security-Policy is over: no blank may come in. */
const styleElement = `<style>${style}</style>`;

function document(title: string, top: string, body: string, refreshSeconds: string): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        $${refreshSeconds === '' ? '' : html`<meta http-equiv="refresh" content="$${refreshSeconds}" />`}
        <title>${title}</title>
        $${styleElement}
      </head>
      <body>
        $${top}
        <main>$${body}</main>
      </body>
    </html>`;
}
