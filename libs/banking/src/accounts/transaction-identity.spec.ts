import { parseMoney, type TransactionSnapshot } from '@tributary/domain';
import { dayOf, identify, isDay } from './transaction-identity.js';

const row = (change: Partial<TransactionSnapshot> = {}): TransactionSnapshot => ({
  reference: 'r-1',
  status: 'booked',
  bookedOn: '2026-11-19',
  amount: parseMoney('12.34', 'EUR'),
  direction: 'debit',
  counterparty: { name: 'Weber' },
  remittance: { unstructured: ['Invoice 1'] },
  raw: {},
  ...change,
});

const names = (rows: readonly TransactionSnapshot[]) => identify(rows).map(({ identity }) => identity);

describe('the identity of a transaction', () => {
  it('is the same in every read, whatever else the read holds', () => {
    const one = row();
    const [alone] = names([one]);
    expect(names([row({ reference: 'r-2' }), one])[1]).toBe(alone);
    // A second entry with the same reference turns up in a longer window: the first one keeps its name.
    expect(names([row({ bookedOn: '2026-11-01' }), one])[1]).toBe(alone);
  });

  it.each([
    ['day', { bookedOn: '2026-11-18' }],
    ['amount', { amount: parseMoney('12.35', 'EUR') }],
    ['currency', { amount: parseMoney('12.34', 'SEK') }],
    ['direction', { direction: 'credit' }],
    ['reference', { reference: 'r-9' }],
    ['status', { status: 'pending' }],
  ] as const)('differs with the %s', (_, change) => {
    expect(new Set(names([row(), row(change)])).size).toBe(2);
  });

  it('stays when the bank adds words to an entry with a reference', () => {
    expect(names([row({ remittance: { unstructured: ['Invoice 1', 'thanks'] } })])).toEqual(names([row()]));
  });

  it('comes from all facts where there is no reference', () => {
    const bare = { reference: undefined };
    expect(names([row(bare)])).not.toEqual(names([row({ ...bare, counterparty: { name: 'Maier' } })]));
    expect(names([row(bare)])).toEqual(names([row(bare)]));
  });

  it('keeps equal entries of one day apart, however the bank orders them', () => {
    const fee = row({ reference: 'FEE' });
    const other = row({ reference: 'FEE', remittance: { unstructured: ['other words'] } });
    const forwards = identify([fee, other, fee]);
    const backwards = identify([fee, fee, other]);
    expect(new Set(forwards.map(({ identity }) => identity)).size).toBe(3);
    const pair = ({ identity, contentHash }: (typeof forwards)[number]) => `${identity} ${contentHash}`;
    expect(new Set(forwards.map(pair))).toEqual(new Set(backwards.map(pair)));
  });
});

describe('the day of a transaction', () => {
  it.each([
    [{ bookedOn: '2026-11-19', valueOn: '2026-11-20' }, '2026-11-19'],
    [{ bookedOn: undefined, valueOn: '2026-11-20' }, '2026-11-20'],
    [{ bookedOn: undefined, occurredAt: '2026-11-21T10:00:00Z' }, '2026-11-21'],
    [{ bookedOn: undefined, occurredAt: 'yesterday' }, null],
    [{ bookedOn: undefined }, null],
  ])('of %j is %s', (facts, day) => {
    expect(dayOf(row(facts))).toBe(day);
  });

  it.each([
    ['2026-02-28', true],
    ['2028-02-29', true],
    ['2026-02-30', false],
    ['2026-13-01', false],
    ['2026-W47-5', false],
    ['', false],
    ['20261119', false],
  ])('%s: %s', (text, holds) => {
    expect(isDay(text)).toBe(holds);
  });
});
