import {
  type AccountInformation,
  type CallContext,
  type HeldAccount,
  type HeldConsent,
  ProviderError,
  type ProviderDeps,
  type TransactionPage,
  type TransactionQuery,
} from '../../port/index.js';
import { accountCaller, accountUrl } from './account-state.js';
import type { Xs2aClient } from '../client.js';
import { type Links, trustedOrigins } from '../links.js';
import { acceptHeader, createReportReader, type TransactionReport } from './report.js';
import { providerId, type Xs2aSettings } from '../settings.js';

const dayMs = 24 * 60 * 60 * 1_000;

/** Transactions, page by page along the bank's own links, in any format (Implementation Guidelines 1.3, sections 6.5.4 and 6.6.4). */
export function createTransactions(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
): Pick<AccountInformation, 'readTransactions'> {
  const readReport = createReportReader(settings, deps, client);
  const headers = { accept: acceptHeader(settings.reportFormats) };

  function firstPage(account: HeldAccount, query: TransactionQuery, context: CallContext): URL {
    const url = accountUrl(client, account, 'transactions');
    url.searchParams.set('bookingStatus', query.status);
    if (query.since === undefined) {
      const start = new Date(deps.now().getTime() - (settings.historyDays ?? 90) * dayMs).toISOString().slice(0, 10);
      url.searchParams.set('dateFrom', query.from ?? start);
      if (query.to !== undefined) url.searchParams.set('dateTo', query.to);
    } else if (settings.deltaAccess === 'entryReferenceFrom') {
      url.searchParams.set('entryReferenceFrom', query.since);
    } else if (settings.deltaAccess === 'deltaList') {
      url.searchParams.set('deltaList', 'true');
    } else {
      throw refused('unsupported', 'This connection has no delta access: read the whole window.', context);
    }
    return url;
  }

  async function report(
    consent: HeldConsent,
    account: HeldAccount,
    url: URL,
    context: CallContext,
  ): Promise<TransactionReport> {
    const caller = accountCaller(consent, operation, context);
    const receive = (from: URL) =>
      client.receive({ operation, service: 'ais', method: 'GET', url: from, headers }, caller, context);
    const answered = await readReport(await receive(url), account);
    const { download } = answered.links;
    // Some banks answer with a link to the report only. That is no empty account.
    if (answered.lists !== null || download === undefined) return answered;
    return readReport(await receive(new URL(download)), account);
  }

  return {
    async readTransactions(consent, account, query, context): Promise<TransactionPage> {
      // A cursor is the bank's own link to the next page; the transport refuses it unless it stays at the bank.
      const url =
        query.cursor === undefined ? firstPage(account, query, context) : cursorUrl(query.cursor, settings, context);
      const page = await report(consent, account, url, context);
      // Neither lists nor a link to them that we may follow: taking that for an empty account would lose every row.
      if (page.lists === null) throw refused('malformed', withoutLists, context);
      return { ...page.lists, next: nextPage(page.links, url, page.url, deps), mark: page.mark };
    },
  };
}

const operation = 'readTransactions';

const withoutLists = "The institution's answer has no transactions, and no link to them on a host of its own.";

/** The cursor as a URL of this bank. It comes back through an app, so it is checked like any input. */
function cursorUrl(cursor: string, settings: Xs2aSettings, context: CallContext): URL {
  if (URL.canParse(cursor) && trustedOrigins(settings).has(new URL(cursor).origin)) return new URL(cursor);
  throw refused('rejected', '"cursor" is not one that this account gave; start again without it.', context);
}

function refused(
  kind: 'rejected' | 'malformed' | 'unsupported',
  message: string,
  { traceId }: CallContext,
): ProviderError {
  return new ProviderError({ kind, provider: providerId, operation, traceId, message });
}

/** The link to the page after this one; a page that links to itself ends the list instead of keeping us in it. */
function nextPage({ next }: Links, requested: URL, answered: URL, deps: ProviderDeps): string | null {
  if (next === undefined) return null;
  if (next !== requested.href && next !== answered.href) return next;
  deps.warn({ operation, message: 'the next page is the same page again; the list ends here' });
  return null;
}
