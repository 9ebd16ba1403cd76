import { assertAcceptsJson } from '../accept.js';
import { openAccess, resourceIdOf, type AisAccess } from '../ais-access.js';
import type { Answer } from '../answer.js';
import { withBadRow } from '../bad-row.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { completeRead, countRead } from '../frequency.js';
import { oddList } from '../reports/oddities.js';
import { CARD_BOOKING_STATUSES, wants } from '../reports/report-query.js';
import { readReportQuery } from '../reports/report-request.js';
import { markRead, pageLinks, pageOf, selectBooked } from '../reports/report.js';
import { TppError } from '../tpp-error.js';
import type { CardAccount } from './card-account.js';
import {
  accountingView,
  cardAccountView,
  cardBalancesView,
  cardReferenceView,
  cardTransactionView,
} from './card-view.js';

const LIST = '/v1/card-accounts';
const ONE = `${LIST}/:accountId`;

/** Card accounts: `/v1/card-accounts`. */
export const cardEndpoints: readonly Endpoint[] = [
  { operation: 'cards.list', method: 'GET', path: LIST, handle: list },
  { operation: 'cards.get', method: 'GET', path: ONE, handle: get },
  { operation: 'cards.balances', method: 'GET', path: `${ONE}/balances`, handle: balances },
  { operation: 'cards.transactions', method: 'GET', path: `${ONE}/transactions`, handle: transactions },
];

function list(call: Call): Answer {
  assertAcceptsJson(call);
  const { consent, rights } = openAccess(call);
  countRead(call, consent, 'cards.list');
  const views = rights.cards.accounts.map((card) => cardAccountView(call, consent, rights, card));
  const cardAccounts = withBadRow(call.bank.profile, views, 'account');
  completeRead(call, consent, 'cards.list');
  return { status: 200, body: { cardAccounts } };
}

function get(call: Call): Answer {
  assertAcceptsJson(call);
  const access = openAccess(call);
  const card = cardInPath(call, access);
  countRead(call, access.consent, 'cards.get', card);
  return { status: 200, body: { cardAccount: cardAccountView(call, access.consent, access.rights, card) } };
}

function balances(call: Call): Answer {
  assertAcceptsJson(call);
  const access = openAccess(call);
  const card = cardInPath(call, access, 'balances');
  countRead(call, access.consent, 'cards.balances', card);
  completeRead(call, access.consent, 'cards.balances', card);
  const shown = withBadRow(call.bank.profile, cardBalancesView(card), 'balance');
  return { status: 200, body: { cardAccount: cardReferenceView(card), ...accountingView(card), balances: shown } };
}

function transactions(call: Call): Answer {
  assertAcceptsJson(call);
  const query = readReportQuery(call, CARD_BOOKING_STATUSES);
  const access = openAccess(call);
  const card = cardInPath(call, access, 'transactions');
  const { consent } = access;
  const selected = wants(query, 'booked') ? selectBooked(consent, card.id, card.transactions, query) : [];
  const { shown, pages } = pageOf(selected, query);
  if (query.page === 0) {
    countRead(call, consent, 'cards.transactions', card);
  }
  if (query.page >= pages - 1) {
    markRead(consent, card.id, card.transactions.length);
    completeRead(call, consent, 'cards.transactions', card);
  }
  const { profile } = call.bank;
  const path = `${LIST}/${resourceIdOf(call, consent, card)}`;
  const booked = shown.map((entry) => cardTransactionView(card, entry));
  const pending = query.page === 0 ? card.pending.map((entry) => cardTransactionView(card, entry)) : [];
  return {
    status: 200,
    body: {
      cardAccount: cardReferenceView(card),
      ...accountingView(card),
      cardTransactions: {
        ...(wants(query, 'booked') ? oddList(profile, 'booked', booked) : {}),
        ...(wants(query, 'pending') ? oddList(profile, 'pending', pending) : {}),
        _links: { cardAccount: call.links.api(path), ...pageLinks(call, `${path}/transactions`, query.page, pages) },
      },
    },
  };
}

/**
 * The card account in the path, with the right to what is read of it.
 * @throws TppError 401 CONSENT_INVALID without the right, 404 RESOURCE_UNKNOWN where a global consent finds no such card.
 */
function cardInPath(call: Call, { consent, rights }: AisAccess, right?: 'balances' | 'transactions'): CardAccount {
  if (rights.listOnly) {
    throw new TppError(401, 'CONSENT_INVALID', 'The consent allows the list of accounts only');
  }
  const id = call.param('accountId');
  const card = rights.cards.accounts.find((candidate) => resourceIdOf(call, consent, candidate) === id);
  if (!card) {
    throw consent.access.shape === 'allPsd2'
      ? new TppError(404, 'RESOURCE_UNKNOWN', 'No such card account', 'account-id')
      : new TppError(401, 'CONSENT_INVALID', 'The consent does not reach this card account', 'account-id');
  }
  if (right && !rights.cards[right].includes(card)) {
    throw new TppError(401, 'CONSENT_INVALID', `The consent gives no right to ${right}`);
  }
  return card;
}
