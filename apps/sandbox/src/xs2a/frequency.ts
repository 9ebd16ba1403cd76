import type { Call } from './call.js';
import { consentRights, type Consent } from './consent.js';
import { moveConsent } from './consent-life.js';
import type { Operation } from './operations.js';
import { TppError } from './tpp-error.js';

/** What is counted on its own. */
type ReadOperation = Extract<
  Operation,
  `accounts.${string}` | `balances.${string}` | `transactions.${string}` | `cards.${string}` | 'beneficiaries.list'
>;

/**
 * Counts one read: per consent, endpoint and account, per day. Not counted while the PSU takes part, unless the consent
 * is one-off; a one-off consent has each read once in its life.
 * @throws TppError 429 ACCESS_EXCEEDED.
 */
export function countRead(
  call: Call,
  consent: Consent,
  operation: ReadOperation,
  account?: { id: string },
  detail = '',
): void {
  if (!consent.metered || (consent.recurring && call.attended)) {
    return;
  }
  const day = consent.recurring ? call.bank.clock.today() : 'once';
  const key = `${day} ${readKey(operation, account)} ${detail}`;
  const reads = consent.reads.get(key) ?? 0;
  if (reads >= consent.frequencyPerDay) {
    throw new TppError(429, 'ACCESS_EXCEEDED', `The consent allows ${consent.frequencyPerDay} such reads a day`);
  }
  consent.reads.set(key, reads + 1);
}

/** Notes that a read came to its end (the last page); a one-off consent expires when everything was read. */
export function completeRead(call: Call, consent: Consent, operation: ReadOperation, account?: { id: string }): void {
  if (consent.recurring || !consent.metered) {
    return;
  }
  consent.completed.add(readKey(operation, account));
  if (everyRead(consent).every((key) => consent.completed.has(key))) {
    moveConsent(call.bank, consent, 'expired');
  }
}

function everyRead(consent: Consent): string[] {
  const rights = consentRights(consent);
  const list = readKey('accounts.list', undefined);
  const { cards, listOnly } = rights ?? { cards: undefined, listOnly: true };
  const cardList = cards && cards.accounts.length > 0 ? [readKey('cards.list', undefined)] : [];
  if (!rights || listOnly) {
    return [list, ...cardList];
  }
  return [
    list,
    ...cardList,
    ...rights.cards.balances.map((card) => readKey('cards.balances', card)),
    ...rights.cards.transactions.map((card) => readKey('cards.transactions', card)),
    ...rights.balances.map((account) => readKey('balances.list', account)),
    ...rights.transactions.map((account) => readKey('transactions.list', account)),
  ];
}

function readKey(operation: ReadOperation, account: { id: string } | undefined): string {
  return `${operation} ${account?.id ?? ''}`;
}
