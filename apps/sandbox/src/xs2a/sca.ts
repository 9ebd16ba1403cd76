import { randomBytes, randomUUID } from 'node:crypto';
import { resolveApproach, type Approach } from './approach.js';
import { isFinal, type Authorisation, type ScaApproach, type ScaSubject, type ScaUpdate } from './authorisation.js';
import type { Bank } from './bank.js';
import type { Customer } from './customer.js';
import { timeOut } from './sca-outcome.js';
import { applyUpdate, identify, offerMethods } from './sca-steps.js';
import { assertAuthorisable, assertOwns, assertSamePsu } from './subject-rules.js';
import type { ScaWish } from './subject.js';
import { TppError } from './tpp-error.js';

const APPROACH_HEADER: Readonly<Record<Approach, ScaApproach>> = {
  embedded: 'EMBEDDED',
  redirect: 'REDIRECT',
  oauth: 'REDIRECT',
  decoupled: 'DECOUPLED',
};

/** The approach that an authorisation started now would have. */
export function approachOf(bank: Bank, subject: ScaSubject): ScaApproach {
  return APPROACH_HEADER[resolveApproach(bank.profile, subject.psu, subject.wish)];
}

/**
 * Makes an authorisation and applies what the start brought. When the password is wrong, the authorisation stays open
 * for another try and the error has the link.
 */
export function startAuthorisation(
  bank: Bank,
  subject: ScaSubject,
  psu: Customer | undefined,
  update: ScaUpdate,
  wish: ScaWish = subject.wish,
): Authorisation {
  assertAuthorisable(bank, subject, psu);
  assertSamePsu(subject, psu);
  const owner = psu ?? nextSigner(subject);
  if (owner) {
    assertOwns(subject, owner);
  }
  subject.psu ??= owner;
  const approach = resolveApproach(bank.profile, owner, wish);
  const authorisation: Authorisation = {
    id: randomUUID(),
    subject,
    approach: APPROACH_HEADER[approach],
    oauth: approach === 'oauth',
    wish,
    status: 'received',
    wrongCodes: 0,
    passwordGiven: false,
    browserKey: randomBytes(18).toString('base64url'),
    createdAt: bank.clock.now(),
  };
  if (subject.kind === 'consent' && subject.access.shape === 'bankOffered' && authorisation.approach === 'EMBEDDED') {
    throw new TppError(400, 'SERVICE_INVALID', 'The PSU chooses the accounts at the bank: not in embedded', 'access');
  }
  const seconds =
    authorisation.approach === 'REDIRECT' ? bank.profile.redirectSeconds : bank.profile.confirmationSeconds;
  bank.schedule.at(bank.clock.nowMs() + seconds * 1000, () => timeOut(bank, authorisation));
  bank.addAuthorisation(authorisation);
  if (authorisation.approach !== 'REDIRECT' && owner) {
    identify(authorisation, owner);
    if (subject.preStep && owner === subject.psu && authorisation.approach === 'EMBEDDED') {
      offerMethods(bank, authorisation, owner);
    }
  }
  if (update.kind !== 'identification' && authorisation.approach !== 'REDIRECT') {
    applyUpdate(bank, authorisation, owner, update);
  }
  return authorisation;
}

/** A PUT on the authorisation. */
export function updateAuthorisation(
  bank: Bank,
  authorisation: Authorisation,
  psu: Customer | undefined,
  update: ScaUpdate,
): void {
  if (authorisation.status === 'failed' && update.kind === 'confirmation') {
    throw new TppError(400, 'SCA_INVALID', 'The authorisation has failed');
  }
  if (isFinal(authorisation.status)) {
    throw new TppError(409, 'STATUS_INVALID', `The authorisation is ${authorisation.status}`);
  }
  assertSamePsu(authorisation.subject, psu);
  assertItsPsu(authorisation, psu);
  applyUpdate(bank, authorisation, psu ?? authorisation.psu, update);
}

/** Without PSU-ID the PSU of the resource is meant, as long as he has not signed yet. */
function nextSigner({ psu, signed }: ScaSubject): Customer | undefined {
  return psu && signed.includes(psu) ? undefined : psu;
}

/** An authorisation belongs to the PSU that began it, also where several sign. */
function assertItsPsu(authorisation: Authorisation, psu: Customer | undefined): void {
  if (psu && authorisation.psu && psu !== authorisation.psu) {
    throw new TppError(401, 'PSU_CREDENTIALS_INVALID', 'Another PSU began this authorisation', 'PSU-ID');
  }
}
