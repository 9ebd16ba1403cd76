import type { TransactionSnapshot } from '@tributary/domain';
import { malformed, type UpstreamAnswer } from '../../kit/http.js';
import { MalformedAnswer } from '../../kit/json.js';
import { textOf } from '../../kit/charset.js';
import { readCamt } from '../../kit/reports/camt.js';
import { readMt94x } from '../../kit/reports/mt94x.js';
import type { Report } from '../../kit/reports/report.js';
import { readRows } from '../../kit/rows.js';
import type { HeldAccount, ProviderDeps, ReadMark, ReadRows } from '../../port/index.js';
import { accountStateOf } from './account-state.js';
import type { Xs2aClient } from '../client.js';
import { type Links, readLinks } from '../links.js';
import { providerId, type ReportFormat, type Xs2aSettings } from '../settings.js';
import { cardTransactionSnapshot, transactionSnapshot } from './transaction-row.js';
import { cardTransaction, transaction, transactionReport, type WireTransactionReport } from './wire.js';

/** An answer about transactions, whatever its format. */
export interface TransactionReport {
  /** null: the answer has no lists, only links. */
  readonly lists: ReadRows<TransactionSnapshot> | null;
  readonly links: Links;
  /** Against which the page's links are compared. */
  readonly url: URL;
  readonly mark?: ReadMark | undefined;
}

const mediaTypes: Readonly<Record<ReportFormat, string>> = {
  json: 'application/json',
  camt: 'application/xml',
  mt94x: 'text/plain',
};

/** `Accept`, the best first (RFC 9110 section 12.5.1). */
export function acceptHeader(formats: readonly ReportFormat[] = ['json']): string {
  return formats
    .map((format, index) => (index === 0 ? mediaTypes[format] : `${mediaTypes[format]};q=0.${9 - index}`))
    .join(', ');
}

/** Reads answers about transactions by their media type (Implementation Guidelines 1.3, section 6.5.4). */
export function createReportReader(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
): (answer: UpstreamAnswer, account: HeldAccount) => Promise<TransactionReport> {
  /** Links stand at the top, inside the lists, or in both. */
  function linksOf({ transactions, cardTransactions }: WireTransactionReport, top: Links, url: URL): Links {
    const { _links: inner } = transactions ?? cardTransactions ?? {};
    return { ...readLinks(inner, url, settings).links, ...top };
  }

  function inJson(answer: UpstreamAnswer, account: HeldAccount): TransactionReport {
    const { value, links, url } = client.decode(answer, transactionReport);
    const lists = value.transactions ?? value.cardTransactions;
    const page = { links: linksOf(value, links, url), url };
    if (lists === undefined) return { ...page, lists: null };
    const { card } = accountStateOf(account);
    const debitAccounting = card && (value.debitAccounting ?? card.debitAccounting);
    const rowsOf = (rows: readonly unknown[], status: TransactionSnapshot['status']) =>
      debitAccounting === undefined
        ? readRows(rows, transaction, (wire, raw) => transactionSnapshot(wire, raw, status, account, settings))
        : readRows(rows, cardTransaction, (wire, raw) => cardTransactionSnapshot(wire, raw, status, debitAccounting));
    const both = [rowsOf(lists.booked, 'booked'), rowsOf(lists.pending, 'pending')];
    return {
      ...page,
      lists: {
        rows: both.flatMap(({ rows }) => rows),
        unreadable: both.flatMap(({ unreadable }) => unreadable),
      },
      mark: card === undefined ? markOf(lists.booked, settings) : undefined,
    };
  }

  async function inOtherFormat(
    answer: UpstreamAnswer,
    read: (text: string) => Report | Promise<Report>,
  ): Promise<TransactionReport> {
    const { url, operation } = answer.request;
    try {
      const { rows, unreadable, findings } = await read(textOf(answer.body, answer.headers['content-type']));
      for (const finding of new Set(findings)) deps.warn({ operation, message: `report: ${finding}` });
      return { lists: { rows, unreadable }, links: {}, url };
    } catch (error) {
      if (error instanceof MalformedAnswer) throw malformed(providerId, answer, error);
      throw error;
    }
  }

  return async (answer, account) => {
    switch (formatOf(answer)) {
      case 'json':
        return inJson(answer, account);
      case 'camt':
        return inOtherFormat(answer, (xml) => readCamt(xml, account));
      case 'mt94x':
        return inOtherFormat(answer, (text) => readMt94x(text, account));
    }
  };
}

/** By the media type; by the first characters where that says nothing, or where JSON passes for text, as it does at some banks. */
function formatOf({ headers, body }: UpstreamAnswer): ReportFormat {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (/^(?:application|text)\/(?:[\w.-]+\+)?xml$/.test(type)) return 'camt';
  if (type !== '' && type !== 'text/plain' && type !== 'application/octet-stream') return 'json';
  const start = body.toString('latin1', 0, 200).trimStart();
  if (/^(?:\{\s*["}]|\[)/.test(start)) return 'json';
  return type !== 'text/plain' && start.startsWith('<') ? 'camt' : 'mt94x';
}

/** Where a delta read can go on: at the newest booked entry that has a reference. An older one of its day only brings entries again. */
function markOf(booked: readonly unknown[], { deltaAccess }: Xs2aSettings): ReadMark | undefined {
  if (deltaAccess === 'deltaList') return { day: '', token: deltaAccess };
  if (deltaAccess === undefined) return undefined;
  let newest: ReadMark | undefined;
  for (const { entryReference, bookingDate } of readRows(booked, transaction, (wire) => wire).rows) {
    if (entryReference === undefined || bookingDate === undefined) continue;
    if (newest === undefined || bookingDate > newest.day) newest = { day: bookingDate, token: entryReference };
  }
  return newest;
}
