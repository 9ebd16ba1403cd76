import { addDays } from '../../kit/clock.js';
import type { Bank } from '../banks/bank.js';
import { newAuthorisation, type Authorisation } from '../authorisation/authorisation.js';
import { provide } from '../authorisation/embedded.js';
import type { Hub } from '../hub.js';
import { newSecret } from '../identifier.js';
import type { Member } from '../members/member.js';
import type { Payment } from './payment.js';
import { changePayment } from './payment-change.js';
import { isAuthorising, isPending, type PaymentStatus } from './status.js';
import { authorised } from './redemption.js';
import { unreachable } from './submission.js';

/** The PSU has so long to finish the authorisation. */
const AUTHORISATION_SECONDS = 40 * 60;

/** A fresh payment: on to the hosted page, or to its bank. */
export function startPayment(hub: Hub, member: Member, payment: Payment): void {
  hub.payments.set(payment.id, payment);
  hub.after(AUTHORISATION_SECONDS, () => lapse(hub, payment));
  const bank = payment.bankId === undefined ? undefined : hub.banks.get(payment.bankId);
  const { flowType } = payment.order;
  const hosted = flowType === 'FULL_HOSTED_PAGES' || (flowType !== 'API_ONLY' && bank?.approach !== 'redirect');
  if (hosted || !bank) {
    payment.link = `${payment.base}/ui/session/${payment.id}`;
    changePayment(hub, payment, 'INITIATION_PENDING_REDIRECT_HP');
    return;
  }
  changePayment(hub, payment, 'INITIATION_PENDING');
  const wait = payment.slowSeconds ?? hub.profile.bankAnswerSeconds;
  hub.soon(wait, () => {
    if (payment.status === 'INITIATION_PENDING') {
      goToBank(hub, member, payment, bank);
    }
  });
}

/** The bank takes the order and says how the PSU is to be authenticated. */
export function goToBank(hub: Hub, member: Member, payment: Payment, bank: Bank): void {
  payment.bankId = bank.id;
  if (bank.status.pis === 'DOWN') {
    changePayment(hub, payment, 'INITIATION_FAILED', {
      reason: 'The bank could not be reached',
      errorInfo: unreachable(),
    });
    return;
  }
  if (payment.ending === 'failed') {
    changePayment(hub, payment, 'INITIATION_FAILED', { reason: 'Technical failure', errorInfo: unreachable() });
    return;
  }
  if (bank.outOfHours && payment.order.executionDate === undefined) {
    if (!payment.order.mayConvert) {
      changePayment(hub, payment, 'INITIATION_REJECTED', { reason: 'Outside the operating hours of the bank' });
      return;
    }
    payment.converted = true;
    payment.order.executionDate = addDays(hub.today(), 1);
  }
  close(payment);
  payment.bankPaymentId = newSecret(9);
  const authorisation = newAuthorisation({
    bank,
    member,
    subjectId: payment.id,
    summary: summaryOf(payment),
    decided: (approved, reason) => decided(hub, payment, bank, authorisation, approved, reason),
    returnUrl: () => returnUrl(payment),
    callbackUrl: payment.order.callbackUrl,
    callbackState: payment.order.callbackState,
  });
  payment.authorisation = authorisation;
  hub.authorisations.set(authorisation.key, authorisation);
  if (bank.approach === 'redirect') {
    payment.link = `${payment.base}/ui/bank/${authorisation.key}`;
    changePayment(hub, payment, 'INITIATION_PENDING_REDIRECT_AUTH', { bankStatus: 'RCVD' });
    return;
  }
  changePayment(hub, payment, 'INITIATION_PENDING_EMBEDDED_AUTH', { bankStatus: 'RCVD' });
  if (Object.keys(payment.initialValues).length > 0) {
    takeValues(hub, payment, payment.initialValues);
  }
}

/** Values for the bank: first being checked, then what the bank makes of them. @returns the seconds until then. */
export function provideValues(hub: Hub, payment: Payment, values: Readonly<Record<string, string>>): number {
  changePayment(hub, payment, 'INITIATION_PENDING_EMBEDDED_AUTH_VERIFICATION');
  const wait = payment.slowSeconds ?? hub.profile.bankAnswerSeconds;
  hub.soon(wait, () => {
    if (payment.status === 'INITIATION_PENDING_EMBEDDED_AUTH_VERIFICATION') {
      takeValues(hub, payment, values);
    }
  });
  return wait;
}

function takeValues(hub: Hub, payment: Payment, values: Readonly<Record<string, string>>): void {
  const { authorisation } = payment;
  if (!authorisation) {
    return;
  }
  const next = provide(hub, authorisation, values);
  if (next === 'more') {
    changePayment(hub, payment, 'INITIATION_PENDING_EMBEDDED_AUTH');
  } else if (next === 'app') {
    changePayment(hub, payment, 'INITIATION_PENDING_DECOUPLED_AUTH');
  } else if (next === 'approved') {
    authorisation.state = 'approved';
    authorised(hub, payment, authorisation);
  } else {
    authorisation.state = 'refused';
    changePayment(hub, payment, 'INITIATION_REJECTED', {
      reason: next.refused,
      bankStatus: authorisation.bank.words.rejected,
    });
  }
}

/** The PSU answered at the bank's page or in its app. */
function decided(
  hub: Hub,
  payment: Payment,
  bank: Bank,
  authorisation: Authorisation,
  approved: boolean,
  reason?: string,
): void {
  const current = () => payment.authorisation === authorisation && isAuthorising(payment.status);
  if (!current()) {
    return;
  }
  const finish = () => {
    if (!current()) {
      return;
    }
    if (approved) {
      authorised(hub, payment, authorisation);
    } else {
      changePayment(hub, payment, 'INITIATION_DECLINED', {
        reason: reason ?? 'Payment initiation has been declined.',
        bankStatus: bank.words.rejected,
      });
    }
  };
  if (bank.approach === 'redirect') {
    changePayment(hub, payment, 'INITIATION_PENDING_REDIRECT_AUTH_VERIFICATION');
    hub.soon(hub.profile.verificationSeconds, finish);
  } else {
    finish();
  }
}

export function cancel(hub: Hub, payment: Payment): void {
  close(payment);
  changePayment(hub, payment, 'CANCELED', { reason: 'Cancelled by the TPP', bankStatus: 'CANC' });
}

/** Forty minutes are over: EXPIRED when nobody came, FAILED when somebody began and did not finish. */
function lapse(hub: Hub, payment: Payment): void {
  if (!isPending(payment.status)) {
    return;
  }
  const begun: PaymentStatus[] = ['INITIATION_PENDING_EMBEDDED_AUTH', 'INITIATION_PENDING_REDEMPTION'];
  const failed = begun.includes(payment.status) || payment.authorisation?.customer !== undefined;
  close(payment);
  changePayment(hub, payment, failed ? 'INITIATION_FAILED' : 'INITIATION_EXPIRED', {
    reason: failed ? 'The authorisation was not finished in time' : 'The user never authorised the payment',
  });
}

function close({ authorisation }: Payment): void {
  if (authorisation?.state === 'open') {
    authorisation.state = 'closed';
  }
}

function summaryOf({ order }: Payment): Authorisation['summary'] {
  const { creditorName, creditorAccount, amount, currency, remittance, debtorAccount } = order;
  return {
    kind: 'payment',
    payee: creditorName ?? 'Settlement account',
    creditor: creditorAccount,
    amount,
    currency,
    remittance,
    debtor: debtorAccount,
  };
}

/** Back to the TPP, as the hub does it. */
export function returnUrl({ id, memberId, order }: Payment): string {
  const url = new URL(order.callbackUrl);
  url.searchParams.set('payment-id', id);
  if (order.callbackState !== undefined) {
    url.searchParams.set('state', order.callbackState);
  }
  if (order.flowType === 'API_ONLY') {
    url.searchParams.set('member-id', memberId);
  }
  return url.href;
}
