import { isWaitingForApp, type Authorisation } from './authorisation.js';
import type { Bank } from './bank.js';
import type { Account, Customer } from './customer.js';
import { fail, finalise } from './sca-outcome.js';
import { TppError } from './tpp-error.js';

export type Decision = 'approve' | 'reject';

/** The requests that wait in the bank's app, for one customer or for all. */
export function waitingRequests(bank: Bank, psu?: Customer): Authorisation[] {
  return [...bank.authorisations.values()].filter(
    (authorisation) => isWaitingForApp(authorisation) && (psu === undefined || authorisation.psu === psu),
  );
}

/**
 * The PSU's answer in the app; the TPP sees it when it polls. Without a choice all accounts are meant.
 * @throws TppError 409 when nothing waits.
 */
export function decide(
  bank: Bank,
  authorisation: Authorisation,
  decision: Decision,
  chosen: readonly Account[] = [],
): void {
  if (!isWaitingForApp(authorisation)) {
    throw new TppError(409, 'STATUS_INVALID', `The authorisation is ${authorisation.status}: nothing to decide`);
  }
  if (decision === 'reject') {
    fail(bank, authorisation);
  } else {
    finalise(bank, authorisation, chosen.length > 0 ? chosen : (authorisation.psu?.accounts ?? []));
  }
}
