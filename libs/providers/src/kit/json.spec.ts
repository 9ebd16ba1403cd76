import {
  flag,
  lenient,
  list,
  listOrNone,
  MalformedAnswer,
  optional,
  parseJson,
  plainJson,
  record,
  text,
  textOrNumber,
  wholeNumber,
} from './json.js';

const amount = record({ amount: textOrNumber });
const amountOf = (json: string): string => amount(parseJson(Buffer.from(json)), '').amount;

describe('amounts', () => {
  // Negative control: JSON.parse in place of parseJson fails the rows marked with *.
  it.each([
    ['"12.30"', '12.30'],
    ['150.02', '150.02'],
    ['-46.970', '-46.970'], // *
    ['110', '110'],
    ['1.0', '1.0'], // *
    ['99999999999999.125', '99999999999999.125'], // *
    ['123456789012345678', '123456789012345678'], // *
    ['0.1000000000000000055', '0.1000000000000000055'], // *
    ['1e2', '1e2'], // *
  ])('keep the source text of %s', (source, kept) => {
    expect(amountOf(`{"amount":${source}}`)).toBe(kept);
    expect(amountOf(`{ "x": [ 1 ], "amount" :\n ${source} }`)).toBe(kept);
  });

  it('go to the record without losing digits', () => {
    const tree = parseJson(Buffer.from('{"a":0.1,"b":[1.10,12345678901234567890],"c":{"d":null}}'));
    expect(plainJson(tree)).toEqual({ a: 0.1, b: ['1.10', '12345678901234567890'], c: { d: null } });
  });
});

describe('readers', () => {
  const answer = record({ id: text, rows: list(record({ size: optional(wholeNumber) })), on: flag });

  it.each([
    ['an object', '[]', ''],
    ['a text', '{"id":1}', 'id'],
    ['a list', '{"id":"1","rows":{}}', 'rows'],
    ['an object', '{"id":"1","rows":[{},"canary"]}', 'rows[1]'],
    ['a whole number', '{"id":"1","rows":[{"size":"canary"}]}', 'rows[0].size'],
    ['true or false', '{"id":"1","rows":[],"on":"canary"}', 'on'],
  ])('say that something is not %s, where, and not what it was', (expected, json, path) => {
    const read = (): unknown => answer(parseJson(Buffer.from(json)), '');
    expect(read).toThrow(MalformedAnswer);
    expect(read).toThrow(expect.objectContaining({ path, expected }));
    expect(read).not.toThrow(/canary/);
  });

  it.each(['', '<html>canary</html>', '{"a":', '\u0000', '[1.5,', '['.repeat(200_000)])(
    'refuse what is no JSON (%#)',
    (source) => {
      expect(() => parseJson(Buffer.from(source))).toThrow(new MalformedAnswer('', 'JSON'));
    },
  );

  // Carried out: with the strings skipped by a regular expression, the first is a RangeError (which would be no answer to a payment
  // that was taken), and the second holds up the process for 22 seconds.
  it('read a very long text, and refuse one that never ends', () => {
    const long = 'x'.repeat(10_000_000);
    expect(record({ id: text })(parseJson(Buffer.from(`{"id":"${long}"}`)), '')).toEqual({ id: long });
    expect(() => parseJson(Buffer.from(`{"id":"${'\\"'.repeat(100_000)}`))).toThrow(new MalformedAnswer('', 'JSON'));
  });

  it('look for depth outside of texts only', () => {
    const open = '['.repeat(100);
    expect(record({ id: text })(parseJson(Buffer.from(JSON.stringify({ id: `\\"${open}\\` }))), '')).toEqual({
      id: `\\"${open}\\`,
    });
  });

  it('take null for missing, and only what is there', () => {
    expect(record({ a: optional(text), b: listOrNone(text), c: lenient(text) })({ a: null, c: 7 }, '')).toEqual({
      a: undefined,
      b: [],
      c: undefined,
    });
    expect(() => record({ constructor: text })({}, '')).toThrow(MalformedAnswer);
  });
});
