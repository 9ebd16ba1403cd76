import { randomInt } from 'node:crypto';
import type { Bank } from './bank.js';
import { isFinal, type Authorisation, type ScaSubject } from './authorisation.js';
import { isBasketOpen, type SigningBasket } from './baskets/basket.js';
import type { Consent } from './consent.js';
import { moveConsent, replaceOlderConsents } from './consent-life.js';
import type { Account } from './customer.js';
import { moveFundsConsent } from './funds/funds-consent.js';
import { finishCancellation } from './payments/cancellation-rules.js';
import { UNAUTHORISED_STATUSES, type Payment } from './payments/payment.js';
import { beginSettlement, movePayment, rejectPayment } from './payments/settlement.js';
import { beginStandingOrder } from './payments/standing-order-run.js';
import { signaturesNeeded } from './subject-rules.js';

/** The SCA ended well. `chosen` is the PSU's choice of accounts for bank-offered access. */
export function finalise(bank: Bank, authorisation: Authorisation, chosen: readonly Account[] = []): void {
  const { subject, psu } = authorisation;
  authorisation.status = 'finalised';
  subject.psu ??= psu;
  // Two authorisations of one PSU may run side by side; they are one signature.
  if (psu && !subject.signed.includes(psu)) {
    subject.signed.push(psu);
  }
  if (subject.kind === 'consent' && chosen.length > 0) {
    subject.chosen = chosen;
  }
  if (subject.signed.length < signaturesNeeded(subject)) {
    acceptInPart(bank, subject);
  } else {
    accept(bank, subject);
  }
}

/**
 * The PSU said yes on the bank's own page. Where the bank wants the TPP to confirm that the same browser came back, the
 * authorisation waits as `unconfirmed`.
 * @returns the code for the way back, if there is one.
 */
export function finaliseAtBank(
  bank: Bank,
  authorisation: Authorisation,
  chosen: readonly Account[],
): string | undefined {
  if (!bank.profile.confirmationCodes || authorisation.oauth) {
    finalise(bank, authorisation, chosen);
    return undefined;
  }
  const code = String(randomInt(10_000_000, 99_999_999));
  authorisation.status = 'unconfirmed';
  authorisation.confirmation = { code, chosen };
  return code;
}

/** The SCA ended badly: refused by the PSU, too many tries, no method. */
export function fail(bank: Bank, authorisation: Authorisation, reasonCode = 'DS02'): void {
  if (isFinal(authorisation.status)) {
    return;
  }
  authorisation.status = 'failed';
  refuse(bank, authorisation.subject, reasonCode);
}

/** Nobody finished it in time. Another authorisation of the same resource may still be under way. */
export function timeOut(bank: Bank, authorisation: Authorisation): void {
  if (isFinal(authorisation.status)) {
    return;
  }
  authorisation.status = 'failed';
  const others = bank.authorisationsOf(authorisation.subject);
  if (others.every(({ status }) => status === 'failed')) {
    refuse(bank, authorisation.subject, 'DS0H');
  }
}

/** Every signature is there. */
function accept(bank: Bank, subject: ScaSubject): void {
  switch (subject.kind) {
    case 'payment':
      // A second SCA may end when the payment is on its way: it is authorised once.
      if (UNAUTHORISED_STATUSES.includes(subject.status)) {
        begin(bank, subject);
      }
      return;
    case 'cancellation':
      return finishCancellation(bank, subject);
    case 'consent':
      if (moveConsent(bank, subject, 'valid')) {
        replaceOlderConsents(bank, subject);
      }
      return;
    case 'basket':
      subject.status = 'ACTC';
      for (const member of openMembers(subject)) {
        acceptMember(bank, subject, member);
      }
      return;
    case 'fundsConsent':
      moveFundsConsent(subject, 'valid');
  }
}

function begin(bank: Bank, payment: Payment): void {
  if (payment.plan) {
    beginStandingOrder(bank, payment);
  } else {
    beginSettlement(bank, payment);
  }
}

/** What became of them in the meantime stands: a cancelled payment stays cancelled. */
function openMembers({ payments, consents }: SigningBasket): (Payment | Consent)[] {
  return [
    ...payments.filter(({ status }) => UNAUTHORISED_STATUSES.includes(status)),
    ...consents.filter(({ status }) => status === 'received' || status === 'partiallyAuthorised'),
  ];
}

/** The basket's SCA counts for each member. */
function acceptMember(bank: Bank, basket: SigningBasket, member: Payment | Consent): void {
  member.psu ??= basket.psu;
  member.signed = [...basket.signed];
  accept(bank, member);
}

/** Another PSU must sign too. */
function acceptInPart(bank: Bank, subject: ScaSubject): void {
  switch (subject.kind) {
    case 'payment':
      movePayment(bank, subject, 'PATC');
      return;
    case 'consent':
      moveConsent(bank, subject, 'partiallyAuthorised');
      return;
    case 'basket':
      subject.status = 'PATC';
      for (const member of openMembers(subject)) {
        acceptInPart(bank, member);
      }
      return;
    case 'cancellation':
    // The payment goes on until all agree that it shall not.
    case 'fundsConsent':
    // One signature is enough for it.
  }
}

function refuse(bank: Bank, subject: ScaSubject, reasonCode: string): void {
  switch (subject.kind) {
    case 'consent':
      moveConsent(bank, subject, 'rejected');
      return;
    case 'payment':
      if (UNAUTHORISED_STATUSES.includes(subject.status)) {
        rejectPayment(bank, subject, reasonCode);
      }
      return;
    case 'cancellation':
      // The payment goes on; a new DELETE may try again.
      subject.status = subject.status === 'open' ? 'refused' : subject.status;
      return;
    case 'basket':
      // Its members are free again: the basket was refused, not they.
      subject.status = isBasketOpen(subject) ? 'RJCT' : subject.status;
      return;
    case 'fundsConsent':
      moveFundsConsent(subject, 'rejected');
  }
}
