import { EMBEDDED_STEPS, type Authorisation, type ScaUpdate } from './authorisation.js';
import type { Bank } from './bank.js';
import { BRANCH_CODE, wantsAdditionalPassword, type Passwords } from './credentials.js';
import type { Customer } from './customer.js';
import { fail, finalise } from './sca-outcome.js';
import { assertNotSigned, assertOwns } from './subject-rules.js';
import { TppError } from './tpp-error.js';

/**
 * One step of the PSU, carried by the TPP.
 * @throws TppError 400 SERVICE_INVALID when it does not fit the stage, 401 PSU_CREDENTIALS_INVALID when it is wrong.
 */
export function applyUpdate(
  bank: Bank,
  authorisation: Authorisation,
  psu: Customer | undefined,
  update: ScaUpdate,
): void {
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

/** The bank knows who the PSU is; one that has signed already cannot sign again. */
export function identify(authorisation: Authorisation, psu: Customer): void {
  assertOwns(authorisation.subject, psu);
  assertNotSigned(authorisation.subject, psu);
  authorisation.psu = psu;
  authorisation.subject.psu ??= psu;
  authorisation.status = authorisation.approach === 'DECOUPLED' ? 'started' : 'psuIdentified';
}

/** One password or two, as the bank wants; the second may come with the first or in a step of its own. */
function authenticate(bank: Bank, authorisation: Authorisation, psu: Customer, given: Passwords): void {
  if (authorisation.status === 'received') {
    identify(authorisation, psu);
  }
  const { password, additionalPassword, branchCode } = given;
  if (password === undefined && !authorisation.passwordGiven) {
    throw new TppError(400, 'SERVICE_INVALID', 'The additional password comes after the first one', 'psuData');
  }
  const wrong =
    (branchCode !== undefined && branchCode !== BRANCH_CODE) ||
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

/** The PSU is authenticated: the methods come next. */
export function offerMethods(bank: Bank, authorisation: Authorisation, psu: Customer): void {
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
