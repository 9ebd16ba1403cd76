import { isTransactionKey, Refusal } from '@tributary/banking';
import { cursorAt, idKey, type KeyForm, pageOf, pageRequest, PageQuery, sequenceKey, wholeNumber } from './page.dto.js';

const query = (cursor: string): PageQuery => Object.assign(new PageQuery(), { cursor });

describe('pages', () => {
  it('show the rows, and lead to the next ones', () => {
    const page = pageOf(
      ['a', 'b', 'c'],
      2,
      (row) => row,
      (row) => row.toUpperCase(),
    );
    expect(page).toEqual({ data: ['A', 'B'], page: { nextCursor: cursorAt('b'), hasMore: true } });
    expect(pageRequest(query(page.page.nextCursor ?? ''), (key) => key === 'b')).toEqual({ limit: 100, after: 'b' });
  });

  it('end without a cursor', () => {
    expect(pageOf(['a', 'b'], 2, String, String).page).toEqual({ nextCursor: null, hasMore: false });
    expect(pageOf([], 2, String, String)).toEqual({ data: [], page: { nextCursor: null, hasMore: false } });
  });

  it.each(['A', 'AA', 'AAAA', '_w', cursorAt('a b'), `${cursorAt('b')}=`])('refuse the cursor %j', (cursor) => {
    expect(() => pageRequest(query(cursor), (key) => /^[a-z]+$/.test(key))).toThrow(Refusal);
  });

  const id = 'pay_01KAHX5V4Q0N6W2T8B7C9D3E5F';
  it.each<[string, KeyForm, string, boolean]>([
    ['an id', idKey('pay'), id, true],
    ["another list's id", idKey('con'), id, false],
    ['words', idKey('pay'), 'junk', false],
    ['a number', sequenceKey, '17', true],
    ['more than the database counts', sequenceKey, '9'.repeat(16), false],
    ['a sign', sequenceKey, '-1', false],
    ['a day and an id', isTransactionKey, '2026-11-21|txn_01KAHX5V4Q0N6W2T8B7C9D3E5F', true],
    ['a day that does not exist', isTransactionKey, '2026-02-30|txn_01KAHX5V4Q0N6W2T8B7C9D3E5F', false],
    ['a day alone', isTransactionKey, '2026-11-21', false],
  ])('know the key of their list: %s', (_, form, key, holds) => {
    const read = () => pageRequest(query(cursorAt(key)), form);
    if (holds) expect(read().after).toBe(key);
    else expect(read).toThrow(Refusal);
  });

  it('read a limit only where it is a whole number', () => {
    expect(['5', '-1', '1e2', ' 5', '5.0', '', '0x10', '99999999999'].map(wholeNumber)).toEqual([
      5,
      -1,
      '1e2',
      ' 5',
      '5.0',
      '',
      '0x10',
      '99999999999',
    ]);
  });
});
