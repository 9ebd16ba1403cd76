import { rightsOf, type AccountAccess } from './access.js';
import type { Bank } from './bank.js';
import { isFinal, type Authorisation, type ScaSubject } from './authorisation.js';
import { moveConsent, replaceOlderConsents } from './consent-life.js';
import type { Account, Customer } from './customer.js';
import { beginSettlement, rejectPayment } from './settlement.js';
import { TppError } from './tpp-error.js';

/**
 * Whether an authorisation may be started on this resource.
 * @throws TppError with the answer for one that is past it.
 */
export function assertAuthorisable(subject: ScaSubject, psu: Customer | undefined): void {
  if (subject.kind === 'consent') {
    switch (subject.status) {
      case 'received':
      case 'partiallyAuthorised':
        return;
      case 'expired':
        throw new TppError(403, 'CONSENT_EXPIRED', 'The consent has expired; create a new one');
      case 'valid':
        assertSamePsu(subject, psu);
        throw new TppError(409, 'STATUS_INVALID', 'The consent is authorised already');
      case 'rejected':
      case 'revokedByPsu':
      case 'terminatedByTpp':
        throw new TppError(403, 'RESOURCE_EXPIRED', `The consent is ${subject.status}; create a new one`);
    }
  }
  if (subject.status === 'RJCT' || subject.status === 'CANC') {
    throw new TppError(403, 'RESOURCE_EXPIRED', `The payment is ${subject.status}; initiate a new one`);
  }
  if (subject.status !== 'RCVD' && subject.status !== 'PATC') {
    assertSamePsu(subject, psu);
    throw new TppError(409, 'STATUS_INVALID', 'The payment is authorised already');
  }
}

/** Consents and payments here have one PSU. */
export function assertSamePsu(subject: ScaSubject, psu: Customer | undefined): void {
  if (psu && subject.psu && psu !== subject.psu) {
    throw new TppError(401, 'PSU_CREDENTIALS_INVALID', 'Another PSU has this consent or payment', 'PSU-ID');
  }
}

/** Whether this PSU has what the TPP asks for. */
export function assertOwns(subject: ScaSubject, psu: Customer): void {
  if (subject.kind === 'payment' && subject.debtor.customer !== psu) {
    throw new TppError(401, 'PSU_CREDENTIALS_INVALID', 'The debtor account is not of this PSU', 'debtorAccount');
  }
  if (subject.kind === 'consent') {
    assertOwnsAccess(subject.access, psu);
  }
}

/** @throws TppError 401 CONSENT_INVALID when none of the named accounts is of this PSU. */
export function assertOwnsAccess(access: AccountAccess, psu: Customer): void {
  if (access.shape === 'dedicated' && rightsOf(access, psu, []).accounts.length === 0) {
    throw new TppError(401, 'CONSENT_INVALID', 'None of the accounts in the consent is of this PSU', 'access');
  }
}

/** The SCA ended well. `chosen` is the PSU's choice of accounts for bank-offered access. */
export function finalise(bank: Bank, authorisation: Authorisation, chosen: readonly Account[] = []): void {
  const { subject, psu } = authorisation;
  authorisation.status = 'finalised';
  subject.psu = psu;
  if (subject.kind === 'payment') {
    beginSettlement(bank, subject);
  } else if (moveConsent(bank, subject, 'valid')) {
    subject.chosen = chosen;
    replaceOlderConsents(bank, subject);
  }
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

function refuse(bank: Bank, subject: ScaSubject, reasonCode: string): void {
  if (subject.kind === 'consent') {
    moveConsent(bank, subject, 'rejected');
  } else if (subject.status === 'RCVD' || subject.status === 'PATC') {
    rejectPayment(bank, subject, reasonCode);
  }
}
