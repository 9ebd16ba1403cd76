import type { TransactionSnapshot } from '@tributary/domain';
import fc from 'fast-check';
import { wireSample } from '../../../../../test/upstream.js';
import { MalformedAnswer } from '../json.js';
import { readMt94x } from './mt94x.js';

const account = { identifiers: [{ scheme: 'iban', value: 'DE89370400440532013000' }], currency: 'EUR' } as const;
const statements = wireSample('xs2a', 'mt940.txt');
const interim = wireSample('xs2a', 'mt942.txt');
const without = (row: TransactionSnapshot) => ({ ...row, raw: undefined });

describe('MT940 statements', () => {
  const { rows, unreadable, findings } = readMt94x(statements, account);

  it('give their entries, with the details of field 86', () => {
    expect(rows.map(without).slice(0, 2)).toEqual([
      {
        reference: 'B-1',
        status: 'booked',
        bookedOn: '2025-12-31',
        valueOn: '2025-12-31',
        amount: { minor: 7864n, currency: 'EUR' },
        direction: 'debit',
        counterparty: {
          name: 'Verkehrsgesellschaft Mueller und Soehne',
          account: { scheme: 'iban', value: 'DE27200905004143770877' },
        },
        remittance: { unstructured: ['Ticket fuer den Nahverkehr im Maerz'] },
        endToEndId: 'E-1',
        bankCode: 'NDDT+105',
      },
      {
        reference: undefined,
        status: 'booked',
        // An entry date has no year: the last day of the year before the value date.
        bookedOn: '2025-12-31',
        valueOn: '2026-01-02',
        amount: { minor: 285000n, currency: 'EUR' },
        direction: 'credit',
        counterparty: { name: 'Employer', account: { scheme: 'bban', value: '0012345678' } },
        remittance: { unstructured: ['Lohn Dezember Danke'] },
        endToEndId: undefined,
        bankCode: 'NMSC+166',
      },
    ]);
  });

  it('may have days that are none, reversals, and text without a structure', () => {
    expect(rows.slice(2)).toMatchObject([
      {
        reference: 'B-3',
        bookedOn: '2026-02-28',
        valueOn: undefined,
        direction: 'debit',
        amount: { minor: 1050n },
        remittance: { unstructured: ['/OCMT/EUR10,5/'] },
        bankCode: 'FCHG',
      },
      {
        reference: 'B-4',
        bookedOn: '2025-12-31',
        amount: { minor: 100n },
        remittance: {
          unstructured: [
            'A line that was cut at the width of the message and goes on in the next one',
            'A line of its own',
          ],
        },
      },
    ]);
  });

  it('report entries that cannot be read, with their own lines', () => {
    expect(unreadable).toEqual([
      {
        why: ':61: is not a statement line',
        raw: ':61:260105D2.00NTRFNONREF\n:86:999?20A point is no decimal comma',
      },
      { why: ':61: is not a statement line', raw: ':61:junk' },
    ]);
    expect(findings).toEqual([]);
  });

  // Negative control: without `contradicts` all of these read like good statements.
  it.each([
    ['an entry is missing', ':61:2512311231D78,64NDDTE-1//B-1\n', ''],
    ['a text wrote an entry', 'GEHALT', 'GEHALT\n:61:2512311231C1000,NMSCNONREF'],
    ['a balance is another', ':62F:C251231EUR2871,36', ':62F:C251231EUR2871,37'],
  ])('are reported where %s', (_, from, to) => {
    expect(readMt94x(statements.replace(from, to), account).findings).toEqual([
      'the entries do not lead from the opening to the closing balance',
    ]);
  });

  it('are refused where they are about another account', () => {
    const foreign = readMt94x(statements, { ...account, identifiers: [{ scheme: 'iban', value: 'DE1' }] });
    const why = 'the report is about another account';
    const each = { why, raw: null };
    // Not even its words: they are somebody else's.
    expect(foreign).toEqual({ rows: [], unreadable: [each, each], findings: [why, why] });
  });

  it('may end their lines in any way', () => {
    expect(readMt94x(statements.replaceAll('\n', '\r\n'), account).rows.map(without)).toEqual(rows.map(without));
  });
});

describe('an MT942 report', () => {
  it('is pending as a whole, in the currency of its limit', () => {
    expect(readMt94x(interim, { ...account, currency: 'XXX' })).toMatchObject({
      rows: [
        { status: 'pending', bookedOn: '2026-03-02', direction: 'debit', amount: { minor: 1250n, currency: 'EUR' } },
        { status: 'pending', bookedOn: undefined, valueOn: '2026-03-03', direction: 'credit', reference: 'P-2' },
      ],
      unreadable: [],
      findings: [],
    });
  });

  it("falls back to the account's currency, and guesses none", () => {
    const bare = interim.replace(/:34F:.*\n/, '').replaceAll(/:90[CD]:.*\n/g, '');
    expect(readMt94x(bare, account).rows).toHaveLength(2);
    expect(readMt94x(bare, { ...account, currency: 'XXX' }).unreadable.map(({ why }) => why)).toEqual([
      'the report does not say its currency',
      'the report does not say its currency',
    ]);
  });
});

describe('MT94x', () => {
  it.each(['', 'junk', '<html></html>', ':61:260101C1,NTRFNONREF', '-'])('is not %j', (text) => {
    expect(() => readMt94x(text, account)).toThrow(MalformedAnswer);
  });

  it('loses no entry, whatever is in it', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '2603010301',
        'C',
        'RD',
        '1,00',
        '9'.repeat(30),
        'NTRF',
        '//',
        '\n:86:',
        '166?20',
        '?21',
        '?32',
        'EREF+',
        ',',
        '\n',
        '-',
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.array(piece)), (entries) => {
        const lines = entries.map((pieces) => `:61:${pieces.join('').replaceAll(/:(?!86:)/g, '')}`);
        const read = readMt94x([':20:A', ':60F:C260101EUR0,', ...lines, ':62F:C260101EUR0,'].join('\n'), account);
        expect(read.rows.length + read.unreadable.length).toBe(entries.length);
      }),
      { numRuns: 1_000 },
    );
  });
});
