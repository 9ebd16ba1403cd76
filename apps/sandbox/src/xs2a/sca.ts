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
import { assertAuthorisable, assertOwns, assertSamePsu, fail, finalise, timeOut } from './sca-outcome.js';
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
export function readScaUpdate(body: unknown): ScaUpdate {
  const shape = Shape.of(body ?? {});
  const names = ['psuData', 'authenticationMethodId', 'scaAuthenticationData', 'confirmationCode'];
  const given = names.filter((name) => shape.has(name));
  if (given.length > 1) {
    throw new ShapeError(given[1] ?? '', `must not stand next to ${given[0]}`);
  }
  switch (given[0] ?? '') {
    case 'psuData': {
      const psuData = shape.object('psuData');
      const foreign = psuData.names.find((name) => name !== 'password');
      if (foreign !== undefined) {
        throw new TppError(400, 'PARAMETER_NOT_SUPPORTED', 'This bank takes a password only', `psuData.${foreign}`);
      }
      return { kind: 'password', password: psuData.text('password', { max: 200 }) };
    }
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
  assertAuthorisable(subject, psu);
  assertSamePsu(subject, psu);
  const owner = psu ?? subject.psu;
  if (owner) {
    assertOwns(subject, owner);
  }
  subject.psu = owner;
  const approach = resolveApproach(bank.profile, owner, subject.wish);
  const authorisation: Authorisation = {
    id: randomUUID(),
    subject,
    approach: APPROACH_HEADER[approach],
    oauth: approach === 'oauth',
    status: 'received',
    wrongCodes: 0,
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
    if (subject.preStep && authorisation.approach === 'EMBEDDED') {
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
      return authenticate(bank, authorisation, psu, update.password);
    case 'method':
      return selectMethod(authorisation, psu, update.methodId);
    case 'code':
      return authorise(bank, authorisation, update.code);
    case 'confirmation':
      throw new TppError(400, 'SCA_INVALID', 'This bank asks for no confirmation code');
  }
}

function assertFits(authorisation: Authorisation, update: ScaUpdate): void {
  const { approach, status } = authorisation;
  const embedded = EMBEDDED_STEPS[status];
  const fitting = approach === 'EMBEDDED' ? embedded : approach === 'DECOUPLED' ? decoupledSteps(status) : [];
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
  authorisation.subject.psu = psu;
  authorisation.status = authorisation.approach === 'DECOUPLED' ? 'started' : 'psuIdentified';
}

function authenticate(bank: Bank, authorisation: Authorisation, psu: Customer, password: string): void {
  if (authorisation.status === 'received') {
    identify(authorisation, psu);
  }
  if (password !== psu.password) {
    authorisation.subject.wrongPasswords += 1;
    throw wrongCredentials(bank, authorisation, authorisation.subject.wrongPasswords, 'psuData.password');
  }
  if (authorisation.approach === 'EMBEDDED') {
    offerMethods(bank, authorisation, psu);
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
