import { isId, newId } from './id.js';

const ULID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

describe('newId', () => {
  it('makes ids that sort by the order of their making, also within a millisecond', () => {
    const ids = Array.from({ length: 1000 }, () => newId('pay'));
    expect(ids.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(ids);
    expect(new Set(ids).size).toBe(1000);
    expect(ids.every((id) => isId('pay', id))).toBe(true);
  });
});

describe('isId', () => {
  it.each([
    ['the largest', 'pay_7ZZZZZZZZZZZZZZZZZZZZZZZZZ', true],
    ['the example of the specification', `pay_${ULID}`, true],
    ['another prefix', `con_${ULID}`, false],
    ['no prefix', ULID, false],
    ['small letters', `pay_${ULID.toLowerCase()}`, false],
    ['beyond 48 bits of time', 'pay_8ZZZZZZZZZZZZZZZZZZZZZZZZZ', false],
    ['letters that Crockford leaves out', 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAI', false],
    ['too short', `pay_${ULID.slice(1)}`, false],
    ['too long', `pay_${ULID}0`, false],
    ['a line break behind it', `pay_${ULID}\n`, false],
    ['nothing', '', false],
  ])('%s', (_, text, expected) => {
    expect(isId('pay', text)).toBe(expected);
  });
});
