import type { TransactionSnapshot } from '@tributary/domain';
import {
  type AccountInformation,
  type CallContext,
  type HeldAccount,
  ProviderError,
  type ProviderDeps,
  type TransactionPage,
  type TransactionQuery,
} from '../../port/index.js';
import { identifiersOf, moneyOf } from './account-reference.js';
import { accountCaller, accountUrl } from './accounts.js';
import type { Answered, Xs2aClient } from '../client.js';
import { directionOf } from './direction.js';
import { type Links, readLinks, trustedOrigins } from '../links.js';
import { readRows } from '../../kit/rows.js';
import { providerId, type Xs2aSettings } from '../settings.js';
import { transaction, transactionReport, type WireTransaction, type WireTransactionReport } from '../wire.js';

const dayMs = 24 * 60 * 60 * 1_000;

/** Transactions in JSON, page by page along the bank's own links (Implementation Guidelines 1.3, section 6.5.4). */
export function createTransactions(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
): Pick<AccountInformation, 'readTransactions'> {
  function firstPage(account: HeldAccount, query: TransactionQuery): URL {
    const url = accountUrl(client, account, 'transactions');
    const from =
      query.from ?? new Date(deps.now().getTime() - (settings.historyDays ?? 90) * dayMs).toISOString().slice(0, 10);
    url.searchParams.set('bookingStatus', query.status);
    url.searchParams.set('dateFrom', from);
    if (query.to !== undefined) url.searchParams.set('dateTo', query.to);
    return url;
  }

  /** Links stand at the top, inside `transactions`, or in both. */
  function linksOf({ value, links, url }: Answered<WireTransactionReport>): Links {
    const { _links: inner } = value.transactions ?? {};
    return { ...readLinks(inner, url, settings).links, ...links };
  }

  return {
    async readTransactions(consent, account, query, context): Promise<TransactionPage> {
      const operation = 'readTransactions';
      const caller = accountCaller(consent, operation, context);
      const read = (url: URL): Promise<Answered<WireTransactionReport>> =>
        client.call({ operation, service: 'ais', method: 'GET', url }, caller, context, transactionReport);
      // A cursor is the bank's own link to the next page; the transport refuses it unless it stays at the bank.
      const url = query.cursor === undefined ? firstPage(account, query) : cursorUrl(query.cursor, settings, context);
      let report = await read(url);
      const download = linksOf(report)['download'];
      // Some banks answer with a link to the report only. That is no empty account.
      if (report.value.transactions === undefined && download !== undefined) report = await read(new URL(download));
      const { transactions } = report.value;
      if (transactions === undefined) throw withoutLists(context);
      const { booked, pending } = transactions;
      const rowsOf = (list: readonly unknown[], status: TransactionSnapshot['status']) =>
        readRows(list, transaction, (wire, raw) => transactionSnapshot(wire, raw, status, account, settings));
      const lists = [rowsOf(booked, 'booked'), rowsOf(pending, 'pending')];
      return {
        rows: lists.flatMap(({ rows }) => rows),
        unreadable: lists.flatMap(({ unreadable }) => unreadable),
        next: nextPage(linksOf(report), url, report.url, deps),
      };
    },
  };
}

function transactionSnapshot(
  wire: WireTransaction,
  raw: unknown,
  status: TransactionSnapshot['status'],
  account: HeldAccount,
  settings: Xs2aSettings,
): TransactionSnapshot {
  const { minor, currency } = moneyOf(wire.transactionAmount);
  const direction = directionOf(wire, minor < 0n, account, settings.amountSigns);
  const credit = direction === 'credit';
  const counterparty = credit ? wire.debtorAccount : wire.creditorAccount;
  return {
    reference: wire.transactionId ?? wire.entryReference,
    status,
    bookedOn: wire.bookingDate,
    valueOn: wire.valueDate,
    amount: { minor: minor < 0n ? -minor : minor, currency },
    direction,
    counterparty: {
      name: credit ? wire.debtorName : wire.creditorName,
      account: counterparty === undefined ? undefined : identifiersOf(counterparty)[0],
    },
    remittance: remittanceOf(wire),
    endToEndId: wire.endToEndId,
    bankCode: wire.bankTransactionCode,
    balanceAfter: wire.balanceAfterTransaction && moneyOf(wire.balanceAfterTransaction.balanceAmount),
    raw,
  };
}

/** The array repeats and completes the single text, so it is taken where there is one. */
function remittanceOf(wire: WireTransaction): TransactionSnapshot['remittance'] {
  const text = wire.remittanceInformationUnstructured;
  const lines = wire.remittanceInformationUnstructuredArray ?? [];
  const structured = wire.remittanceInformationStructured ?? wire.remittanceInformationStructuredArray?.[0];
  const single = text === undefined || text === '' ? [] : [text];
  return { unstructured: lines.length > 0 ? lines : single, structured };
}

/** The cursor as a URL of this bank. It comes back through an app, so it is checked like any input. */
function cursorUrl(cursor: string, settings: Xs2aSettings, { traceId }: CallContext): URL {
  if (URL.canParse(cursor) && trustedOrigins(settings).has(new URL(cursor).origin)) return new URL(cursor);
  const message = '"cursor" is not one that this account gave; start again without it.';
  throw new ProviderError({ kind: 'rejected', provider: providerId, operation: 'readTransactions', traceId, message });
}

/** Neither lists nor a link to them that we may follow: taking that for an empty account would lose every row. */
function withoutLists({ traceId }: CallContext): ProviderError {
  const message = "The institution's answer has no transactions, and no link to them on a host of its own.";
  return new ProviderError({
    kind: 'malformed',
    provider: providerId,
    operation: 'readTransactions',
    traceId,
    message,
  });
}

/** The link to the page after this one; a page that links to itself ends the list instead of keeping us in it. */
function nextPage({ next }: Links, requested: URL, answered: URL, deps: ProviderDeps): string | null {
  if (next === undefined) return null;
  if (next !== requested.href && next !== answered.href) return next;
  deps.warn({ operation: 'readTransactions', message: 'the next page is the same page again; the list ends here' });
  return null;
}
