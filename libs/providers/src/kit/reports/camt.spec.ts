import type { TransactionSnapshot } from '@tributary/domain';
import fc from 'fast-check';
import { wireSample } from '../../../../../test/upstream.js';
import { MalformedAnswer } from '../json.js';
import { readCamt } from './camt.js';
import type { Report } from './report.js';

const account = { identifiers: [{ scheme: 'iban', value: 'DE89370400440532013000' }], currency: 'EUR' } as const;
const statement = wireSample('xs2a', 'camt.053.xml');
const interim = wireSample('xs2a', 'camt.052.xml');
const nothing: Report = { rows: [], unreadable: [], findings: [] };
const without = (row: TransactionSnapshot) => ({ ...row, raw: undefined });

describe('a camt.053 statement', () => {
  let { rows, unreadable, findings }: Report = nothing;
  beforeAll(async () => {
    ({ rows, unreadable, findings } = await readCamt(statement, account));
  });

  it('gives its entries, each with the other side', () => {
    expect(unreadable).toEqual([]);
    expect(findings).toEqual([]);
    expect(rows.map(without).slice(0, 2)).toEqual([
      {
        reference: 'B-1',
        status: 'booked',
        bookedOn: '2026-03-01',
        valueOn: '2026-03-02',
        occurredAt: undefined,
        amount: { minor: 7864n, currency: 'EUR' },
        direction: 'debit',
        counterparty: {
          name: 'Müller & Söhne Verkehr',
          account: { scheme: 'iban', value: 'DE27200905004143770877' },
        },
        remittance: { unstructured: ['Ticket', 'March'], structured: undefined },
        endToEndId: 'E-1',
        bankCode: 'PMNT-RDDT-ESDD',
      },
      {
        reference: undefined,
        status: 'booked',
        bookedOn: '2026-03-01',
        valueOn: undefined,
        occurredAt: undefined,
        amount: { minor: 285000n, currency: 'EUR' },
        direction: 'credit',
        counterparty: { name: 'Employer', account: { scheme: 'bban', value: '12345678' } },
        remittance: { unstructured: [], structured: 'RF18539007547034' },
        endToEndId: undefined,
        bankCode: 'NMSC+166',
      },
    ]);
  });

  it('gives the transactions of a batch where they make up its amount, each with its own words', () => {
    expect(rows.slice(2)).toMatchObject([
      { reference: 'B-3', amount: { minor: 6000n }, endToEndId: 'E-31', counterparty: { name: 'First' } },
      { reference: 'B-3', amount: { minor: 3600n }, endToEndId: 'E-32', counterparty: { name: 'Second' } },
    ]);
    expect(rows[2]?.raw).toMatch(/B-3[\s\S]*E-31[\s\S]*Batch/);
    expect(rows[2]?.raw).not.toContain('E-32');
  });

  it.each([
    ['make up another amount', '>36.00<', '>36.01<'],
    ['are in another currency', 'Ccy="EUR">36.00', 'Ccy="SEK">36.00'],
    ['have none', '<AmtDtls><TxAmt><Amt Ccy="EUR">36.00</Amt></TxAmt></AmtDtls>', ''],
  ])('keeps a batch in one row where its transactions %s', async (_, from, to) => {
    const read = await readCamt(statement.replace(from, to), account);
    expect(read.rows).toHaveLength(3);
    expect(read.rows[2]).toMatchObject({
      amount: { minor: 9600n },
      counterparty: {},
      remittance: { unstructured: ['Batch'] },
    });
  });

  // Negative control: without `contradicts` the next two read like good statements.
  it.each([
    ['an entry is missing', /<Ntry>[\s\S]*?<\/Ntry>/, ''],
    ['a balance is another', '2775.36', '2775.37'],
  ])('is reported where %s', async (_, from, to) => {
    expect((await readCamt(statement.replace(from, to), account)).findings).toEqual([
      'the entries do not lead from the opening to the closing balance',
    ]);
  });

  it('is refused as a whole where it is another account: no row of it may land here', async () => {
    const foreign = await readCamt(statement, { ...account, identifiers: [{ scheme: 'iban', value: 'DE1' }] });
    const why = 'the report is about another account';
    // Not even its words: they are somebody else's.
    expect(foreign).toEqual({ rows: [], unreadable: [{ why, raw: null }], findings: [why] });
    // Names that cannot be compared say nothing.
    const unnamed = await readCamt(statement, { ...account, identifiers: [{ scheme: 'bban', value: '1' }] });
    expect(unnamed.rows).toHaveLength(4);
  });

  const page = (number: number, last: boolean) =>
    `<Id>S-1</Id><StmtPgntn><PgNb>${number}</PgNb><LastPgInd>${last}</LastPgInd></StmtPgntn>`;

  it('says where more pages follow', async () => {
    const paged = statement.replace('<Id>S-1</Id>', page(1, false));
    expect((await readCamt(paged, account)).unreadable).toEqual([
      { why: 'the report has more pages, and names no way to them', raw: '1' },
    ]);
  });

  it('is read over all pages that are in the document', async () => {
    const [whole = ''] = /<Stmt>[\s\S]*<\/Stmt>/.exec(statement) ?? [];
    const pages = [1, 2, 3].map((number) => whole.replace('<Id>S-1</Id>', page(number, number === 3)));
    const read = await readCamt(statement.replace(whole, pages.join('')), account);
    expect([read.rows.length, read.unreadable]).toEqual([3 * rows.length, []]);
    const [first = '', , third = ''] = pages;
    const gap = await readCamt(statement.replace(whole, first + third), account);
    expect(gap.unreadable).toEqual([{ why: 'the report has more pages, and names no way to them', raw: '1' }]);
  });
});

describe('a camt.052 report', () => {
  let { rows, unreadable, findings }: Report = nothing;
  beforeAll(async () => {
    ({ rows, unreadable, findings } = await readCamt(interim, account));
  });

  it('has pending and booked entries, in the words of version 8', () => {
    expect(rows.map(without)).toMatchObject([
      {
        // A number within the report is no reference.
        reference: undefined,
        status: 'pending',
        bookedOn: undefined,
        amount: { minor: 1250n },
        direction: 'debit',
        counterparty: { name: 'Bakery & Café' },
        remittance: { unstructured: ['Card payment'] },
      },
      // A reversal: money came back, from the one whom it was paid to.
      { status: 'booked', direction: 'credit', amount: { minor: 2000n }, counterparty: { name: 'Gym' } },
    ]);
    expect(findings).toEqual(['1 entries for information only were left out']);
  });

  it('reports entries that cannot be read, with their own words', () => {
    expect(unreadable.map(({ why }) => why)).toEqual([
      'Sts is not one of BOOK, FUTR, PDNG, INFO',
      'Amt is not without a sign',
      'Amt is not an amount with a currency',
      'the answer is not well-formed XML',
      'EUR has 2 decimals',
    ]);
    expect(unreadable[0]?.raw).toContain('<c:Cd>MAYB</c:Cd>');
  });
});

describe('camt', () => {
  it.each([
    ['JSON', '{}'],
    ['another document', '<Document><CstmrPmtStsRpt/></Document>'],
    ['half a document', statement.slice(0, -40)],
    ['nothing', ''],
  ])('is not %s', async (_, xml) => {
    await expect(readCamt(xml, account)).rejects.toThrow(MalformedAnswer);
  });

  // Negative control: with `readRows` in place of `readRowsInTurns` nobody has a turn.
  it('lets others have their turn while a long one is read', async () => {
    const [entry = ''] = /<Ntry>[\s\S]*?<\/Ntry>/.exec(statement) ?? [];
    let turns = 0;
    const other = setInterval(() => (turns += 1));
    const { rows } = await readCamt(statement.replace(entry, entry.repeat(1_000)), account);
    clearInterval(other);
    expect(rows.length).toBeGreaterThan(1_000);
    expect(turns).toBeGreaterThan(5);
  });

  it('loses no entry, whatever is in them', async () => {
    const content = fc.array(
      fc.oneof(
        fc.string().map((words) => words.replaceAll('<', '')),
        fc.constantFrom(
          '<Amt Ccy="EUR">1.00</Amt>',
          '<CdtDbtInd>CRDT</CdtDbtInd>',
          '<Sts>BOOK</Sts>',
          '<NtryDtls>',
          '</NtryDtls>',
          '<TxDtls>',
          '</TxDtls>',
          '<Amt Ccy="XX">',
          '&',
          '<![CDATA[x]]>',
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(content), async (entries) => {
        const inside = entries.map((pieces) => `<Ntry>${pieces.join('')}</Ntry>`);
        const read = await readCamt(
          `<Document><BkToCstmrStmt><Stmt>${inside.join('')}</Stmt></BkToCstmrStmt></Document>`,
          account,
        );
        expect(read.rows.length + read.unreadable.length).toBe(entries.length);
      }),
      { numRuns: 500 },
    );
  });
});
