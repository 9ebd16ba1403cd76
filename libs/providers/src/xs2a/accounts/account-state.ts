import { dictionary, flag, optional, type Read, record, text } from '../../kit/json.js';
import type { CallContext, Continuation, HeldAccount, HeldConsent } from '../../port/index.js';
import type { Caller, Xs2aClient } from '../client.js';
import { known } from '../precondition.js';

const state = record({
  links: dictionary(text),
  /** Only of card accounts; whether debits are quoted positive there. */
  card: optional(record({ debitAccounting: flag })),
});
/** What is kept of an account between two calls. */
export type AccountState = Read<typeof state>;

export function accountStateOf({ continuation }: Pick<HeldAccount, 'continuation'>): AccountState {
  return continuation === null ? { links: {}, card: undefined } : state(continuation, 'continuation');
}

export function keptAccount({ links, card }: AccountState): Continuation {
  return { links, ...(card && { card: { debitAccounting: card.debitAccounting } }) };
}

/** The account's own link for a kind of data; the framework's path where the bank sends no links. */
export function accountUrl(client: Xs2aClient, held: HeldAccount, kind: 'balances' | 'transactions'): URL {
  const link = accountStateOf(held).links[kind];
  if (link !== undefined) return new URL(link);
  const url = ownUrl(client, held);
  url.pathname = `${url.pathname}/${kind}`;
  return url;
}

/** The account itself by the framework's path. */
export function ownUrl(client: Xs2aClient, held: HeldAccount): URL {
  return client.url('v1', accountStateOf(held).card === undefined ? 'accounts' : 'card-accounts', held.reference);
}

export function accountCaller(consent: HeldConsent, operation: string, context: CallContext): Caller {
  const consentReference = known(consent.reference, operation, context);
  return { psu: consent.psu, tokens: consent.tokens, consentReference };
}
