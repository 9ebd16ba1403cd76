import { randomUUID } from 'node:crypto';
import { assertAcceptsJson, chooseType } from '../accept.js';
import type { Answer } from '../answer.js';
import { balancesView, referenceView } from '../account-view.js';
import {
  accountInPath,
  assertRight,
  openAccess,
  readWithBalance,
  resourceIdOf,
  type AisAccess,
} from '../ais-access.js';
import type { Call } from '../call.js';
import type { Account } from '../customer.js';
import type { Endpoint } from '../endpoint.js';
import { completeRead, countRead } from '../frequency.js';
import { TppError } from '../tpp-error.js';
import { camtReport } from './camt.js';
import { mtReport } from './mt94x.js';
import { REPORT_TYPES, type ReportType } from './report-type.js';
import { oddList } from './oddities.js';
import { BOOKING_STATUSES, wants, type ReportQuery } from './report-query.js';
import { readReportQuery } from './report-request.js';
import { markRead, pageLinks, pageOf, selectReport, type Report } from './report.js';
import { standingOrderView, transactionView } from './transaction-view.js';

const LIST = '/v1/accounts/:accountId/transactions';

/** Transactions: `/v1/accounts/{account-id}/transactions`, as JSON, camt XML or MT94x text. */
export const transactionEndpoints: readonly Endpoint[] = [
  { operation: 'transactions.list', method: 'GET', path: LIST, handle: list },
  { operation: 'transactions.get', method: 'GET', path: `${LIST}/:transactionId`, handle: get },
  { operation: 'transactions.download', method: 'GET', path: `${LIST}/download/:downloadId`, handle: download },
];

function list(call: Call): Answer {
  const query = readReportQuery(call, BOOKING_STATUSES);
  const withBalance = readWithBalance(call);
  const access = openAccess(call);
  const account = readableAccount(call, access, withBalance);
  const type = chooseReportType(call, account, query);
  const report = selectReport(access.consent, account, query);
  if (query.page === 0) {
    countRead(call, access.consent, 'transactions.list', account);
  }
  if (call.bank.profile.download) {
    return downloadLink(call, access, report);
  }
  if (type === 'application/json') {
    return jsonAnswer(call, access, report, withBalance);
  }
  finishRead(call, access, account);
  return textAnswer(call, report, type);
}

function get(call: Call): Answer {
  assertAcceptsJson(call);
  const access = openAccess(call);
  const account = readableAccount(call, access, false);
  const id = call.param('transactionId');
  const transaction = [...account.transactions, ...account.pending].find((candidate) => candidate.id === id);
  if (!transaction) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such transaction', 'transactionId');
  }
  countRead(call, access.consent, 'transactions.get', account, id);
  const path = `/v1/accounts/${resourceIdOf(call, access.consent, account)}`;
  const { _links, ...details } = transactionView(call, account, transaction, path);
  return { status: 200, body: { [call.bank.profile.detailsKey]: details } };
}

/** The report behind a download link, whole and in the type that Accept names then. */
function download(call: Call): Answer {
  const access = openAccess(call);
  const account = readableAccount(call, access, false);
  const query = access.consent.downloads.get(call.param('downloadId'));
  if (!query) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such download', 'downloadId');
  }
  const report = selectReport(access.consent, account, { ...query, page: 0, pageSize: Number.MAX_SAFE_INTEGER });
  const type = chooseReportType(call, account, query);
  if (type === 'application/json') {
    return jsonAnswer(call, access, report, false);
  }
  finishRead(call, access, account);
  return textAnswer(call, report, type);
}

function jsonAnswer(call: Call, access: AisAccess, report: Report, withBalance: boolean): Answer {
  const { account, query } = report;
  const { profile } = call.bank;
  const { shown, pages } = pageOf(report.booked, query);
  const path = `/v1/accounts/${resourceIdOf(call, access.consent, account)}`;
  const first = query.page === 0;
  if (query.page >= pages - 1) {
    finishRead(call, access, account);
  }
  const booked = shown.map((entry) => transactionView(call, account, entry, path));
  const pending = first ? report.pending.map((entry) => transactionView(call, account, entry, path)) : [];
  const orders = first ? account.standingOrders.map((order) => standingOrderView(call, account, order)) : [];
  return {
    status: 200,
    body: {
      account: referenceView(account),
      transactions: {
        ...(wants(query, 'booked') ? oddList(profile, 'booked', booked) : {}),
        ...(wants(query, 'pending') ? oddList(profile, 'pending', pending) : {}),
        ...(wants(query, 'information') ? oddList(profile, 'information', orders) : {}),
        _links: { account: call.links.api(path), ...pageLinks(call, `${path}/transactions`, query.page, pages) },
      },
      ...(withBalance ? { balances: balancesView(call, account) } : {}),
    },
  };
}

function textAnswer(call: Call, report: Report, type: Exclude<ReportType, 'application/json'>): Answer {
  const body = type === 'application/xml' ? camtReport(call.bank, report) : mtReport(call.bank, report);
  return { status: 200, headers: { 'Content-Type': `${type}; charset=utf-8` }, body };
}

/** A bank that gives no list but a link to the whole report. */
function downloadLink(call: Call, { consent }: AisAccess, { account, query }: Report): Answer {
  const id = randomUUID();
  consent.downloads.set(id, query);
  const path = `/v1/accounts/${resourceIdOf(call, consent, account)}/transactions/download/${id}`;
  return { status: 200, body: { account: referenceView(account), _links: { download: call.links.api(path) } } };
}

/** The account, when the consent gives its transactions (and its balances, if they are wanted too). */
function readableAccount(call: Call, access: AisAccess, withBalance: boolean): Account {
  const account = accountInPath(call, access);
  assertRight(access.rights, 'transactions', account);
  if (withBalance) {
    assertRight(access.rights, 'balances', account);
  }
  return account;
}

/** Standing orders exist in JSON only. */
function chooseReportType(call: Call, account: Account, query: ReportQuery): ReportType {
  const [first = 'application/json', ...more] = account.reportTypes ?? REPORT_TYPES;
  return chooseType(call, query.bookingStatus === 'information' ? ['application/json'] : [first, ...more]);
}

/** The report was read to its end. */
function finishRead(call: Call, { consent }: AisAccess, account: Account): void {
  markRead(consent, account.id, account.transactions.length);
  completeRead(call, consent, 'transactions.list', account);
}
