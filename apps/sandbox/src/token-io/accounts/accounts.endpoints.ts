import { isDate } from '../../kit/clock.js';
import { ok, type Answer } from '../answer.js';
import { ApiError, notFound } from '../api-error.js';
import type { Call } from '../call.js';
import type { Account, AccountEntry } from '../customers/customer.js';
import type { Endpoint } from '../endpoint.js';
import { dottedPage } from '../pages.js';
import type { Token } from '../tokens/token.js';
import { findAccount, openAccess } from './access.js';
import { accountView, balanceView, standingOrderView, transactionView } from './account-view.js';

const ONE = '/accounts/:accountId';
const SUCCESSFUL = 'SUCCESSFUL_REQUEST';
const DAY_MS = 86_400_000;

/** Account information, each call under the consent in `on-behalf-of`. */
export const accountEndpoints: readonly Endpoint[] = [
  { operation: 'accounts.list', method: 'GET', path: '/accounts', handle: listAccounts },
  { operation: 'accounts.get', method: 'GET', path: ONE, handle: getAccount },
  { operation: 'balances.list', method: 'GET', path: '/account-balance', handle: listBalances },
  { operation: 'balances.get', method: 'GET', path: `${ONE}/balance`, handle: getBalance },
  { operation: 'transactions.list', method: 'GET', path: `${ONE}/transactions`, handle: listTransactions },
  { operation: 'transactions.get', method: 'GET', path: `${ONE}/transaction/:transactionId`, handle: getTransaction },
  { operation: 'standingOrders.list', method: 'GET', path: `${ONE}/standing-orders`, handle: listStandingOrders },
  {
    operation: 'standingOrders.get',
    method: 'GET',
    path: `${ONE}/standing-orders/:standingOrderId`,
    handle: getStandingOrder,
  },
];

function listAccounts(call: Call): Answer {
  const token = openAccess(call, 'accounts.list', 'ACCOUNTS');
  return ok({ accounts: token.accounts.map((account) => accountView(account, standardOf(call, token))) });
}

function getAccount(call: Call): Answer {
  const token = openAccess(call, 'accounts.get', 'ACCOUNTS');
  return ok({ account: accountView(findAccount(token, call.param('accountId')), standardOf(call, token)) });
}

/** One row per account that was asked for; a row of an account outside the consent says INVALID_REQUEST, the answer is 200. */
function listBalances(call: Call): Answer {
  const token = openAccess(call, 'balances.list', 'BALANCES');
  const wanted = call.queryList('accountId');
  const ids = wanted.length > 0 ? wanted : token.accounts.map(({ id }) => id);
  const rows = ids.map((id) => {
    const account = token.accounts.find((one) => one.id === id);
    return account
      ? { balance: balanceView(account, call.hub.nowMs()), status: SUCCESSFUL }
      : { balance: { accountId: id }, status: 'INVALID_REQUEST' };
  });
  return ok({ response: rows });
}

function getBalance(call: Call): Answer {
  const token = openAccess(call, 'balances.get', 'BALANCES');
  const account = findAccount(token, call.param('accountId'));
  return ok({ balance: balanceView(account, call.hub.nowMs()), status: SUCCESSFUL });
}

/** Newest first; `startDate` and `endDate` only where the bank can filter. */
function listTransactions(call: Call): Answer {
  const token = openAccess(call, 'transactions.list', 'TRANSACTIONS');
  const account = findAccount(token, call.param('accountId'));
  const entries = withinDates(call, token, account).toReversed();
  const page = dottedPage(call, entries, ({ id }) => id);
  const standard = standardOf(call, token);
  return ok({
    offset: page.next,
    status: SUCCESSFUL,
    transactions: page.items.map((entry) => transactionView(account, entry, token.id, standard)),
  });
}

function withinDates(call: Call, token: Token, account: Account): AccountEntry[] {
  const bank = call.hub.banks.get(token.bankId);
  const [from, to] = [readDate(call, 'startDate'), readDate(call, 'endDate')];
  const filters = bank?.capabilities.supportsTransactionsDateFilter === true;
  if ((from !== undefined || to !== undefined) && !filters) {
    throw new ApiError(501, `${token.bankId} cannot filter by date`, { external: true });
  }
  const wanted = token.request.body.kind === 'access' ? token.request.body.historyDays : undefined;
  const limit = bank && bank.transactionHistoryLimit > 0 ? bank.transactionHistoryLimit : undefined;
  const days = Math.min(wanted ?? Number.POSITIVE_INFINITY, limit ?? Number.POSITIVE_INFINITY);
  return account.entries.filter(({ atMs }) => {
    const date = new Date(atMs).toISOString().slice(0, 10);
    return (
      (from === undefined || date >= from) &&
      (to === undefined || date <= to) &&
      atMs >= call.hub.nowMs() - days * DAY_MS
    );
  });
}

function readDate(call: Call, name: string): string | undefined {
  const text = call.query(name);
  if (text !== undefined && !isDate(text)) {
    throw new ApiError(400, 'must be YYYY-MM-DD', { paths: [name] });
  }
  return text;
}

function getTransaction(call: Call): Answer {
  const token = openAccess(call, 'transactions.get', 'TRANSACTIONS');
  const account = findAccount(token, call.param('accountId'));
  const entry = account.entries.find(({ id }) => id === call.param('transactionId'));
  if (!entry) {
    throw notFound('transaction', call.param('transactionId'));
  }
  return ok({ status: SUCCESSFUL, transaction: transactionView(account, entry, token.id, standardOf(call, token)) });
}

function listStandingOrders(call: Call): Answer {
  const token = openAccess(call, 'standingOrders.list', 'STANDING_ORDERS');
  const account = findAccount(token, call.param('accountId'));
  const page = dottedPage(call, account.standingOrders.toReversed(), ({ id }) => id);
  return ok({
    offset: page.next,
    standingOrders: page.items.map((order) => standingOrderView(account, order)),
    status: SUCCESSFUL,
  });
}

function getStandingOrder(call: Call): Answer {
  const token = openAccess(call, 'standingOrders.get', 'STANDING_ORDERS');
  const account = findAccount(token, call.param('accountId'));
  const order = account.standingOrders.find(({ id }) => id === call.param('standingOrderId'));
  if (!order) {
    throw notFound('standing order', call.param('standingOrderId'));
  }
  return ok({ standingOrder: standingOrderView(account, order), status: SUCCESSFUL });
}

/** The standard of the bank decides what else stands in an answer. */
function standardOf({ hub }: Call, { bankId }: Token): string {
  return hub.banks.get(bankId)?.standard ?? '';
}
