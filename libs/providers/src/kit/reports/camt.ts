import { MoneyError } from '@tributary/domain';
import { MalformedAnswer, text } from '../json.js';
import { readRowsInTurns } from '../rows.js';
import { parseXml, type XmlElement } from '../xml.js';
import { bookingOf, readEntry } from './camt-entry.js';
import {
  type Booking,
  contradicts,
  foreignReport,
  ibanIn,
  isForeign,
  type Report,
  type ReportAccount,
} from './report.js';

/** Where each message keeps its reports: camt.052, camt.053, camt.054 (ISO 20022 Bank-to-Customer Cash Management). */
const messages = {
  BkToCstmrAcctRpt: 'Rpt',
  BkToCstmrStmt: 'Stmt',
  BkToCstmrDbtCdtNtfctn: 'Ntfctn',
} as const;

/**
 * Reads a camt.052, camt.053 or camt.054 document, of any version from 001.02 on. An entry that cannot be read is reported with its
 * own XML, and the others are read.
 * @throws MalformedAnswer for what is no such document as a whole
 */
export async function readCamt(xml: string, account: ReportAccount): Promise<Report> {
  const parts = reportsIn(parseXml(xml, ['Ntry']));
  const reports: Report[] = [];
  for (const part of parts) reports.push(await readReport(part, missingPages(part, parts), account));
  return {
    rows: reports.flatMap(({ rows }) => rows),
    unreadable: reports.flatMap(({ unreadable }) => unreadable),
    findings: reports.flatMap(({ findings }) => findings),
  };
}

function reportsIn(root: XmlElement): readonly XmlElement[] {
  const document = root.name === 'Document' ? root : root.at('Document');
  for (const [message, report] of Object.entries(messages)) {
    const found = document?.at(message);
    if (found) return found.all(report);
  }
  throw new MalformedAnswer('', 'a camt.052, camt.053 or camt.054 document');
}

async function readReport(report: XmlElement, missing: Report['unreadable'], account: ReportAccount): Promise<Report> {
  const iban = ibanIn(report.at('Acct', 'Id', 'IBAN')?.text);
  if (isForeign(iban, account)) return foreignReport;
  const entries = report.all('Ntry').map(({ source }) => `<Ntry>${source}</Ntry>`);
  const own = new Set(account.identifiers.map(({ value }) => value));
  const read = await readRowsInTurns(entries, text, (source) => readEntry(source, own));
  const rows = read.rows.flatMap((entry) => entry.rows);
  const informative = read.rows.filter((entry) => entry.rows.length === 0).length;
  return {
    rows,
    unreadable: [...read.unreadable, ...missing],
    findings: [
      ...(informative > 0 ? [`${informative} entries for information only were left out`] : []),
      ...(read.unreadable.length === 0 &&
      contradicts(balance(report, ['OPBD', 'PRCD']), rows, balance(report, ['CLBD']))
        ? ['the entries do not lead from the opening to the closing balance']
        : []),
    ],
  };
}

/**
 * A report in pages of which this is not the last, and the next one is not in the document: the interface has no way to it, so that
 * it must not pass for nothing.
 */
function missingPages(report: XmlElement, all: readonly XmlElement[]): Report['unreadable'] {
  const pages = pagesOf(report);
  if (pages?.at('LastPgInd')?.text !== 'false') return [];
  const number = pages.at('PgNb')?.text ?? null;
  if (number !== null && all.some((other) => pagesOf(other)?.at('PgNb')?.text === String(Number(number) + 1)))
    return [];
  return [{ why: 'the report has more pages, and names no way to them', raw: number }];
}

function pagesOf(report: XmlElement): XmlElement | undefined {
  return report.at('StmtPgntn') ?? report.at('RptPgntn') ?? report.at('NtfctnPgntn');
}

function balance(report: XmlElement, codes: readonly string[]): Booking | undefined {
  const balances = report.all('Bal');
  const found = codes
    .map((code) => balances.find((each) => each.at('Tp', 'CdOrPrtry', 'Cd')?.text === code))
    .find((each) => each !== undefined);
  if (!found) return undefined;
  try {
    return bookingOf(found);
  } catch (error) {
    if (error instanceof MalformedAnswer || error instanceof MoneyError) return undefined;
    throw error;
  }
}
