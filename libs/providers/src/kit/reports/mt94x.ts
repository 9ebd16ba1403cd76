import { MoneyError } from '@tributary/domain';
import { MalformedAnswer, text } from '../json.js';
import { readRows } from '../rows.js';
import { type Field, fieldsIn, statementsIn } from './mt-fields.js';
import { amountOf, entryKinds, readEntry } from './mt-entry.js';
import {
  type Booking,
  contradicts,
  foreignReport,
  ibanIn,
  isForeign,
  type Report,
  type ReportAccount,
} from './report.js';

/**
 * Reads MT940 statements and MT942 interim reports (SWIFT User Handbook, category 9), several in one text. An entry that cannot be read
 * is reported with its own lines, and the others are read. What an MT942 lists is pending: a statement follows.
 * @throws MalformedAnswer for a text without any statement
 */
export function readMt94x(content: string, account: ReportAccount): Report {
  const statements = statementsIn(fieldsIn(content));
  if (statements.length === 0) throw new MalformedAnswer('', 'an MT940 or MT942 message');
  const reports = statements.map((fields) => readStatement(fields, account));
  return {
    rows: reports.flatMap(({ rows }) => rows),
    unreadable: reports.flatMap(({ unreadable }) => unreadable),
    findings: reports.flatMap(({ findings }) => findings),
  };
}

function readStatement(fields: readonly Field[], account: ReportAccount): Report {
  if (isForeign(ibanIn(fieldOf(fields, ['25', '25P'])), account)) return foreignReport;
  const entries = entriesIn(fields);
  const opening = balance(fieldOf(fields, ['60F', '60M']));
  const closing = balance(fieldOf(fields, ['62F', '62M']));
  const interim = opening === undefined && closing === undefined;
  const own = account.currency === 'XXX' ? undefined : account.currency;
  const currency = (opening ?? closing)?.amount.currency ?? interimCurrency(fields) ?? own;
  const { rows, unreadable } = readRows(entries, text, (lines) =>
    readEntry(fieldsIn(lines), { currency, status: interim ? 'pending' : 'booked', raw: lines }),
  );
  const wrongSum = unreadable.length === 0 && contradicts(opening, rows, closing);
  return {
    rows,
    unreadable,
    findings: wrongSum ? ['the entries do not lead from the opening to the closing balance'] : [],
  };
}

/** The lines of each entry: `:61:`, and the `:86:` that explains it. An `:86:` elsewhere is about the statement. */
function entriesIn(fields: readonly Field[]): readonly string[] {
  return fields.flatMap(({ tag, lines }, index) => {
    if (tag !== '61') return [];
    const next = fields[index + 1];
    return [[`:61:${lines.join('\n')}`, ...(next?.tag === '86' ? [`:86:${next.lines.join('\n')}`] : [])].join('\n')];
  });
}

function fieldOf(fields: readonly Field[], tags: readonly string[]): string | undefined {
  return fields.find(({ tag }) => tags.includes(tag))?.lines[0]?.trim();
}

/** `C260302EUR1234,50` */
function balance(line: string | undefined): Booking | undefined {
  const [, mark = '', currency = '', digits = ''] = /^([CD])\d{6}([A-Z]{3})([\d,]+)$/.exec(line ?? '') ?? [];
  const kind = entryKinds[mark];
  if (kind === undefined) return undefined;
  try {
    return { amount: amountOf(digits, currency), direction: kind.direction };
  } catch (error) {
    if (error instanceof MoneyError) return undefined;
    throw error;
  }
}

/** An interim report names its currency with the smallest amount it lists (`:34F:EURD0,`), or with its sums (`:90C:2EUR10,`). */
function interimCurrency(fields: readonly Field[]): string | undefined {
  const limit = /^([A-Z]{3})[CD]?\d/.exec(fieldOf(fields, ['34F']) ?? '')?.[1];
  return limit ?? /^\d+([A-Z]{3})\d/.exec(fieldOf(fields, ['90C', '90D']) ?? '')?.[1];
}
