import { Refusal } from '@tributary/banking';
import { cursorAt, pageOf, pageRequest, PageQuery, wholeNumber } from './page.dto.js';

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
    expect(pageRequest(query(page.page.nextCursor ?? ''))).toEqual({ limit: 100, after: 'b' });
  });

  it('end without a cursor', () => {
    expect(pageOf(['a', 'b'], 2, String, String).page).toEqual({ nextCursor: null, hasMore: false });
    expect(pageOf([], 2, String, String)).toEqual({ data: [], page: { nextCursor: null, hasMore: false } });
  });

  it.each(['A', 'AA', 'AAAA', '_w', cursorAt('a b'), `${cursorAt('b')}=`])('refuse the cursor %j', (cursor) => {
    expect(() => pageRequest(query(cursor))).toThrow(Refusal);
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
