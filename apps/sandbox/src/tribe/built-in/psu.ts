import { isObject, type Json } from '../answer.js';
import { newSecret } from '../consent.js';
import { Refusal } from '../refusal.js';
import { isScope } from '../vocabulary.js';
import { isUnconfirmed } from '../statuses.js';
import { withQuery } from '../with-query.js';
import type { BuiltInBank, Visit } from './bank.js';
import type { Account, Customer } from './customer.js';
import { confirm, refuse } from './execution.js';
import type { BankPayment } from './payment.js';

/** A PSU who came with an authorisation request: what the hub says about it. */
export function askAbout(bank: BuiltInBank, requestUrl: string): Json {
  const answer = bank.call('init_authorization', { requestUrl });
  const body = isObject(answer.body) ? answer.body : {};
  if (answer.status !== 200) {
    const [first] = (body['additionalErrors'] ?? []) as { title?: string }[];
    throw new Refusal(answer.status, String(body['code']), first?.title ?? String(body['title']));
  }
  return body;
}

export function beginVisit(bank: BuiltInBank, customer: Customer, about: Visit['about']): Visit {
  const visit = { key: newSecret(16), customer, about };
  bank.visits.set(visit.key, visit);
  return visit;
}

/** The accounts among which the PSU may choose. */
export function choosable({ customer, about }: Visit): readonly Account[] {
  return about.kind === 'consent'
    ? customer.accounts
    : about.payment.payable.filter((account) => account.owner === customer);
}

/**
 * The PSU's answer.
 * @returns where the browser goes.
 */
export function decide(bank: BuiltInBank, visit: Visit, yes: boolean, chosen: readonly Account[]): string {
  bank.visits.delete(visit.key);
  const { about } = visit;
  if (about.kind === 'payment') {
    return decidePayment(bank, about.payment, yes, chosen);
  }
  return yes ? approve(bank, visit.customer, about.requestUrl, about.shown, chosen) : String(about.shown['cancelUrl']);
}

function approve(
  bank: BuiltInBank,
  customer: Customer,
  requestUrl: string,
  shown: Json,
  accounts: readonly Account[],
): string {
  const scopes = shown['scopes'];
  const answer = bank.call('consent', { requestUrl, scopes, accountIds: accounts.map(({ id }) => id) });
  const body = isObject(answer.body) ? answer.body : {};
  if (answer.status !== 200) {
    throw new Refusal(answer.status, String(body['code']), String(body['title']));
  }
  bank.tokens.set(String(body['accessToken']), {
    customer,
    scopes: Array.isArray(scopes) ? scopes.filter(isScope) : [],
    accounts,
    validUntil: new Date(String(body['validUntil'])),
    revoked: false,
  });
  return String(body['callbackUrl']);
}

/** Also without a visit: in the bank's own app. */
export function decidePayment(
  bank: BuiltInBank,
  payment: BankPayment,
  yes: boolean,
  chosen: readonly Account[],
): string {
  if (isUnconfirmed(payment.status)) {
    const debtor = payment.debtor ?? chosen[0];
    if (yes && debtor) {
      confirm(bank, payment, debtor);
    } else {
      refuse(bank, payment);
    }
  }
  return wayBack(payment);
}

/** To the hub, with names of this plane: `payment_id`, and `message` only for errors. */
export function wayBack({ id, status, message, order }: BankPayment): string {
  return withQuery(order.callbackUrl, { status, payment_id: id, message });
}

/** The bank ends a consent by itself, or because its customer wants so. */
export function revoke(bank: BuiltInBank, accessToken: string): void {
  const token = bank.tokens.get(accessToken);
  if (token) {
    token.revoked = true;
  }
  bank.call('token/revoke', { accessToken });
}
