import { rightsOf, type AccountAccess } from './access.js';
import type { ScaSubject } from './authorisation.js';
import type { Bank } from './bank.js';
import { isBasketOpen, type SigningBasket } from './baskets/basket.js';
import type { Consent } from './consent.js';
import type { Customer } from './customer.js';
import type { FundsConsent } from './funds/funds-consent.js';
import { assertCancellable } from './payments/cancellation-rules.js';
import { UNAUTHORISED_STATUSES, type Payment } from './payments/payment.js';
import { TppError } from './tpp-error.js';

/**
 * Whether an authorisation may be started on this resource.
 * @throws TppError with the answer for one that is past it.
 */
export function assertAuthorisable(bank: Bank, subject: ScaSubject, psu: Customer | undefined): void {
  assertOpen(bank, subject, psu);
  if (bank.openBasketOf(subject)) {
    throw new TppError(400, 'RESOURCE_BLOCKED', 'It is in a signing basket: authorise that');
  }
  if (psu) {
    assertNotSigned(subject, psu);
  }
}

/** Several signatures are those of several PSUs. */
export function assertNotSigned(subject: ScaSubject, psu: Customer): void {
  if (subject.signed.includes(psu)) {
    throw new TppError(409, 'STATUS_INVALID', 'This PSU has authorised it already', 'PSU-ID');
  }
}

function assertOpen(bank: Bank, subject: ScaSubject, psu: Customer | undefined): void {
  switch (subject.kind) {
    case 'consent':
      return assertConsentOpen(subject, psu);
    case 'payment':
      return assertPaymentOpen(subject, psu);
    case 'cancellation':
      if (subject.status === 'done') {
        throw new TppError(409, 'STATUS_INVALID', 'The cancellation is authorised already');
      }
      return assertCancellable(bank, subject.payment);
    case 'basket':
      return assertBasketOpen(subject);
    case 'fundsConsent':
      return assertFundsConsentOpen(subject);
  }
}

/** How many PSUs must authorise it: one, or as many as the account wants that it is about. */
export function signaturesNeeded(subject: ScaSubject): number {
  switch (subject.kind) {
    case 'cancellation':
      return subject.payment.debtor.signatures;
    case 'payment':
      return subject.debtor.signatures;
    case 'consent': {
      const accounts = subject.psu ? rightsOf(subject.access, subject.psu, subject.chosen).accounts : [];
      return Math.max(1, ...accounts.map(({ signatures }) => signatures));
    }
    case 'basket':
      return Math.max(...[...subject.payments, ...subject.consents].map(signaturesNeeded));
    case 'fundsConsent':
      return 1;
  }
}

/** Where one PSU signs, it is the one that began; where several do, each must own what it is about. */
export function assertSamePsu(subject: ScaSubject, psu: Customer | undefined): void {
  if (!psu || !subject.psu || psu === subject.psu) {
    return;
  }
  if (signaturesNeeded(subject) === 1) {
    throw new TppError(401, 'PSU_CREDENTIALS_INVALID', 'Another PSU has this consent or payment', 'PSU-ID');
  }
  assertOwns(subject, psu);
}

/** Whether this PSU has what the TPP asks for. */
export function assertOwns(subject: ScaSubject, psu: Customer): void {
  switch (subject.kind) {
    case 'payment':
      return assertOwnsDebtor(subject, psu);
    case 'cancellation':
      return assertOwnsDebtor(subject.payment, psu);
    case 'consent':
      return assertMaySign(subject, psu);
    case 'basket':
      for (const member of [...subject.payments, ...subject.consents]) {
        assertOwns(member, psu);
      }
      return;
    case 'fundsConsent':
      if (!psu.accounts.includes(subject.account)) {
        throw new TppError(401, 'PSU_CREDENTIALS_INVALID', 'The account is not of this PSU', 'account');
      }
  }
}

/** @throws TppError 401 CONSENT_INVALID when none of the named accounts is of this PSU. */
export function assertOwnsAccess(access: AccountAccess, psu: Customer): void {
  if (access.shape === 'dedicated' && !ownsAny(access, psu)) {
    throw new TppError(401, 'CONSENT_INVALID', 'None of the accounts in the consent is of this PSU', 'access');
  }
}

function ownsAny(access: AccountAccess, psu: Customer): boolean {
  const { accounts, cards } = rightsOf(access, psu, []);
  return accounts.length + cards.accounts.length > 0;
}

/** A second signer of a consent must share an account that it shows. */
function assertMaySign(consent: Consent, psu: Customer): void {
  assertOwnsAccess(consent.access, psu);
  const shown = consent.psu ? rightsOf(consent.access, consent.psu, consent.chosen).accounts : [];
  const shares = consent.psu === undefined || consent.psu === psu || shown.some((one) => psu.accounts.includes(one));
  if (!shares) {
    throw new TppError(401, 'PSU_CREDENTIALS_INVALID', 'This PSU has none of the accounts in the consent', 'PSU-ID');
  }
}

function assertOwnsDebtor(payment: Payment, psu: Customer): void {
  if (!psu.accounts.includes(payment.debtor)) {
    throw new TppError(401, 'PSU_CREDENTIALS_INVALID', 'The debtor account is not of this PSU', 'debtorAccount');
  }
}

function assertConsentOpen(consent: Consent, psu: Customer | undefined): void {
  switch (consent.status) {
    case 'received':
    case 'partiallyAuthorised':
      return;
    case 'expired':
      throw new TppError(403, 'CONSENT_EXPIRED', 'The consent has expired; create a new one');
    case 'valid':
      assertSamePsu(consent, psu);
      throw new TppError(409, 'STATUS_INVALID', 'The consent is authorised already');
    case 'rejected':
    case 'revokedByPsu':
    case 'terminatedByTpp':
      throw new TppError(403, 'RESOURCE_EXPIRED', `The consent is ${consent.status}; create a new one`);
  }
}

function assertBasketOpen(basket: SigningBasket): void {
  if (basket.status === 'RJCT' || basket.status === 'CANC') {
    throw new TppError(403, 'RESOURCE_EXPIRED', `The basket is ${basket.status}; create a new one`);
  }
  if (!isBasketOpen(basket)) {
    throw new TppError(409, 'STATUS_INVALID', 'The basket is authorised already');
  }
}

function assertFundsConsentOpen({ status }: FundsConsent): void {
  if (status === 'valid') {
    throw new TppError(409, 'STATUS_INVALID', 'The consent is authorised already');
  }
  if (status !== 'received') {
    throw new TppError(403, 'RESOURCE_EXPIRED', `The consent is ${status}; create a new one`);
  }
}

function assertPaymentOpen(payment: Payment, psu: Customer | undefined): void {
  if (payment.status === 'RJCT' || payment.status === 'CANC') {
    throw new TppError(403, 'RESOURCE_EXPIRED', `The payment is ${payment.status}; initiate a new one`);
  }
  if (!UNAUTHORISED_STATUSES.includes(payment.status)) {
    assertSamePsu(payment, psu);
    throw new TppError(409, 'STATUS_INVALID', 'The payment is authorised already');
  }
}
