import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import { BankFailure } from '../bridge/call-bank.js';
import { wayToTpp } from '../callback.js';
import { askInitiation, type Order } from '../initiation.js';
import type { Hub } from '../hub.js';
import { authorize } from '../oauth/authorize.js';
import type { Bank } from '../parties.js';
import { amountOf, type Payment } from '../payment.js';
import { abandon, reportStatus } from '../payment-life.js';
import { Refusal } from '../refusal.js';
import type { Arrival } from '../site.js';
import { isOver } from '../statuses.js';
import { isScheme } from '../vocabulary.js';
import { withQuery } from '../with-query.js';
import { HUB_SITE, framed, messagePage, warning, type PageAnswer, type PageRoute } from './page-route.js';

/** Where the hub itself meets the PSU's browser: the way to the bank, the way back, and the choice of a bank. */
export const hubPages: readonly PageRoute[] = [
  { method: 'GET', path: '/oauth/authorize', handle: ({ hub, query }) => ({ redirect: authorize(hub, query) }) },
  { method: 'GET', path: '/callback', handle: ({ hub, query }) => ({ redirect: wayToTpp(hub, query) }) },
  {
    method: 'GET',
    path: '/ui/direct/:key',
    handle: (arrival) => {
      const payment = openPayment(arrival);
      return chosenAlready(payment) ?? chooserPage(arrival.hub, payment);
    },
  },
  { method: 'POST', path: '/ui/direct/:key', handle: choose },
];

function openPayment(arrival: Arrival): Payment {
  const payment = arrival.hub.callbacks.get(arrival.param('key'));
  if (!payment?.open) {
    throw new Refusal(404, 'RESOURCE_UNKNOWN', 'This link is not known');
  }
  if (!payment.bank && isOver(payment.status)) {
    throw new Refusal(410, 'RESOURCE_UNKNOWN', 'This payment can no longer be made');
  }
  return payment;
}

/** Undefined while the PSU may still choose; a second click while the bank is being asked changes nothing. */
function chosenAlready(payment: Payment): PageAnswer | undefined {
  if (payment.bankPaymentId !== undefined) {
    return { redirect: payment.confirmationUrl };
  }
  return (
    payment.bank && messagePage(HUB_SITE, 'One moment', `${payment.bank.name} is being asked. Load this page again.`)
  );
}

/** Banks that can take this payment. */
function banksFor(hub: Hub, { content }: Payment): Bank[] {
  const { paymentScheme } = content;
  return [...hub.banks.values()].filter(
    (bank) => bank.directPaymentSupport && !bank.blocked && bank.paymentSchemes.some((one) => one === paymentScheme),
  );
}

function chooserPage(hub: Hub, payment: Payment, wrong?: string): PageAnswer {
  const { amount, currency } = amountOf(payment.content);
  const banks = banksFor(hub, payment).map(
    ({ identifier, name, country }, index) =>
      html`<label
        ><input type="radio" name="bank" value="${identifier}" ${index === 0 ? 'checked' : ''} />
        <span>${name} <span class="note">${country}, ${identifier}</span></span></label
      >`,
  );
  const body = html`$${warning(wrong)}
    <p class="amount">${amount ?? ''} ${currency ?? ''}</p>
    <p>to ${String(payment.content['creditorName'])}, asked by <strong>${payment.tpp.name}</strong></p>
    <form method="post" action="$${safePath(new URL(`${hub.address}/ui/direct/${payment.callbackKey}`).pathname)}">
      <fieldset>
        <legend>Your bank</legend>
        $${banks.length === 0 ? html`<p class="note">No bank here can take this payment.</p>` : banks.join('')}
      </fieldset>
      <div class="buttons">
        <button>Go to my bank</button>
        <button class="quiet" name="decision" value="refuse">Cancel</button>
      </div>
    </form>`;
  return framed(HUB_SITE, 'Choose your bank', body, wrong === undefined ? 200 : 502);
}

async function choose(arrival: Arrival): Promise<PageAnswer> {
  const { hub, form } = arrival;
  const payment = openPayment(arrival);
  const chosen = chosenAlready(payment);
  if (chosen) {
    return chosen;
  }
  if (form.get('decision') === 'refuse') {
    return { redirect: cancel(hub, payment) };
  }
  const bank = banksFor(hub, payment).find(({ identifier }) => identifier === form.get('bank'));
  if (!bank) {
    return chooserPage(hub, payment, 'Choose a bank.');
  }
  try {
    return { redirect: await chooseBank(hub, payment, bank) };
  } catch (error) {
    if (error instanceof BankFailure) {
      return chooserPage(hub, payment, `${bank.name} did not take the payment: ${error.title}`);
    }
    throw error;
  }
}

/**
 * Initiates at the chosen bank; the TPP keeps the id it got.
 * @returns where the browser goes.
 * @throws BankFailure
 */
export async function chooseBank(hub: Hub, payment: Payment, bank: Bank): Promise<string> {
  const { tpp, redirectUri, callbackKey, content } = payment;
  const scheme = content['paymentScheme'];
  if (!isScheme(scheme)) {
    throw new Refusal(400, 'PAYMENT_SCHEME_INVALID', 'The payment has no scheme');
  }
  const order: Order = { kind: 'direct', tpp, content, scheme, redirectUri };
  payment.bank = bank;
  try {
    const answer = await askInitiation(hub, bank, order, callbackKey);
    hub.placeAt(bank, answer.bankPaymentId, payment);
    payment.confirmationUrl = answer.confirmationUrl;
    reportStatus(hub, payment, answer.status);
    return answer.confirmationUrl;
  } catch (error) {
    payment.bank = undefined;
    throw error;
  }
}

function cancel(hub: Hub, payment: Payment): string {
  if (reportStatus(hub, payment, 'CANC') === 'illegal') {
    abandon(hub, payment);
  }
  const message = 'The PSU cancelled the payment';
  return withQuery(payment.redirectUri, { status: payment.status, paymentId: payment.id, message });
}
