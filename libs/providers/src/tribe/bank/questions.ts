import { isUtf8 } from 'node:buffer';
import { MalformedAnswer, parseJson } from '../../kit/json.js';
import { type BankQuestion, BankRefusal, type InboundCall } from '../../port/index.js';
import { Faults, Fields } from './fields.js';
import { readAmount, readBulk, readIdentifiers, readSingle } from './orders.js';
import { bankDefaults, type BankSettings } from './settings.js';

/** The webhooks of the BANK API v2 that a bank serves, and which of them make something. */
export const actions = {
  v2_accounts: { changesState: false },
  v2_account: { changesState: false },
  v2_account_balances: { changesState: false },
  v2_account_transactions: { changesState: false },
  v2_funds_confirmations: { changesState: false },
  v2_payment_single: { changesState: true },
  v2_payment_single_status: { changesState: false },
  v2_payment_bulk: { changesState: true },
  v2_payment_bulk_status: { changesState: false },
  v2_payment_direct_single: { changesState: true },
} as const satisfies Record<string, { readonly changesState: boolean }>;

export type Action = keyof typeof actions;

export function isAction(name: string): name is Action {
  return Object.hasOwn(actions, name);
}

/** What a proven call asks. Reports everything that is wrong with the body at once. @throws BankRefusal */
export function readQuestion(settings: BankSettings, { action, request }: InboundCall): BankQuestion {
  if (!isAction(action)) throw new BankRefusal('unknown-action', 'This API action does not exist');
  const faults = new Faults();
  const body = Fields.of(parseBody(request.rawBody), '', faults);
  const question = read(settings, action, body, faults);
  if (settings.unknownFields === 'refuse') body.refuseOthers();
  if (faults.any) throw new BankRefusal('malformed', faults.toString());
  return question;
}

function read(settings: BankSettings, action: Action, body: Fields, faults: Faults): BankQuestion {
  switch (action) {
    case 'v2_accounts':
      return { type: 'accounts' };
    case 'v2_account':
      return { type: 'account', accountReference: body.requiredText('account_id', 255) };
    case 'v2_account_balances':
      return { type: 'balances', accountReference: body.requiredText('account_id', 255) };
    case 'v2_account_transactions':
      return readTransactions(settings, body);
    case 'v2_funds_confirmations':
      return readFunds(body);
    case 'v2_payment_single':
      return { type: 'payment', order: readSingle('single', body, faults, settings) };
    case 'v2_payment_direct_single':
      return { type: 'payment', order: readSingle('direct', body, faults, settings) };
    case 'v2_payment_bulk':
      return { type: 'payment', order: readBulk(body, faults, settings) };
    case 'v2_payment_single_status':
      return { type: 'paymentStatus', bulk: false, reference: body.requiredText('payment_id', 255) };
    case 'v2_payment_bulk_status':
      return { type: 'paymentStatus', bulk: true, reference: body.requiredText('payment_id', 255) };
  }
}

const statuses = ['booked', 'pending', 'both'] as const;

function readTransactions(settings: BankSettings, body: Fields): BankQuestion {
  const word = body.requiredText('booking_status', 10);
  const status = statuses.find((one) => one === word);
  if (word !== '' && !status) body.fault('booking_status', 'must be booked, pending or both');
  const from = readDate(body, 'date_from');
  const to = readDate(body, 'date_to');
  if (from !== undefined && to !== undefined && from > to) body.fault('date_from', 'is after date_to');
  return {
    type: 'transactions',
    accountReference: body.requiredText('account_id', 255),
    status: status ?? 'both',
    from,
    to,
    page: body.text('page_key', 500),
    pageSize: body.wholeNumber('page_size', 1, settings.maxPageSize ?? bankDefaults.maxPageSize) ?? 100,
  };
}

/** A real day of the calendar. */
function readDate(body: Fields, name: string): string | undefined {
  const text = body.text(name, 10);
  if (text === undefined) return undefined;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN);
  // No calendar of a bank has a year 0, which databases refuse.
  const real = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) && day.getUTCFullYear() > 0;
  return real ? text : body.fault(name, 'must be a date YYYY-MM-DD');
}

function readFunds(body: Fields): BankQuestion {
  const account = body.object('account');
  body.missing('account');
  const identifiers = account ? readIdentifiers(account) : [];
  const reference = account?.text('resource_id', 255);
  if (account && identifiers.length === 0 && reference === undefined) body.fault('account', 'names no account');
  return { type: 'funds', account: { reference, identifiers }, amount: readAmount(body, 'instructed_amount', 14) };
}

function parseBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    // What is not UTF-8 would be replaced in silence.
    if (isUtf8(bytes)) return parseJson(bytes);
  } catch (error) {
    if (!(error instanceof MalformedAnswer)) throw error;
  }
  throw new BankRefusal('malformed', 'The body is not JSON');
}
