import { randomBytes, randomUUID } from 'node:crypto';
import { Shape, ShapeError } from '../kit/shape.js';
import { resolveApproach, type Approach } from './approach.js';
import {
  EMBEDDED_STEPS,
  isFinal,
  type Authorisation,
  type ScaApproach,
  type ScaSubject,
  type ScaUpdate,
} from './authorisation.js';
import type { Bank } from './bank.js';
import type { Customer } from './customer.js';
import { readPasswords, wantsAdditionalPassword, type Passwords } from './credentials.js';
import { fail, finalise, timeOut } from './sca-outcome.js';
import { assertAuthorisable, assertOwns, assertSamePsu } from './subject-rules.js';
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
 * Reads the body of a start or an update; no body and `{}` are PSU identification.
 * @throws ShapeError naming the wrong field, TppError for parts that this bank does not take.
 */
export function readScaUpdate(bank: Bank, body: unknown): ScaUpdate {
  const shape = Shape.of(body ?? {});
  const names = ['psuData', 'authenticationMethodId', 'scaAuthenticationData', 'confirmationCode'];
  const given = names.filter((name) => shape.has(name));
  if (given.length > 1) {
    throw new ShapeError(given[1] ?? '', `must not stand next to ${given[0]}`);
  }
  switch (given[0] ?? '') {
    case 'psuData':
      return { kind: 'password', ...readPasswords(bank, shape.object('psuData')) };
    case 'authenticationMethodId':
      return { kind: 'method', methodId: shape.text('authenticationMethodId', { max: 35 }) };
    case 'scaAuthenticationData':
      return { kind: 'code', code: shape.text('scaAuthenticationData', { max: 100 }) };
    case 'confirmationCode':
      return { kind: 'confirmation', confirmationCode: shape.text('confirmationCode', { max: 200 }) };
    default:
      return { kind: 'identification' };
  }
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
): Authorisation {
  assertAuthorisable(bank, subject, psu);
  assertSamePsu(subject, psu);
  const owner = psu ?? nextSigner(subject);
  if (owner) {
    assertOwns(subject, owner);
  }
  subject.psu ??= owner;
  const approach = resolveApproach(bank.profile, owner, subject.wish);
  const authorisation: Authorisation = {
    id: randomUUID(),
    subject,
    approach: APPROACH_HEADER[approach],
    oauth: approach === 'oauth',
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

function applyUpdate(bank: Bank, authorisation: Authorisation, psu: Customer | undefined, update: ScaUpdate): void {
  assertFits(authorisation, update);
  if (!psu) {
    throw new TppError(400, 'FORMAT_ERROR', 'PSU-ID is missing: who is the PSU?', 'PSU-ID');
  }
  switch (update.kind) {
    case 'identification':
      return identify(authorisation, psu);
    case 'password':
      return authenticate(bank, authorisation, psu, update);
    case 'method':
      return selectMethod(authorisation, psu, update.methodId);
    case 'code':
      return authorise(bank, authorisation, update.code);
    case 'confirmation':
      return confirm(bank, authorisation, update.confirmationCode);
  }
}

function assertFits(authorisation: Authorisation, update: ScaUpdate): void {
  const { approach, status } = authorisation;
  const embedded = EMBEDDED_STEPS[status];
  const carried = approach === 'EMBEDDED' || status === 'unconfirmed';
  const fitting = carried ? embedded : approach === 'DECOUPLED' ? decoupledSteps(status) : [];
  if (!fitting.includes(update.kind)) {
    const hint = fitting.length === 0 ? 'the PSU acts at the bank' : `send ${fitting.join(' or ')}`;
    throw new TppError(400, 'SERVICE_INVALID', `${update.kind} does not fit at ${status}: ${hint}`);
  }
}

function decoupledSteps(status: Authorisation['status']): readonly ScaUpdate['kind'][] {
  return status === 'received' ? ['identification', 'password'] : status === 'started' ? ['password'] : [];
}

function identify(authorisation: Authorisation, psu: Customer): void {
  assertOwns(authorisation.subject, psu);
  authorisation.psu = psu;
  authorisation.subject.psu ??= psu;
  authorisation.status = authorisation.approach === 'DECOUPLED' ? 'started' : 'psuIdentified';
}

/** One password or two, as the bank wants; the second may come with the first or in a step of its own. */
function authenticate(bank: Bank, authorisation: Authorisation, psu: Customer, given: Passwords): void {
  if (authorisation.status === 'received') {
    identify(authorisation, psu);
  }
  const { password, additionalPassword } = given;
  if (password === undefined && !authorisation.passwordGiven) {
    throw new TppError(400, 'SERVICE_INVALID', 'The additional password comes after the first one', 'psuData');
  }
  const wrong =
    (password !== undefined && password !== psu.password) ||
    (additionalPassword !== undefined && additionalPassword !== psu.additionalPassword);
  if (wrong) {
    authorisation.subject.wrongPasswords += 1;
    throw wrongCredentials(bank, authorisation, authorisation.subject.wrongPasswords, 'psuData');
  }
  authorisation.passwordGiven = true;
  const complete = !wantsAdditionalPassword(bank.profile) || additionalPassword !== undefined;
  if (authorisation.approach === 'EMBEDDED' && complete) {
    offerMethods(bank, authorisation, psu);
  }
}

/** Redirect with a confirmation code: the right one ends the SCA well, a wrong one ends it badly. */
function confirm(bank: Bank, authorisation: Authorisation, code: string): void {
  const { confirmation } = authorisation;
  if (code !== confirmation?.code) {
    fail(bank, authorisation);
    throw new TppError(
      400,
      'SCA_INVALID',
      'The confirmation code is wrong, the authorisation failed',
      'confirmationCode',
    );
  }
  finalise(bank, authorisation, confirmation.chosen);
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

function offerMethods(bank: Bank, authorisation: Authorisation, psu: Customer): void {
  const [only, ...more] = psu.methods;
  if (only === undefined) {
    fail(bank, authorisation);
    throw new TppError(400, 'SCA_METHOD_UNKNOWN', 'The PSU has no SCA method');
  }
  authorisation.psu = psu;
  authorisation.status = 'psuAuthenticated';
  if (more.length === 0 && bank.profile.singleMethod === 'select') {
    selectMethod(authorisation, psu, only.id);
  }
}

function selectMethod(authorisation: Authorisation, psu: Customer, methodId: string): void {
  const method = psu.methods.find(({ id }) => id === methodId);
  if (!method) {
    throw new TppError(400, 'SCA_METHOD_UNKNOWN', 'No such method was offered', 'authenticationMethodId');
  }
  authorisation.method = method;
  authorisation.status = 'scaMethodSelected';
  authorisation.approach = method.decoupled ? 'DECOUPLED' : 'EMBEDDED';
}

function authorise(bank: Bank, authorisation: Authorisation, code: string): void {
  if (code !== authorisation.method?.code) {
    authorisation.wrongCodes += 1;
    throw wrongCredentials(bank, authorisation, authorisation.wrongCodes, 'scaAuthenticationData');
  }
  finalise(bank, authorisation);
}

/** Counts a wrong password or code; at the limit the authorisation fails and with it the consent or payment. */
export function wrongCredentials(bank: Bank, authorisation: Authorisation, wrong: number, path: string): TppError {
  const left = bank.profile.maxTries - wrong;
  if (left <= 0) {
    fail(bank, authorisation);
  }
  const text =
    left > 0 ? `Wrong, ${left} more ${left === 1 ? 'try' : 'tries'}` : 'Wrong too often, the authorisation failed';
  return new TppError(401, 'PSU_CREDENTIALS_INVALID', text, path);
}
