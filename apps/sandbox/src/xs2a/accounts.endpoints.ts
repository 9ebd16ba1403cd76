import { assertAcceptsJson } from './accept.js';
import type { Answer } from './answer.js';
import { accountView, balancesView, referenceView } from './account-view.js';
import { accountInPath, assertRight, openAccess, readWithBalance } from './ais-access.js';
import { withBadRow } from './bad-row.js';
import type { Call } from './call.js';
import type { Endpoint } from './endpoint.js';
import { completeRead, countRead } from './frequency.js';

/** Accounts and balances: `/v1/accounts`. */
export const accountEndpoints: readonly Endpoint[] = [
  { operation: 'accounts.list', method: 'GET', path: '/v1/accounts', handle: list },
  { operation: 'accounts.get', method: 'GET', path: '/v1/accounts/:accountId', handle: get },
  { operation: 'balances.list', method: 'GET', path: '/v1/accounts/:accountId/balances', handle: balances },
];

function list(call: Call): Answer {
  assertAcceptsJson(call);
  const { consent, rights } = openAccess(call);
  const withBalance = readWithBalance(call);
  if (withBalance) {
    assertRight(rights, 'balances');
  }
  countRead(call, consent, 'accounts.list');
  const views = rights.accounts.map((account) => accountView(call, consent, rights, account, withBalance));
  completeRead(call, consent, 'accounts.list');
  return { status: 200, body: { accounts: withBadRow(call.bank.profile, views, 'account') } };
}

function get(call: Call): Answer {
  assertAcceptsJson(call);
  const access = openAccess(call);
  const account = accountInPath(call, access);
  const withBalance = readWithBalance(call);
  if (withBalance) {
    assertRight(access.rights, 'balances', account);
  }
  countRead(call, access.consent, 'accounts.get', account);
  return { status: 200, body: { account: accountView(call, access.consent, access.rights, account, withBalance) } };
}

function balances(call: Call): Answer {
  assertAcceptsJson(call);
  const access = openAccess(call);
  const account = accountInPath(call, access);
  assertRight(access.rights, 'balances', account);
  countRead(call, access.consent, 'balances.list', account);
  completeRead(call, access.consent, 'balances.list', account);
  const shown = withBadRow(call.bank.profile, balancesView(call, account), 'balance');
  return { status: 200, body: { account: referenceView(account), balances: shown } };
}
