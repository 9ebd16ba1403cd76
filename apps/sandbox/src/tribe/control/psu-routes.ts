import { ShapeError, checkText, type Shape } from '../../kit/shape.js';
import type { Answer } from '../answer.js';
import type { BuiltInBank } from '../built-in/bank.js';
import type { Customer } from '../built-in/customer.js';
import { askAbout, beginVisit, choosable, decide, decidePayment, wayBack } from '../built-in/psu.js';
import { wayToTpp } from '../callback.js';
import type { FurnishedHub } from '../furnished-hub.js';
import { authorize } from '../oauth/authorize.js';
import type { Arrival } from '../site.js';
import { isUnconfirmed } from '../statuses.js';
import { chooseBank } from '../ui/hub.pages.js';
import { bodyOf, ok, unknown, type ControlRoute } from './control-route.js';
import { bankPaymentView } from './views.js';

/** The PSU's part at a built-in bank without a browser. */
export const psuRoutes: readonly ControlRoute[] = [
  { method: 'POST', path: '/psu', handle: visitLink },
  { method: 'GET', path: '/banks/:identifier/payments', handle: listAtBank },
  { method: 'POST', path: '/banks/:identifier/payments/:id', handle: decideInApp },
];

/** What a built-in bank itself has, also where the hub never heard its answer. */
function listAtBank(arrival: Arrival): Answer {
  return ok({ payments: [...bankOf(arrival).payments.values()].map(bankPaymentView) });
}

/**
 * `{ decision: approve | reject }`: the customer decides in the bank's own app, where every payment that waits is shown. The page
 * of the payment and its way back are not needed.
 */
function decideInApp(arrival: Arrival): Answer {
  const bank = bankOf(arrival);
  const payment = bank.payments.get(arrival.param('id'));
  if (!payment) {
    throw unknown('payment');
  }
  const shape = bodyOf(arrival);
  shape.only(['decision']);
  const yes = shape.choice('decision', ['approve', 'reject'] as const) === 'approve';
  decidePayment(bank, payment, yes, payment.payable);
  return ok(bankPaymentView(payment));
}

function bankOf(arrival: Arrival): BuiltInBank {
  const bank = arrival.hub.builtIn.get(arrival.param('identifier'));
  if (!bank) {
    throw unknown('built-in bank');
  }
  return bank;
}

/**
 * `{ url, username, decision: approve | reject, accounts?: [id], bank? }`: walks from `url` (the hub's authorize address,
 * a bank's authorize or confirmation page, the hub's choice of banks) to the end.
 * Answers `{ redirect }`: where the browser would arrive at the TPP.
 */
async function visitLink(arrival: Arrival): Promise<Answer> {
  const { hub } = arrival;
  const shape = bodyOf(arrival);
  shape.only(['url', 'username', 'decision', 'accounts', 'bank']);
  const url = await toBank(hub, shape.text('url', { max: 8000 }), shape);
  const { pathname } = new URL(url);
  const [, identifier = '', page, key] =
    /\/ui\/banks\/([^/]+)\/(authorize|confirm)(?:\/([^/]+))?$/.exec(pathname) ?? [];
  const bank = hub.builtIn.get(identifier);
  if (!bank) {
    // An OAuth error went straight back to the TPP.
    return ok({ redirect: url });
  }
  const yes = shape.choice('decision', ['approve', 'reject'] as const) === 'approve';
  const customer = customerOf(bank, shape);
  const redirect =
    page === 'authorize'
      ? answerRequest(bank, customer, url, yes, shape)
      : answerPayment(bank, customer, key, yes, shape);
  return ok({ redirect: redirect.startsWith(`${hub.address}/callback?`) ? onward(hub, redirect) : redirect });
}

async function toBank(hub: FurnishedHub, url: string, shape: Shape): Promise<string> {
  if (!URL.canParse(url)) {
    throw new ShapeError('url', 'must be a URL');
  }
  const { pathname, searchParams } = new URL(url);
  if (pathname.endsWith('/oauth/authorize')) {
    return authorize(hub, searchParams);
  }
  const key = /\/ui\/direct\/([^/]+)$/.exec(pathname)?.[1];
  if (key === undefined) {
    return url;
  }
  const payment = hub.callbacks.get(key);
  const bank = hub.banks.get(shape.text('bank'));
  if (!payment || !bank) {
    throw unknown(payment ? 'bank' : 'payment');
  }
  return payment.bank ? payment.confirmationUrl : chooseBank(hub, payment, bank);
}

function onward(hub: FurnishedHub, callback: string): string {
  return wayToTpp(hub, new URL(callback).searchParams);
}

function answerRequest(bank: BuiltInBank, customer: Customer, url: string, yes: boolean, shape: Shape): string {
  const visit = beginVisit(bank, customer, { kind: 'consent', requestUrl: url, shown: askAbout(bank, url) });
  return decide(bank, visit, yes, chosen(shape, choosable(visit)));
}

function answerPayment(
  bank: BuiltInBank,
  customer: Customer,
  key: string | undefined,
  yes: boolean,
  shape: Shape,
): string {
  const payment = [...bank.payments.values()].find((one) => one.key === key);
  if (!payment) {
    throw unknown('payment');
  }
  if (!isUnconfirmed(payment.status)) {
    return wayBack(payment);
  }
  const visit = beginVisit(bank, customer, { kind: 'payment', payment });
  const accounts = chosen(shape, choosable(visit));
  if (yes && accounts.length === 0) {
    throw new ShapeError('username', 'has no account that fits this payment');
  }
  return decide(bank, visit, yes, accounts);
}

function chosen<T extends { id: string }>(shape: Shape, accounts: readonly T[]): T[] {
  const ids = shape.optionalList('accounts', (item, path) => checkText(item, path));
  return accounts.filter(({ id }) => ids === undefined || ids.includes(id));
}

function customerOf(bank: BuiltInBank, shape: Shape): Customer {
  const username = shape.text('username');
  const customer = bank.customers.find((one) => one.username === username);
  if (!customer) {
    throw unknown('customer at this bank');
  }
  return customer;
}
