import html from 'html-template-tag';
import { page, safePath } from '../../kit/page.js';
import { Shape, ShapeError } from '../../kit/shape.js';
import type { Call } from '../call.js';
import { moveConsent } from '../consent-life.js';
import { decide } from '../decoupled.js';
import { addMethod, addTransaction, createCustomer, openAccount } from '../new-customer.js';
import { changeProfile } from '../profile-settings.js';
import { adminTables } from './admin-tables.js';
import { TppError } from '../tpp-error.js';
import { siteName, warning, type PageAnswer, type PageRoute } from './page-route.js';

const PATH = '/ui/admin';

/** MockBank's Admin-Console as one page. Open to everybody: it is a simulator with test data. */
export const adminPages: readonly PageRoute[] = [
  { method: 'GET', path: PATH, handle: (call) => show(call) },
  { method: 'POST', path: `${PATH}/:action`, handle: post },
];

/** What a posted form does; the fields are those of the controls and of the internal API. */
const ACTIONS: Readonly<Record<string, (call: Call, form: URLSearchParams) => void>> = {
  clock: ({ bank }, form) => bank.clock.advance(Number(form.get('advanceSeconds'))),
  decide: ({ bank }, form) => {
    const request = bank.authorisations.get(form.get('id') ?? '');
    if (!request) {
      throw new ShapeError('id', 'names no authorisation');
    }
    decide(bank, request, form.get('decision') === 'approve' ? 'approve' : 'reject');
  },
  revoke: ({ bank }, form) => {
    const consent = bank.consents.get(form.get('id') ?? '');
    if (!consent || !moveConsent(bank, consent, 'revokedByPsu')) {
      throw new ShapeError('id', 'names no valid consent');
    }
  },
  profile: ({ bank }, form) => {
    bank.profile = changeProfile(bank.profile, Object.fromEntries(form));
  },
  customer: ({ bank }, form) => {
    const customer = createCustomer(bank, shapeOf(form));
    const code = form.get('code');
    if (code) {
      addMethod(customer, Shape.of({ authenticationType: 'SMS', name: 'Verify by Phone', code }));
    }
    addMethod(customer, Shape.of({ authenticationType: 'APP', name: 'Approve in the app', decoupled: true }));
    openAccount(bank, customer, Shape.of({ balance: form.get('balance') || '0', name: 'Girokonto' }));
  },
  transaction: ({ bank }, form) => {
    const account = bank.customers.account(form.get('iban') ?? '');
    if (!account) {
      throw new ShapeError('iban', 'names no account of this bank');
    }
    const fields = Object.fromEntries(Object.entries(shapeOf(form).plain()).filter(([name]) => name !== 'iban'));
    addTransaction(bank, account.customer, Shape.of({ bookingDate: bank.today(), ...fields, accountId: account.id }));
  },
};

function post(call: Call): PageAnswer {
  const action = ACTIONS[call.param('action')];
  if (!action) {
    return show(call, 'There is no such action.');
  }
  try {
    action(call, call.form());
  } catch (error) {
    if (error instanceof ShapeError || error instanceof TppError || error instanceof RangeError) {
      const field = error instanceof ShapeError || error instanceof TppError ? error.path : undefined;
      return show(call, field === undefined ? error.message : `${field} ${error.message}`);
    }
    throw error;
  }
  call.bank.catchUp();
  return { redirect: `${call.links.prefix}${PATH}` };
}

/** The filled-in fields of a form. */
function shapeOf(form: URLSearchParams): Shape {
  return Shape.of(Object.fromEntries([...form].filter(([, value]) => value !== '')));
}

function show(call: Call, wrong?: string): PageAnswer {
  const action = (name: string) => safePath(`${call.links.prefix}${PATH}/${name}`);
  const { bank } = call;
  const body = html`$${warning(wrong)}
    <form method="post" action="$${action('clock')}">
      <p>
        Bank time: <strong>${bank.now().toISOString()}</strong>, faults: ${String(bank.faults.list().length)}
        <button class="quiet" name="advanceSeconds" value="60">+ 1 minute</button>
        <button class="quiet" name="advanceSeconds" value="86400">+ 1 day</button>
      </p>
    </form>
    $${adminTables(call, action)}
    <h2>New customer</h2>
    <form method="post" action="$${action('customer')}">
      <div class="grid">
        $${textInput('username', 'Username')} $${textInput('password', 'Password')}
        $${textInput('fullName', 'Full name')} $${textInput('code', 'Code of the SMS method (optional)')}
        $${textInput('balance', 'Opening balance in EUR')}
      </div>
      <div class="buttons"><button>Create</button></div>
    </form>
    <h2>New transaction</h2>
    <form method="post" action="$${action('transaction')}">
      <div class="grid">
        $${textInput('iban', 'IBAN of the account')} $${textInput('amount', 'Amount, signed')}
        $${textInput('creditorName', 'Creditor (for a minus)')} $${textInput('debtorName', 'Debtor (for a plus)')}
        $${textInput('remittanceInformationUnstructured', 'Reference')}
        $${textInput('bookingDate', 'Booking date, today if empty')}
      </div>
      <div class="buttons"><button>Book</button></div>
    </form>`;
  const status = wrong === undefined ? 200 : 400;
  return { status, html: page({ site: siteName(call), title: 'Admin', body, wide: true }) };
}

function textInput(name: string, label: string): string {
  return html`<div><label for="${name}">${label}</label><input type="text" id="${name}" name="${name}" /></div>`;
}
