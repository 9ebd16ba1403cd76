import { randomUUID } from 'node:crypto';
import type { Json } from '../answer.js';
import type { BankMessage } from '../bank-message/open-message.js';
import { newSecret } from '../consent.js';
import { Refusal } from '../refusal.js';
import { isUnconfirmed, type PaymentKind } from '../statuses.js';
import type { BankToken, BuiltInBank } from './bank.js';
import { availableOn, isMeant, type Account } from './customer.js';
import { moveTo } from './execution.js';
import type { BankPayment } from './payment.js';
import { readOrder, type ReadOrder } from './read-order.js';

/**
 * Takes a payment: nothing is reserved until the PSU confirms it on the page.
 * @throws Refusal for an order that cannot be carried out: then there is no payment.
 */
export function initiatePayment(
  bank: BuiltInBank,
  kind: PaymentKind,
  token: BankToken | undefined,
  body: Json,
  message: BankMessage,
): Json {
  const { hub } = bank;
  const order = readOrder(body, kind === 'bulk');
  const payable = token?.accounts ?? bank.customers.flatMap(({ accounts }) => accounts);
  const debtor = findDebtor(order, payable);
  const candidates = debtor ? [debtor] : payable.filter(({ currency }) => currency === order.currency);
  if (!bank.plan.schemes.includes(order.scheme) || !candidates.some(({ schemes }) => schemes.includes(order.scheme))) {
    throw new Refusal(400, 'PAYMENT_SCHEME_INVALID', `${order.scheme} is not offered for this account`);
  }
  if (debtor && order.total.gt(availableOn(debtor))) {
    throw new Refusal(400, 'PAYMENT_FAILED', 'Not enough funds on the account');
  }
  const payment: BankPayment = {
    id: randomUUID(),
    kind,
    accessToken: token ? message.headers['x-auth-token'] : undefined,
    order,
    debtor,
    payable: candidates,
    status: 'RCVD',
    message: undefined,
    key: newSecret(16),
    linkEndsAt: new Date(hub.now().getTime() + hub.settings.linkSeconds * 1000),
    fate: {},
  };
  bank.payments.set(payment.id, payment);
  // A second later than the hub, which tells the TPP about the link first.
  hub.after(hub.settings.linkSeconds + 1, () => {
    if (isUnconfirmed(payment.status)) {
      payment.message = 'The confirmation link has expired';
      moveTo(bank, payment, hub.settings.expiredStatus);
    }
  });
  return {
    status: payment.status,
    confirmation_url: `${bank.pages}/confirm/${payment.key}`,
    payment_id: payment.id,
  };
}

/** The account that is named, in the order's currency; undefined when none is named. */
function findDebtor(order: ReadOrder, payable: readonly Account[]): Account | undefined {
  const { debtor } = order;
  if (!debtor) {
    return undefined;
  }
  const account = payable.find((one) => isMeant(one, debtor) && one.currency === order.currency);
  if (!account) {
    throw new Refusal(404, 'RESOURCE_UNKNOWN', 'The debtor account is not known, or has another currency');
  }
  return account;
}
